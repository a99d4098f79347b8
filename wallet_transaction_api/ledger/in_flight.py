"""Which idempotency keys are being worked on: in this process, and in any other.

Exactly once does not depend on it: that is the business of the unique key and of the wallet's
lock. It is here so that a second request is told at once that the first is still running.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from wallet_transaction_api.ledger import advisory, errors
from wallet_transaction_api.ledger.claims import Claim, Name

_here: set[Name] = set()
_lock = threading.Lock()


@contextmanager
def only_here(claim: Claim) -> Iterator[None]:
    """Hold the key in this process; raises `IdempotencyInProgress` if somebody else does."""
    with _lock:
        if claim.name in _here:
            raise errors.IdempotencyInProgress
        _here.add(claim.name)
    try:
        yield
    finally:
        with _lock:
            _here.discard(claim.name)


def busy(claims: Sequence[Claim]) -> set[Name]:
    """Take the keys, inside the transaction; return those that another process has."""
    taken = advisory.take(_locks(claims))
    return {claim.name for claim, is_taken in zip(claims, taken, strict=True) if not is_taken}


@contextmanager
def freed(claims: Sequence[Claim]) -> Iterator[None]:
    """Free after the transaction what `busy` took in it."""
    try:
        yield
    finally:
        advisory.free(_locks(claims))


def _locks(claims: Sequence[Claim]) -> list[str]:
    return [f"{claim.owner_id}:{claim.key}" for claim in claims]
