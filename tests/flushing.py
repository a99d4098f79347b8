"""Lets the flush after a transactional test empty the journal, which its triggers refuse.

A plugin of the test session (`pytest_plugins`); nothing of it exists outside the tests. It also
empties the tables that Alembic owns, of which Django's flush knows nothing.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from wallet_transaction_api.analytics.tables import metadata
from wallet_transaction_api.migrating import guards

Flush = Callable[..., list[str]]


@pytest.fixture(autouse=True, scope="session")
def _flushable_journal() -> Iterator[None]:
    operations = type(connection.ops)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "sql_flush", _around(operations.sql_flush))
        yield


def _around(flush: Flush) -> Flush:
    def sql_flush(operations: Any, style: Any, tables: Any, **options: Any) -> list[str]:
        statements = flush(operations, style, tables, **options)
        if guards.TABLE not in tables:
            return statements
        before, after = _LIFTED[operations.connection.vendor]
        others = [f"DELETE FROM {table}" for table in metadata.tables]
        return [*before(), *map(_truncated, statements), *others, *after()]

    return sql_flush


def _truncated(statement: str) -> str:
    """On MySQL, where DELETE fires the triggers and cannot be told not to, TRUNCATE."""
    for table in guards.REVISIONS:
        statement = statement.replace(f"DELETE FROM `{table}`", f"TRUNCATE TABLE `{table}`")
    return statement


def _each(build: Callable[[str, str], list[str]]) -> list[str]:
    return [statement for table in guards.REVISIONS for statement in build("sqlite", table)]


_LIFTED: dict[str, tuple[Callable[[], list[str]], Callable[[], list[str]]]] = {
    "postgresql": (
        lambda: [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in guards.REVISIONS],
        lambda: [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in guards.REVISIONS],
    ),
    "mysql": (list, list),
    "sqlite": (
        lambda: _each(guards.drop_statements),
        lambda: _each(guards.create_statements),
    ),
}
