"""Up, down and up again, on a database with money in it."""

from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import DatabaseError, connection

from tests.books import assert_in_order
from tests.migrating import ledgers
from wallet_transaction_api.analytics.tables import daily_totals
from wallet_transaction_api.ledger import holds, sealing
from wallet_transaction_api.migrating import guards, indexes, revisions, state
from wallet_transaction_api.models import Entry, HoldEntry, UsernameKey

APP = "wallet_transaction_api"

pytestmark = pytest.mark.usefixtures("scratch")


def migrate(*target: str, **options: Any) -> str:
    """Run the command and return what it said."""
    out = StringIO()
    call_command("migrate", *target, stdout=out, **options)
    return out.getvalue()


def _totals() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {daily_totals.name} ORDER BY wallet_id, day")
        return list(cursor.fetchall())


def _change_the_journal() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE entries SET reason = 'posted'")


def test_an_empty_database_is_brought_fully_up_to_date() -> None:
    assert state.missing()
    said = migrate()
    assert state.missing() == []
    assert said.index("0001_initial... OK") < said.index("Applied 0001 append-only journal")
    assert "Alembic" not in migrate()


def test_alembics_part_goes_and_comes_back_and_the_money_stays() -> None:
    migrate()
    wallet = ledgers.fill()
    revisions.downgrade()
    assert guards.missing() == guards.names(connection.vendor)
    assert indexes.missing() == [index.name for index in indexes.ALL]
    ledgers.post(wallet, "5.00")
    before = ledgers.snapshot()
    migrate()
    assert ledgers.snapshot() == before
    assert state.missing() == []
    with pytest.raises(DatabaseError, match="append-only"):
        _change_the_journal()


def test_the_backfill_sums_up_the_journal_again() -> None:
    migrate()
    ledgers.fill()
    ledgers.open_far_away()
    revisions.downgrade()
    migrate()
    filled = _totals()
    assert len(filled) == 3
    call_command("refresh_daily_totals", stdout=StringIO())
    assert _totals() == filled
    call_command("refresh_daily_totals", "--since=2000-01-01", stdout=StringIO())
    assert _totals() == filled


def test_djangos_later_migrations_go_and_come_back_and_the_money_stays() -> None:
    migrate()
    ledgers.fill()
    before = ledgers.snapshot()
    migrate(APP, "0001_initial")
    assert not guards.missing()
    migrate(APP)
    assert state.missing() == []
    assert ledgers.snapshot() == before


def test_holds_that_were_there_before_their_journal_are_journaled() -> None:
    migrate()
    wallet = ledgers.fill()
    assert [seal["journal"] for seal in sealing.extend()] == ["entries", "entries"]
    placed = [holds.place(wallet_id=wallet.pk, amount=Decimal(number)) for number in (1, 2, 3)]
    holds.capture(hold_id=placed[1].pk, amount=Decimal(1))
    holds.void(hold_id=placed[2].pk)
    migrate(APP, "0005_seals")
    migrate(APP)
    assert list(HoldEntry.objects.order_by("pk").values_list("sequence", "hold", "status")) == [
        (1, placed[0].pk, "pending"),
        (2, placed[1].pk, "pending"),
        (3, placed[1].pk, "captured"),
        (4, placed[2].pk, "pending"),
        (5, placed[2].pk, "voided"),
    ]
    assert_in_order()
    assert state.missing() == []


@pytest.mark.parametrize("app", [APP, "auth"])
def test_unapplying_the_ledger_takes_alembics_part_along(app: str) -> None:
    migrate()
    ledgers.fill()
    said = migrate(app, "zero")
    assert said.index("Taken back 0001") < said.index(f"Unapplying {APP}.0001_initial... OK")
    tables = connection.introspection.table_names()
    assert not {"entries", "wallets", daily_totals.name} & set(tables)
    assert revisions.applied() == set()
    migrate()
    assert state.missing() == []
    ledgers.fill(owner="dave")
    assert Entry.objects.count() == 6


def test_an_attempt_that_ended_before_its_note_is_repeatable() -> None:
    migrate()
    ledgers.fill()
    for revision in ("", "0001", "0002", "0003"):
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM alembic_version")
            if revision:
                cursor.execute(f"INSERT INTO alembic_version VALUES ('{revision}')")
        migrate()
        assert state.missing() == []
        assert len(_totals()) == 2


def test_users_who_were_there_before_keys_have_them() -> None:
    migrate()
    users = [User(username=name) for name in ("ann", "kasse", "ka\u00dfe")]
    migrate(APP, "0010_username_keys")
    UsernameKey.objects.all().delete()
    User.objects.bulk_create(users)
    migrate(APP)
    rows = UsernameKey.objects.order_by("user_id").values_list("key", "is_shared", "own_key")
    assert list(rows) == [("ann", False, "ann"), ("kasse", True, None), ("kasse", True, None)]
    assert state.missing() == []
