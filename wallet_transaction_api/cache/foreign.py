"""Says in the log that Redis holds what this service did not write there."""

import logging
import time

logger = logging.getLogger(__name__)
#: Said at most this often: whoever writes to Redis must not fill the log as well.
_QUIET_SECONDS = 10.0
_said_at = [-_QUIET_SECONDS]


def report() -> None:
    """Warn, unless that was just done."""
    now = time.monotonic()
    if now - _said_at[0] >= _QUIET_SECONDS:
        _said_at[0] = now
        logger.warning(
            "Redis holds values that this service did not write: who else writes to it? "
            "The database answers instead, and counters that are none hold their callers up."
        )
