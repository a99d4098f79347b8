"""Locks of the database's that stand for no row: taken at once or not at all, never waited for."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress

from django.db import Error, connection

_TAKE = {
    "postgresql": "pg_try_advisory_xact_lock({0})",
    # Released first: a unit that is run again has it from before, and MySQL counts.
    "mysql": "COALESCE(RELEASE_LOCK('{0}'), 0) * 0 + GET_LOCK('{0}', 0)",
}


def take(names: Sequence[str]) -> list[bool]:
    """Take the locks, inside the transaction; tell for each whether it is ours now.

    SQLite has one writer at a time: whoever asks has waited for the others already.
    """
    if not names or connection.vendor == "sqlite":
        return [True] * len(names)
    return [bool(taken) for taken in _ask(_TAKE[connection.vendor], names)]


def free(names: Sequence[str]) -> None:
    """Free after the transaction what was taken in it; PostgreSQL does so by itself.

    A connection that is lost has freed its locks.
    """
    if names and connection.vendor == "mysql":
        with suppress(Error):
            _ask("RELEASE_LOCK('{0}')", names)


def _ask(call: str, names: Sequence[str]) -> list[object]:
    """Make one call per lock in one statement; locks are numbers and need no quoting."""
    calls = ", ".join(call.format(_number(name)) for name in names)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}")
        return list(cursor.fetchone())


def _number(name: str) -> int:
    """Return the lock: 64 bits, signed; MySQL's locks are the server's, hence the database."""
    text = f"{connection.settings_dict['NAME']}:{name}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), signed=True)
