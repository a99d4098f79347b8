"""Fetches rows as plain tuples, past the ORM's converters: a page is a few hundred values."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet

from wallet_transaction_api import sql
from wallet_transaction_api.api.jsonapi.kinds import Kind
from wallet_transaction_api.api.jsonapi.objects import Values

Converter: TypeAlias = Callable[[Any], Any]


def fetch(
    queryset: QuerySet[Any],
    columns: Sequence[str],
    kinds: Mapping[str, Kind],
    *,
    walk: bool = False,
) -> list[Values]:
    """Return the columns of the rows; `kinds` says how a column's values are stored.

    Columns of no kind, and JSON, are as the driver gives them: numbers and text. So are, on
    PostgreSQL, money and moments: what writes them takes either. `walk` is for a list whose
    rows are to be met in the order of an index of their own table.
    """
    query = queryset.values_list(*columns).query
    try:
        text, params = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    except EmptyResultSet:
        return []
    return run(text, params, columns, kinds, walk=walk)


def run(
    text: str,
    params: Sequence[Any],
    columns: Sequence[str],
    kinds: Mapping[str, Kind],
    *,
    walk: bool = False,
) -> list[Values]:
    """Run a statement and return its rows, likewise."""
    if walk and connection.vendor == "mysql":
        # Else it starts from the few wallets, joins all their rows and sorts them for a page.
        text = text.replace("SELECT", "SELECT STRAIGHT_JOIN", 1)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _leave_as_text(cursor)
        cursor.execute(text, params)
        rows = cursor.fetchall()
    readers = [_reader(kinds.get(column)) for column in columns]
    return [_read(row, readers) for row in rows] if any(readers) else list(rows)


def _leave_as_text(cursor: Any) -> None:
    """Take numbers and moments as PostgreSQL writes them: they are to be written, not reckoned."""
    from psycopg.types.string import TextLoader  # an optional dependency

    for name in ("numeric", "timestamptz"):
        cursor.cursor.adapters.register_loader(name, TextLoader)


def _reader(kind: Kind | None) -> Converter | None:
    if kind is None or kind.stored is None:
        return None
    dialect = sql.dialect(sql.dialect_name())
    reader: Converter | None = kind.stored.result_processor(dialect, None)
    return reader


def _read(row: Sequence[Any], readers: Sequence[Converter | None]) -> Values:
    return tuple(
        [
            value if read is None or value is None else read(value)
            for value, read in zip(row, readers, strict=True)
        ]
    )
