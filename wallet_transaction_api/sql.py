"""SQLAlchemy Core on Django's own connection: one pool, one transaction.

A statement is built by a function of its shape (how many rows or keys it takes), compiled
once per dialect and shape, and executed on the cursor that Django's own statements use.
"""

import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from django.db import connection
from sqlalchemy import Executable
from sqlalchemy.dialects.mysql.base import MySQLDialect
from sqlalchemy.dialects.mysql.mariadb import MariaDBDialect
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.engine import Dialect

Converter: TypeAlias = Callable[[Any], Any]
Params: TypeAlias = Mapping[str, Any]
Row: TypeAlias = dict[str, Any]
T = TypeVar("T")
#: Rows or keys in one statement, at most.
CHUNK = 500

_PARAMETER = re.compile(r"%\((\w+)\)s")
#: The values of an INSERT of one row, all of them parameters.
_VALUES = re.compile(r"(?<= VALUES )(\(%\(\w+\)s(?:, %\(\w+\)s)*\))")

_DIALECTS: dict[str, Callable[..., Dialect]] = {
    "postgresql": PGDialect,
    "mysql": MySQLDialect,
    "mariadb": MariaDBDialect,
    "sqlite": SQLiteDialect,
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """One compiled statement with the converters of its parameters and result columns."""

    text: str
    binders: dict[str, Converter]
    defaults: dict[str, Any]
    columns: tuple[str, ...]
    #: Of the columns whose values the driver leaves in a form of its own.
    readers: tuple[tuple[str, Converter], ...]

    def bind(self, params: Params) -> dict[str, Any]:
        """Return the parameters as the driver wants them."""
        bound = {**self.defaults, **params}
        for name, binder in self.binders.items():
            if bound[name] is not None:
                bound[name] = binder(bound[name])
        return bound

    def read(self, values: Sequence[Any]) -> Row:
        """Return one fetched row by column name, in Python's types."""
        row = dict(zip(self.columns, values, strict=True))
        for name, reader in self.readers:
            if row[name] is not None:
                row[name] = reader(row[name])
        return row


def fetch(build: Callable[..., Executable], *shape: int, params: Params) -> list[Row]:
    """Run a statement that returns rows."""
    statement = prepare(build, *shape)
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.bind(params))
        return [statement.read(values) for values in cursor.fetchall()]


def fetch_planned(build: Callable[..., Executable], *, params: Params) -> list[Row]:
    """Run a statement of a fixed shape that returns rows.

    PostgreSQL parses and plans it once per connection (`DB_PREPARED_STATEMENTS`).
    """
    statement = prepare(build)
    with _planning_cursor() as cursor:
        cursor.execute(statement.text, statement.bind(params))
        return [statement.read(values) for values in cursor.fetchall()]


def execute(build: Callable[..., Executable], *shape: int, params: Params) -> int:
    """Run a statement for its effect; return how many rows it touched."""
    statement = prepare(build, *shape)
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.bind(params))
        return int(cursor.rowcount)


def insert(build: Callable[..., Executable], rows: Sequence[Params]) -> list[Row]:
    """Insert rows by one statement per `CHUNK`; return what one row's would, for each.

    `build` makes the INSERT of a single row. The order of what is returned is not promised.
    """
    return [row for chunk in chunks(rows) for row in _insert(build, chunk)]


@contextmanager
def _planning_cursor() -> Iterator[Any]:
    """Give a cursor that sends parameters apart from the text, which psycopg then prepares.

    While queries are logged it is the ordinary one: of a prepared one the log would show nothing.
    """
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql" or connection.queries_logged:
            yield cursor
            return
        from django.db.backends.postgresql.base import ServerBindingCursor

        server_binding: Any = ServerBindingCursor
        planning = server_binding(connection.connection)
        yield type(cursor)(planning, connection)


def _insert(build: Callable[..., Executable], rows: Sequence[Params]) -> list[Row]:
    statement = prepare(build)
    params = {}
    for index, row in enumerate(rows):
        params.update(numbered(statement.bind(row), index))
    with connection.cursor() as cursor:
        cursor.execute(_repeated(dialect_name(), build, len(rows)), params)
        return [statement.read(values) for values in cursor.fetchall() if statement.columns]


def execute_each(build: Callable[..., Executable], rows: Sequence[Params]) -> None:
    """Run one statement once per row of parameters, in as few round trips as the driver can."""
    if not rows:
        return
    statement = prepare(build)
    with connection.cursor() as cursor:
        cursor.executemany(statement.text, [statement.bind(row) for row in rows])


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut the items into parts that one statement can take: SQLite counts its parameters."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def numbered(names: Mapping[str, Any], index: int) -> Row:
    """Rename parameters for the row `index` of a statement that takes several rows."""
    return {f"{name}_m{index}": value for name, value in names.items()}


def prepare(build: Callable[..., Executable], *shape: int) -> Prepared:
    """Return the statement that `build(*shape)` makes, compiled for the current database."""
    return _prepare(dialect_name(), build, shape)


@functools.cache
def dialect(name: str) -> Dialect:
    """Return SQLAlchemy's dialect of that name, with Django's style of parameters."""
    return _DIALECTS[name](paramstyle="pyformat")


def dialect_name() -> str:
    """Return the current database's dialect, MariaDB told from MySQL."""
    if connection.vendor == "mysql" and connection.mysql_is_mariadb:  # type: ignore[attr-defined]
        return "mariadb"
    return connection.vendor


@functools.lru_cache(maxsize=1024)
def _prepare(name: str, build: Callable[..., Executable], shape: tuple[int, ...]) -> Prepared:
    engine = dialect(name)
    compiled: Any = build(*shape).compile(dialect=engine)  # type: ignore[attr-defined]
    binds = {name: bind for bind, name in compiled.bind_names.items()}
    columns = compiled._result_columns or []  # noqa: SLF001 the typed columns have no public name
    return Prepared(
        text=str(compiled),
        binders=_only_present({n: b.type.bind_processor(engine) for n, b in binds.items()}),
        defaults={n: b.value for n, b in binds.items() if not b.required},
        columns=tuple(column.keyname for column in columns),
        readers=tuple(_readers(columns, engine)),
    )


@functools.lru_cache(maxsize=1024)
def _repeated(dialect: str, build: Callable[..., Executable], count: int) -> str:
    """Return the text of an INSERT with the values of `count` rows."""
    head, values, tail = _VALUES.split(_prepare(dialect, build, ()).text)
    several = (_PARAMETER.sub(rf"%(\1_m{index})s", values) for index in range(count))
    return head + ", ".join(several) + tail


def _only_present(converters: dict[str, Any]) -> dict[str, Converter]:
    return {name: converter for name, converter in converters.items() if converter is not None}


def _readers(columns: Sequence[Any], engine: Dialect) -> Iterator[tuple[str, Converter]]:
    for column in columns:
        if reader := column.type.result_processor(engine, None):
            yield column.keyname, reader
