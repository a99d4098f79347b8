"""One unit of work: one database transaction, retried as a whole around the outermost block.

On MariaDB a deadlock rolls back the whole transaction on the server while Django believes that
only the savepoint went. So nothing here catches a database error inside an open block.
"""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction

from wallet_transaction_api import outages
from wallet_transaction_api.ledger import errors
from wallet_transaction_api.ledger.violations import refusal_of

T = TypeVar("T")
ATTEMPTS = 8
#: Seconds before the second attempt; doubles up to the cap, with full jitter.
FIRST_PAUSE = 0.005
LONGEST_PAUSE = 0.25
#: No new attempt starts after this many seconds: somebody waits for the answer.
PATIENCE = 10.0

# MySQL: deadlock, lock wait timeout. PostgreSQL: serialization, deadlock, lock timeout.
_RETRYABLE_NUMBERS = frozenset({1213, 1205})
_RETRYABLE_STATES = frozenset({"40001", "40P01", "55P03"})


def in_transaction(work: Callable[[], T]) -> T:
    """Run `work` in one database transaction and return its result.

    Inside an open transaction it just runs: the outermost caller retries. Deadlocks,
    serialization failures and lock timeouts run the whole unit again, a bounded number of
    times, then `LedgerBusy`. A violated constraint runs it once more, so that its own checks
    can see the row in the way, then becomes the refusal of that constraint's name. An id that a
    sequence gave twice is raised at once: the next attempt would be given another of those.
    """
    if connection.in_atomic_block:
        return work()
    started = time.monotonic()
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return work()
        except IntegrityError as error:
            if outages.is_outage(error):
                raise
            _refuse_if_again(error, attempt)
        except OperationalError as error:
            if not is_retryable(error):
                raise
        if time.monotonic() - started > PATIENCE:
            break
        time.sleep(_pause(attempt))
    raise errors.LedgerBusy


def is_retryable(error: DatabaseError) -> bool:
    """Tell whether the database undid the whole unit, so that it can be run again as it was."""
    cause = error.__cause__ or error
    state = getattr(cause, "sqlstate", None)
    number = cause.args[0] if cause.args else None
    return (
        state in _RETRYABLE_STATES
        or number in _RETRYABLE_NUMBERS
        or "database is locked" in str(cause)
    )


def _refuse_if_again(error: IntegrityError, attempt: int) -> None:
    if attempt:
        raise refusal_of(error) or error


def _pause(attempt: int) -> float:
    return random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt))  # noqa: S311 jitter
