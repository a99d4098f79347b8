"""Breaks the books on purpose, by raw SQL with every guard lifted.

On PostgreSQL and SQLite the test's own rolled-back block puts every guard back. MySQL commits
with every DDL statement, so there such a test has to be a transactional one (`MARK`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import connection

from wallet_transaction_api.migrating import guards
from wallet_transaction_api.sortable import encode

MARK = pytest.mark.django_db(transaction=connection.vendor == "mysql")
_LIFT = {
    "sqlite": ["PRAGMA ignore_check_constraints = ON"],
    "mysql": ["SET check_constraint_checks = 0, foreign_key_checks = 0"],
    "postgresql": [
        "SET CONSTRAINTS ALL IMMEDIATE",
        "SET session_replication_role = replica",
        "ALTER TABLE wallets DROP CONSTRAINT IF EXISTS wallets_no_overdraft",
        "ALTER TABLE wallets DROP CONSTRAINT IF EXISTS wallets_balance_whole",
        *(
            f"ALTER TABLE holds DROP CONSTRAINT IF EXISTS holds_{name}"
            for name in ("amount_sign", "status_known", "captured_within", "captured_whole")
        ),
    ],
}
_RESTORE = {
    "sqlite": ["PRAGMA ignore_check_constraints = OFF"],
    "mysql": ["SET check_constraint_checks = 1, foreign_key_checks = 1"],
    "postgresql": ["SET session_replication_role = origin"],
}


def money(amount: str) -> str:
    """Write an amount as the current database stores it, as an SQL literal."""
    return f"'{encode(Decimal(amount))}'" if connection.vendor == "sqlite" else amount


def damage(*statements: str) -> None:
    """Run statements that the database would refuse."""
    with _lifted(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def _lifted() -> Iterator[None]:
    _run(_LIFT[connection.vendor])
    if connection.vendor != "postgresql":
        for table in guards.REVISIONS:
            _run(guards.drop_statements(connection.vendor, table))
    try:
        yield
    finally:
        _run(_RESTORE[connection.vendor])
        for table in guards.REVISIONS:
            guards.restore(table)


def _run(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
