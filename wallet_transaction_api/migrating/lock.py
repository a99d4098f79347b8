"""One migration at a time: containers that start together wait for the first one's work.

PostgreSQL and MySQL hold a named lock for one connection and free it when that dies; on SQLite
the lock is on a small file beside the database. Not for a pooler that shares connections
between transactions (pgbouncer's transaction mode): migrate past it.
"""

import hashlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from wallet_transaction_api.sqlite_files import PrivateConnection

#: Seconds to wait for another migration before giving up.
PATIENCE = 3600.0
_PAUSE = 0.2


class _Held(threading.local):
    """The locks that the calling thread holds: another thread waits like another process."""

    def __init__(self) -> None:
        self.names: set[str] = set()


_held = _Held()


class LockTimeout(Exception):
    """Another process has held the lock for longer than `PATIENCE`, or its file cannot be made."""


@contextmanager
def exclusive(name: str) -> Iterator[None]:
    """Hold the database's lock `name`; inside itself it is held already.

    Raises `LockTimeout`. The lock has a connection of its own, so that nobody's transaction
    or reconnection touches it.
    """
    if name in _held.names:
        yield
        return
    wrapper = connections[DEFAULT_DB_ALIAS]
    lock = {"postgresql": _postgresql, "mysql": _mysql, "sqlite": _sqlite}[wrapper.vendor]
    with lock(wrapper, f"{wrapper.settings_dict['NAME']}-{name}"):
        _held.names.add(name)
        try:
            yield
        finally:
            _held.names.discard(name)


def migrating() -> Any:
    """Hold the lock of migrations."""
    return exclusive("migrating")


@contextmanager
def _postgresql(wrapper: Any, name: str) -> Iterator[None]:
    """Ask again and again instead of waiting inside a statement.

    Whoever waits there has a snapshot, and CREATE INDEX CONCURRENTLY by the lock's holder
    would wait for that snapshot to end: for ever.
    """
    key = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)
    with _own_cursor(wrapper) as cursor:
        _poll(cursor, "SELECT pg_try_advisory_lock(%s)", key)
        yield


@contextmanager
def _mysql(wrapper: Any, name: str) -> Iterator[None]:
    """Lock names are the server's, not the database's, and at most 64 characters long."""
    key = hashlib.blake2b(name.encode(), digest_size=16).hexdigest()
    with _own_cursor(wrapper) as cursor:
        _poll(cursor, "SELECT GET_LOCK(%s, 0)", key)
        yield


@contextmanager
def _sqlite(wrapper: Any, name: str) -> Iterator[None]:
    if wrapper.is_in_memory_db():
        yield
        return
    with closing(_locked_file(f"{name}-lock")):
        yield


def _locked_file(path: str) -> sqlite3.Connection:
    try:
        own = sqlite3.connect(
            path, timeout=PATIENCE, isolation_level=None, factory=PrivateConnection
        )
        own.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        raise LockTimeout(f"cannot lock {path}: {error}") from error
    return own


@contextmanager
def _own_cursor(wrapper: Any) -> Iterator[Any]:
    own = wrapper.copy()
    try:
        with own.cursor() as cursor:
            yield cursor
    finally:
        own.close()


def _poll(cursor: Any, question: str, key: object) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        cursor.execute(question, [key])
        if cursor.fetchone()[0]:
            return
        if time.monotonic() > deadline:
            raise LockTimeout("another migration has been running for too long")
        time.sleep(_PAUSE)
