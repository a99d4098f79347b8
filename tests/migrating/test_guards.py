"""The journal's triggers, asked by raw SQL: whoever connects, entries stay as they were."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from wallet_transaction_api.ledger import holds, sealing
from wallet_transaction_api.migrating import guards
from wallet_transaction_api.models import AuditRecord, Entry, HoldEntry, Seal, Wallet

ON_MYSQL = connection.vendor == "mysql"
ON_POSTGRESQL = connection.vendor == "postgresql"
COLUMNS = "wallet_id, transaction_id, sequence, amount, balance_after, reason, actor_id, created_at"

HOLD_COLUMNS = "wallet_id, hold_id, sequence, status, amount, expires_at, created_at"


@pytest.fixture
def entry(open_wallet: Callable[..., Wallet]) -> Entry:
    """The one entry of a wallet opened with 100.00."""
    return Entry.objects.get(wallet=open_wallet("100.00"))


def _refused(statement: str) -> None:
    before = list(Entry.objects.values_list())
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert list(Entry.objects.values_list()) == before


def _copy(id_column: str) -> str:
    return f"SELECT {id_column}, {COLUMNS} FROM entries WHERE id > 0"


def test_refuses_an_update(entry: Entry) -> None:
    _refused("UPDATE entries SET reason = 'amended'")


def test_refuses_an_update_through_a_join_or_subquery(entry: Entry) -> None:
    _refused(f"UPDATE entries SET sequence = 7 WHERE wallet_id IN (SELECT {entry.wallet_id})")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE seals SET last_sequence = 9",
        "DELETE FROM seals",
        pytest.param(
            "REPLACE INTO seals SELECT * FROM seals WHERE number > 0",
            marks=pytest.mark.skipif(ON_POSTGRESQL, reason="PostgreSQL knows no REPLACE"),
        ),
        pytest.param(
            "TRUNCATE seals",
            marks=pytest.mark.skipif(not ON_POSTGRESQL, reason="MySQL: see docs/migrations.md"),
        ),
    ],
)
def test_seals_stay_as_they_are_too(entry: Entry, statement: str) -> None:
    (before,) = sealing.extend()
    connection.check_constraints()
    with (
        pytest.raises(DatabaseError, match="append-only: its seals"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Seal.objects.get().digest == before["digest"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_records SET actor = 'nobody'",
        "DELETE FROM audit_records",
        "INSERT INTO audit_records SELECT * FROM audit_records WHERE id > 0 {upsert}",
        pytest.param(
            "REPLACE INTO audit_records SELECT * FROM audit_records WHERE id > 0",
            marks=pytest.mark.skipif(ON_POSTGRESQL, reason="PostgreSQL knows no REPLACE"),
        ),
        pytest.param(
            "TRUNCATE audit_records",
            marks=pytest.mark.skipif(not ON_POSTGRESQL, reason="MySQL: see docs/migrations.md"),
        ),
    ],
)
def test_audit_records_stay_as_they_are_too(entry: Entry, statement: str) -> None:
    before = list(AuditRecord.objects.values_list())
    upsert = (
        "ON DUPLICATE KEY UPDATE actor = 'nobody'"
        if ON_MYSQL
        else "ON CONFLICT (id) DO UPDATE SET actor = 'nobody'"
    )
    assert before
    with (
        pytest.raises(DatabaseError, match="audit records are append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(upsert=upsert))
    assert list(AuditRecord.objects.values_list()) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE hold_entries SET status = 'voided'",
        "DELETE FROM hold_entries",
        pytest.param(
            "REPLACE INTO hold_entries SELECT * FROM hold_entries WHERE id > 0",
            marks=pytest.mark.skipif(ON_POSTGRESQL, reason="PostgreSQL knows no REPLACE"),
        ),
        pytest.param(
            f"REPLACE INTO hold_entries ({HOLD_COLUMNS}) SELECT {HOLD_COLUMNS} FROM hold_entries",
            marks=pytest.mark.skipif(ON_POSTGRESQL, reason="PostgreSQL knows no REPLACE"),
        ),
        pytest.param(
            "TRUNCATE hold_entries",
            marks=pytest.mark.skipif(not ON_POSTGRESQL, reason="MySQL: see docs/migrations.md"),
        ),
    ],
)
def test_so_does_the_journal_of_holds(entry: Entry, statement: str) -> None:
    holds.place(wallet_id=entry.wallet_id, amount=entry.amount)
    before = HoldEntry.objects.values().get()
    connection.check_constraints()
    with (
        pytest.raises(DatabaseError, match="journal of holds is append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert HoldEntry.objects.values().get() == before


def test_refuses_a_deletion(entry: Entry) -> None:
    _refused("DELETE FROM entries")


@pytest.mark.skipif(ON_POSTGRESQL, reason="PostgreSQL knows no REPLACE")
def test_refuses_to_replace_an_entry_by_its_id(entry: Entry) -> None:
    _refused(f"REPLACE INTO entries (id, {COLUMNS}) {_copy('id')}")


@pytest.mark.skipif(ON_POSTGRESQL, reason="PostgreSQL knows no REPLACE")
def test_refuses_to_replace_an_entry_by_its_sequence(entry: Entry) -> None:
    _refused(f"REPLACE INTO entries (id, {COLUMNS}) {_copy('id + 1000')}")


def test_refuses_an_upsert(entry: Entry) -> None:
    clause = (
        "ON DUPLICATE KEY UPDATE reason = 'amended'"
        if ON_MYSQL
        else "ON CONFLICT (wallet_id, sequence) DO UPDATE SET reason = 'amended'"
    )
    _refused(f"INSERT INTO entries (id, {COLUMNS}) {_copy('id + 1000')} {clause}")


@pytest.mark.skipif(not ON_MYSQL, reason="IGNORE is MySQL's")
@pytest.mark.parametrize(
    "statement", ["UPDATE IGNORE entries SET sequence = 9", "DELETE IGNORE FROM entries"]
)
def test_is_not_talked_over_by_ignore(entry: Entry, statement: str) -> None:
    _refused(statement)


@pytest.mark.skipif(not ON_POSTGRESQL, reason="TRUNCATE can be refused on PostgreSQL only")
@pytest.mark.parametrize("statement", ["TRUNCATE entries", "TRUNCATE wallets CASCADE"])
def test_refuses_to_truncate(entry: Entry, statement: str) -> None:
    # Foreign keys of rows just written are checked at commit; until then PostgreSQL itself refuses.
    connection.check_constraints()
    _refused(statement)


def test_lets_entries_be_appended(entry: Entry) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO entries ({COLUMNS}) SELECT wallet_id, transaction_id, sequence + 1,"
            " amount, balance_after, reason, actor_id, created_at FROM entries"
        )
    assert Entry.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_lost_triggers_are_named_and_put_back() -> None:
    with connection.cursor() as cursor:
        cursor.execute(guards.drop_statements(connection.vendor)[0])
    assert guards.missing() == ["entries_no_update"]
    assert guards.restore() == ["entries_no_update"]
    assert guards.missing() == []
    assert guards.restore() == []


@pytest.mark.skipif(not ON_POSTGRESQL, reason="only PostgreSQL disables triggers")
@pytest.mark.django_db
def test_a_disabled_trigger_counts_as_missing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE entries DISABLE TRIGGER USER")
    assert guards.missing() == guards.names("postgresql")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("run", [1, 2])
def test_the_flush_between_tests_empties_the_journal(
    run: int, open_wallet: Callable[..., Wallet]
) -> None:
    assert not Entry.objects.exists()
    open_wallet("1.00")


@pytest.mark.django_db
def test_the_flush_leaves_the_triggers_in_place() -> None:
    assert guards.missing() == []
