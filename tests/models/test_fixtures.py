"""Fixtures: `loaddata` posts the transactions it brings, and forges no journal."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from tests.books import assert_in_order, balance, journal, visible
from wallet_transaction_api.ledger import errors
from wallet_transaction_api.models import AuditRecord, Entry, Transaction, Wallet
from wallet_transaction_api.querysets import MoneyIsPosted

pytestmark = pytest.mark.django_db
APP = "wallet_transaction_api"
Load = Callable[[list[dict[str, Any]]], None]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load rows: `load([{"model": …, "pk": …, "fields": …}])`."""

    def run(rows: list[dict[str, Any]]) -> None:
        path = tmp_path / "rows.json"
        path.write_text(json.dumps(rows))
        call_command("loaddata", str(path), verbosity=0)

    return run


def _wallet(alice: User, **fields: Any) -> dict[str, Any]:
    given = {"owner": alice.pk, "label": "Rent", "currency": "USD", **fields}
    return {"model": f"{APP}.wallet", "pk": 500, "fields": given}


def _row(key: int, amount: str, **fields: Any) -> dict[str, Any]:
    given = {"wallet": 500, "txid": f"t{key}", "amount": amount, **fields}
    return {"model": f"{APP}.transaction", "pk": key, "fields": given}


REVERSED = {"deleted_at": "2026-01-31T12:00:00Z", "kind": "deposit", "balance_after": "9"}


def test_a_fixtures_transactions_are_posted(alice: User, load: Load) -> None:
    load([_wallet(alice, balance="70"), _row(1, "100"), _row(2, "-30")])
    assert visible(Wallet(pk=500)) == [100, -30]
    assert [row[2] for row in journal(Wallet(pk=500))] == [100, 70]
    assert_in_order()


def test_loading_twice_changes_nothing(alice: User, load: Load) -> None:
    rows = [_wallet(alice, balance="70"), _row(1, "100"), _row(2, "-30"), _row(3, "9", **REVERSED)]
    load(rows)
    handle = Wallet.objects.get(pk=500).uuid
    load(rows)
    assert Wallet.objects.get(pk=500).uuid == handle
    assert len(journal(Wallet(pk=500))) == 2
    assert balance(Wallet(pk=500)) == 70
    assert_in_order()


def test_a_fixture_obeys_the_rules_and_loads_all_or_nothing(alice: User, load: Load) -> None:
    with pytest.raises(errors.InsufficientFunds):
        load([_wallet(alice), _row(1, "10"), _row(2, "-30")])
    assert not Wallet.objects.filter(pk=500).exists()


def test_a_fixture_hides_no_posted_transaction(alice: User, load: Load) -> None:
    load([_wallet(alice), _row(1, "10")])
    with pytest.raises(errors.Unchangeable):
        load([_row(1, "10", **REVERSED)])
    assert_in_order()


def test_a_fixture_shows_no_reversed_transaction_again(alice: User, load: Load) -> None:
    load([_wallet(alice), _row(1, "10", **REVERSED)])
    with pytest.raises(errors.TransactionNotFound):
        load([_row(1, "10", kind="deposit")])
    with pytest.raises(errors.Unchangeable):
        load([_row(1, "11", **REVERSED)])
    assert_in_order()


def test_a_reversed_transaction_loaded_again_stays_as_it_was_stored(
    alice: User, load: Load
) -> None:
    load([_wallet(alice), _row(1, "10", **REVERSED)])
    stored = Transaction.objects.get(pk=1).deleted_at
    load([_row(1, "10", **{**REVERSED, "deleted_at": "2026-02-28T12:00:00Z"})])
    assert Transaction.objects.get(pk=1).deleted_at == stored


def test_a_fixture_changes_no_balance_that_a_reversed_transaction_shows(
    alice: User, load: Load
) -> None:
    load([_wallet(alice), _row(1, "10")])
    Transaction.objects.get(pk=1).delete()
    load([_row(1, "10", **{**REVERSED, "client_txid": "t1"})])
    assert Transaction.objects.get(pk=1).balance_after == 10
    assert_in_order()


@pytest.mark.parametrize("fields", [{}, REVERSED])
@pytest.mark.parametrize("kind", ["transfer", "payment"])
def test_a_fixture_brings_no_side_of_a_transfer_alone(
    alice: User, load: Load, kind: str, fields: dict[str, str]
) -> None:
    with pytest.raises(errors.KindInvalid):
        load([_wallet(alice), _row(1, "10", **{**fields, "kind": kind})])
    assert not Wallet.objects.filter(pk=500).exists()


@pytest.mark.parametrize("other", [{"txid": "other"}, {"kind": "withdrawal"}, {"amount": "11"}])
def test_a_fixture_makes_no_other_transaction_of_a_reversed_one(
    alice: User, load: Load, other: dict[str, str]
) -> None:
    load([_wallet(alice), _row(1, "10", **REVERSED)])
    with pytest.raises(errors.Unchangeable):
        load([_row(1, "10", **REVERSED) | {"fields": _row(1, "10", **REVERSED)["fields"] | other}])


def test_a_fixture_forges_no_entry(alice: User, load: Load) -> None:
    load([_wallet(alice), _row(1, "10")])
    forged = {"wallet": 500, "transaction": 1, "sequence": 2, "amount": "5", "balance_after": "15"}
    with pytest.raises(MoneyIsPosted):
        load([{"model": f"{APP}.entry", "pk": 999, "fields": {**forged, "reason": "posted"}}])
    assert Entry.objects.count() == 1


def test_a_fixture_forges_no_audit_record(alice: User, load: Load) -> None:
    forged = {"subject_type": "wallets", "subject_id": 1, "wallet_id": 1, "action": "opened"}
    with pytest.raises(MoneyIsPosted):
        load([{"model": f"{APP}.auditrecord", "pk": 999, "fields": {**forged, "actor": "bob"}}])
    assert not AuditRecord.objects.filter(pk=999).exists()


def test_what_is_dumped_without_what_is_append_only_is_loaded_over_itself(
    alice: User, load: Load
) -> None:
    load([_wallet(alice), _row(1, "10.50"), _row(2, "-0.50")])
    out = StringIO()
    closed = [f"{APP}.entry", f"{APP}.auditrecord"]
    call_command("dumpdata", APP, exclude=closed, stdout=out)
    load(json.loads(out.getvalue()))
    assert Transaction.objects.count() == 2
    assert balance(Wallet(pk=500)) == 10
    assert_in_order()
