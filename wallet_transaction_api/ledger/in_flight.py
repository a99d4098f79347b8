"""Which idempotency keys are being worked on: in this process, and in any other.

Exactly once does not depend on it: that is the business of the unique key and of the wallet's
lock. It is here so that a second request is told at once that the first is still running.
"""

import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection

from wallet_transaction_api.ledger import errors
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
    """Take the keys, inside the transaction; return those that another process has.

    SQLite has one writer at a time: whoever asks has waited for the others already.
    """
    if not claims or connection.vendor == "sqlite":
        return set()
    taken = _ask(_TAKE[connection.vendor], claims)
    return {claim.name for claim, is_taken in zip(claims, taken, strict=True) if not is_taken}


@contextmanager
def freed(claims: Sequence[Claim]) -> Iterator[None]:
    """Free after the transaction what `busy` took in it; PostgreSQL does so by itself.

    A connection that is lost has freed its locks.
    """
    try:
        yield
    finally:
        if claims and connection.vendor == "mysql":
            with suppress(DatabaseError):
                _ask("RELEASE_LOCK('{0}')", claims)


_TAKE = {
    "postgresql": "pg_try_advisory_xact_lock({0})",
    # Released first: a unit that is run again has it from before, and MySQL counts.
    "mysql": "COALESCE(RELEASE_LOCK('{0}'), 0) * 0 + GET_LOCK('{0}', 0)",
}


def _ask(call: str, claims: Sequence[Claim]) -> list[object]:
    """Make one call per key in one statement; the keys are numbers and need no quoting."""
    calls = ", ".join(call.format(_number(claim)) for claim in claims)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}")
        return list(cursor.fetchone())


def _number(claim: Claim) -> int:
    """Return the key's lock: 64 bits, signed; MySQL's locks are the server's, hence the name."""
    name = f"{connection.settings_dict['NAME']}:{claim.owner_id}:{claim.key}".encode()
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), signed=True)
