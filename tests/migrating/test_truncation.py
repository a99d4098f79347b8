"""MySQL and MariaDB: whoever may DROP cannot truncate what is append-only."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection

from wallet_transaction_api.ledger import sealing
from wallet_transaction_api.migrating import guards, revisions, state, truncation
from wallet_transaction_api.models import Entry, Wallet

ON_MYSQL = connection.vendor == "mysql"
on_mysql = pytest.mark.skipif(not ON_MYSQL, reason="PostgreSQL has a trigger, SQLite no TRUNCATE")


def _execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def test_every_guarded_table_has_a_child() -> None:
    assert set(truncation.TABLES) == set(guards.REVISIONS)
    assert len(truncation.create_statements("mysql")) == len(guards.REVISIONS)


@pytest.mark.parametrize("vendor", ["postgresql", "sqlite"])
def test_the_other_databases_need_none(vendor: str) -> None:
    assert truncation.create_statements(vendor) == truncation.drop_statements(vendor) == []


@on_mysql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", truncation.TABLES)
def test_refuses_to_truncate(table: str, open_wallet: Callable[..., Wallet]) -> None:
    open_wallet("100.00")
    sealing.extend()
    with pytest.raises(DatabaseError, match="1701"):
        _execute(f"TRUNCATE TABLE {table}")
    assert Entry.objects.count() == 1


@on_mysql
@pytest.mark.usefixtures("scratch")
def test_a_lost_child_is_named_and_put_back(migrate: Callable[..., str]) -> None:
    migrate()
    _execute("DROP TABLE entries_no_truncate, seals_no_truncate")
    lost = ["table entries_no_truncate", "table seals_no_truncate"]
    assert state.missing() == lost
    assert [line for line in migrate().splitlines() if "Put back" in line] == [
        f"Put back: {item}" for item in lost
    ]
    assert state.missing() == []


@on_mysql
@pytest.mark.usefixtures("scratch")
def test_a_downgrade_takes_them_away(migrate: Callable[..., str]) -> None:
    migrate()
    revisions.downgrade()
    assert not [name for name in connection.introspection.table_names() if "no_truncate" in name]
    _execute("TRUNCATE TABLE entries")
    migrate()
    assert state.missing() == []
