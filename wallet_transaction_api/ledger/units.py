"""One unit of work: one database transaction, retried as a whole around the outermost block.

On MariaDB a deadlock rolls back the whole transaction on the server while Django believes that
only the savepoint went. So nothing here catches a database error inside an open block.
"""

import random
import time
from collections.abc import Callable
from itertools import count
from typing import TypeVar

from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction

from wallet_transaction_api import outages, sequences
from wallet_transaction_api.ledger import errors, waits
from wallet_transaction_api.ledger.violations import refusal_of

T = TypeVar("T")
#: Seconds before the second attempt; doubles up to the cap, with full jitter.
FIRST_PAUSE = 0.005
LONGEST_PAUSE = 0.25
#: How often the pause doubles: by then it is the longest.
_DOUBLINGS = 8
#: No new attempt starts after this many seconds: somebody waits for the answer.
PATIENCE = 10.0

# MySQL: deadlock, lock wait timeout, NOWAIT. PostgreSQL: serialization, deadlock, lock timeout.
_RETRYABLE_NUMBERS = frozenset({1213, 1205, 3572})
_RETRYABLE_STATES = frozenset({"40001", "40P01", "55P03"})


def in_transaction(work: Callable[[], T]) -> T:
    """Run `work` in one database transaction and return its result.

    Inside an open transaction it just runs: the outermost caller retries. Deadlocks,
    serialization failures, lock timeouts and `NotNow` run the whole unit again, as often as
    `PATIENCE` lets it, then `LedgerBusy`. A violated constraint runs it once more, so that its
    own checks can see the row in the way, then becomes the refusal of that constraint's name. An
    id that a sequence gave twice is raised at once: the next attempt would be given another one.
    """
    if connection.in_atomic_block:
        return work()
    started, violations = time.monotonic(), 0
    for attempt in count():
        try:
            with waits.unit(), transaction.atomic():
                return work()
        except IntegrityError as error:
            taken = outages.taken_id(error)
            if taken and sequences.gave(*taken):
                raise
            violations += 1
            _refuse_if_again(error, violations)
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
        isinstance(error, waits.NotNow)
        or state in _RETRYABLE_STATES
        or number in _RETRYABLE_NUMBERS
        or "database is locked" in str(cause)
    )


def _refuse_if_again(error: IntegrityError, violations: int) -> None:
    if violations > 1:
        raise refusal_of(error) or error


def _pause(attempt: int) -> float:
    longest = FIRST_PAUSE * 2 ** min(attempt, _DOUBLINGS)
    return random.uniform(0, min(LONGEST_PAUSE, longest))  # noqa: S311 jitter
