"""Filters of the log, so that an `ERROR` always needs an operator and no client can cause one."""

import logging

from wallet_transaction_api import outages

_SERVICE_UNAVAILABLE = 503


class Callers(logging.Filter):
    """Turns what clients cause into warnings, and a burst of 503 answers into one line a minute.

    Django logs a suspicious request, such as one with a foreign `Host`, as an error with its
    traceback, and each 503 as an error. The cause of a 503 is logged by `outages`.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is logged."""
        if record.name.startswith("django.security.") and record.levelno > logging.WARNING:
            _make_warning(record)
        elif getattr(record, "status_code", None) == _SERVICE_UNAVAILABLE:
            _make_warning(record)
            return outages.is_news(f"{record.name} {_SERVICE_UNAVAILABLE}")
        return logging.getLogger(record.name).isEnabledFor(record.levelno)


def _make_warning(record: logging.LogRecord) -> None:
    record.levelno, record.levelname = logging.WARNING, "WARNING"
    record.exc_info = record.exc_text = None
