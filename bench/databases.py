"""Databases of the benchmark's own: `bench_…` on the given servers, created and dropped."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from bench.plan import SQLITE, url_of

PREFIX = "bench_"
_PORTS = {"postgres": 5432, "mysql": 3306, "redis": 6379}
_FILES = Path("/tmp")  # noqa: S108 SQLite's file has to be on a disk like everybody's
_LIMIT = {
    "postgres": "SELECT setting FROM pg_settings WHERE name = 'max_connections'",
    "mysql": "SELECT @@global.max_connections",
}
_DROP = {
    "postgres": 'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)',
    "mysql": "DROP DATABASE IF EXISTS `{name}`",
}
_CREATE = {
    "postgres": "CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'",
    "mysql": "CREATE DATABASE `{name}` CHARACTER SET utf8mb4",
}


def answers(service: str) -> bool:
    """Tell whether somebody listens at the service's address."""
    if service == SQLITE:
        return True
    parts = urlsplit(url_of(service))
    try:
        address = (parts.hostname or "127.0.0.1", parts.port or _PORTS[service])
        with socket.create_connection(address, timeout=2):
            return True
    except OSError:
        return False


def version(kind: str) -> str:
    """Return the database server's version, as it says it."""
    if kind == SQLITE:
        return str(import_module("sqlite3").sqlite_version)
    return str(query(url_of(kind), "SELECT version()")[0][0]).split(" on ")[0]


def connections_allowed(kind: str) -> int:
    """Return how many connections the server takes."""
    return 1000 if kind == SQLITE else int(query(url_of(kind), _LIMIT[kind])[0][0])


@contextmanager
def database(kind: str, name: str) -> Iterator[str]:
    """Create `bench_<name>` anew, give its URL, and drop it whatever happened."""
    create(kind, PREFIX + name)
    try:
        yield _url(kind, PREFIX + name)
    finally:
        drop(kind, PREFIX + name)


def create(kind: str, name: str) -> None:
    """Create an empty database; one left over from a run that was killed goes first."""
    drop(kind, name)
    if kind != SQLITE:
        query(url_of(kind), _CREATE[kind].format(name=name))


def drop(kind: str, name: str) -> None:
    """Drop a database of the benchmark's, with whoever is still connected to it."""
    if kind != SQLITE:
        query(url_of(kind), _DROP[kind].format(name=name))
        return
    for path in _FILES.glob(f"{name}.sqlite3*"):
        path.unlink()


def query(url: str, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
    """Run one statement on its own and return its rows."""
    connection = connect(url)
    try:
        cursor = connection.cursor()
        cursor.execute(statement, tuple(parameters) or None)
        return list(cursor.fetchall()) if cursor.description else []
    finally:
        connection.close()


def connect(url: str) -> Any:
    """Connect by the driver, in autocommit mode, without Django."""
    parts = urlsplit(url)
    if parts.scheme == "postgres":
        return import_module("psycopg").connect(url, autocommit=True)
    return import_module("MySQLdb").connect(
        host=parts.hostname,
        port=parts.port or _PORTS["mysql"],
        user=unquote(parts.username or ""),
        passwd=unquote(parts.password or ""),
        db=parts.path.lstrip("/"),
        charset="utf8mb4",
        autocommit=True,
    )


def _url(kind: str, name: str) -> str:
    if kind == SQLITE:
        return f"sqlite:///{_FILES / name}.sqlite3"
    return urlunsplit(urlsplit(url_of(kind))._replace(path=f"/{name}"))
