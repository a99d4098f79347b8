"""Transactions in plain Django code: what the API obeys, everyone obeys."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.books import assert_in_order, balance, journal, visible
from wallet_transaction_api.ledger import errors, wallets
from wallet_transaction_api.models import Entry, Transaction, Wallet
from wallet_transaction_api.querysets import MoneyIsPosted

pytestmark = pytest.mark.django_db


@pytest.fixture
def rent(open_wallet: Callable[..., Wallet]) -> Wallet:
    """Return alice's wallet with 100.00 in it."""
    return open_wallet("100.00", label="Rent")


def _create(wallet: Wallet, amount: str, **more: Any) -> Transaction:
    row: Transaction = Transaction.objects.create(wallet=wallet, amount=amount, **more)
    return row


def test_a_created_row_moves_the_balance_and_is_complete(rent: Wallet) -> None:
    row = _create(rent, "-40")
    assert (row.kind, row.amount, row.balance_after, len(row.txid)) == ("withdrawal", -40, 60, 32)
    assert journal(rent)[1:] == [(2, -40, 60, "posted")]
    assert_in_order()


@pytest.mark.parametrize(
    ("amount", "refusal"),
    [
        ("-100.01", errors.InsufficientFunds),
        ("0", errors.AmountInvalid),
        ("0.001", errors.AmountPrecision),
        (1.5, errors.AmountInvalid),
        (None, errors.AmountInvalid),
        (Decimal("sNaN"), errors.AmountInvalid),
    ],
)
def test_a_refused_row_is_not_stored(
    rent: Wallet, amount: Any, refusal: type[errors.LedgerError]
) -> None:
    with pytest.raises(refusal):
        _create(rent, amount)
    assert visible(rent) == [100]
    assert_in_order()


def test_a_row_whose_kind_disagrees_with_its_sign_is_refused(rent: Wallet) -> None:
    with pytest.raises(errors.KindInvalid):
        _create(rent, "5", kind="withdrawal")
    assert visible(rent) == [100]


@pytest.mark.parametrize("kind", ["transfer", "payment"])
def test_one_side_of_a_transfer_is_not_made_alone(rent: Wallet, kind: str) -> None:
    with pytest.raises(errors.PartOfTransfer):
        _create(rent, "5", kind=kind)
    with pytest.raises(errors.PartOfTransfer):
        Transaction.objects.bulk_create([Transaction(wallet=rent, amount=5, kind=kind)])
    assert visible(rent) == [100]
    assert_in_order()


def test_who_may_not_raise_a_balance_raises_none_by_saving_a_row(rent: Wallet) -> None:
    row = Transaction(wallet=rent, amount="5")
    row.may_raise = False
    with pytest.raises(errors.SelfCreditDisabled):
        row.save()
    assert visible(rent) == [100]


def test_saving_without_a_change_moves_nothing(rent: Wallet) -> None:
    row = _create(rent, "5")
    row.save()
    Transaction.objects.get(pk=row.pk).save()
    assert balance(rent) == 105


def test_a_changed_amount_posts_the_difference(rent: Wallet) -> None:
    row = _create(rent, "5")
    row.amount = Decimal(-20)
    row.save()
    row.refresh_from_db()
    assert (row.amount, row.kind, row.version, row.balance_after) == (-20, "withdrawal", 2, 80)
    assert journal(rent)[1:] == [(2, 5, 105, "posted"), (3, -25, 80, "amended")]
    assert_in_order()


@pytest.mark.parametrize("amount", ["-200", "0", "0.001", Decimal("NaN"), Decimal("sNaN")])
def test_a_refused_change_changes_nothing(rent: Wallet, amount: Any) -> None:
    row = _create(rent, "5")
    row.amount, row.description = amount, "new"
    with pytest.raises(errors.LedgerError):
        row.save()
    row.refresh_from_db()
    assert (row.amount, row.description, balance(rent)) == (5, "", 105)


def test_update_fields_save_what_they_name_and_nothing_else(rent: Wallet) -> None:
    row = _create(rent, "5")
    row.amount, row.description = Decimal(50), "new"
    row.save(update_fields=["description"])
    row.refresh_from_db()
    assert (row.amount, row.description, row.version) == (5, "new", 2)
    row.amount = Decimal(50)
    row.save(update_fields=["amount"])
    row.amount = Decimal(70)
    row.save(update_fields=[])
    assert balance(rent) == 150
    assert_in_order()


def test_a_deferred_row_moves_versions_and_money_as_any(rent: Wallet) -> None:
    key = _create(rent, "5").pk
    row = Transaction.objects.only("description").get(pk=key)
    row.description = "new"
    row.save()
    row = Transaction.objects.only("description").get(pk=key)
    row.amount = Decimal(50)
    row.save()
    row.refresh_from_db()
    assert (row.amount, row.description, row.version, row.balance_after) == (50, "new", 3, 150)
    assert_in_order()


def test_a_stale_copy_keeps_the_amount_stored_since(rent: Wallet) -> None:
    fresh = _create(rent, "5")
    stale = Transaction.objects.get(pk=fresh.pk)
    fresh.amount = Decimal(50)
    fresh.save()
    stale.description = "late"
    stale.save()
    stale.refresh_from_db()
    assert (stale.amount, stale.description, balance(rent)) == (50, "late", 150)
    assert_in_order()


def test_identity_is_fixed(rent: Wallet, alice: User) -> None:
    row = _create(rent, "5")
    for name, value in {"wallet": alice.default_wallet, "txid": "x", "kind": "transfer"}.items():
        changed = Transaction.objects.get(pk=row.pk)
        setattr(changed, name, value)
        with pytest.raises((errors.Unchangeable, errors.TransactionNotFound)):
            changed.save()
    assert_in_order()


def test_a_kind_that_is_none_is_refused(rent: Wallet) -> None:
    with pytest.raises(errors.KindInvalid):
        _create(rent, "5", kind="bogus")
    with pytest.raises(errors.KindInvalid):
        Transaction.objects.bulk_create([Transaction(wallet=rent, amount=5, kind="bogus")])
    assert balance(rent) == 100


def test_a_new_row_is_not_born_reversed(rent: Wallet) -> None:
    with pytest.raises(errors.Unchangeable):
        _create(rent, "5", deleted_at=rent.created_at)
    with pytest.raises(errors.Unchangeable):
        Transaction.objects.bulk_create(
            [Transaction(wallet=rent, amount=5, deleted_at=rent.created_at)]
        )
    assert balance(rent) == 100
    assert_in_order()


def test_deleting_reverses_and_hides(rent: Wallet) -> None:
    row = _create(rent, "5")
    assert row.delete() == (1, {"wallet_transaction_api.Transaction": 1})
    assert visible(rent) == [100]
    assert journal(rent)[2:] == [(3, -5, 100, "reversal")]
    with pytest.raises(errors.TransactionNotFound):
        row.delete()
    with pytest.raises(errors.TransactionNotFound):
        row.save()
    assert_in_order()


def test_deleting_is_refused_where_it_would_overdraw(rent: Wallet) -> None:
    row = _create(rent, "50")
    _create(rent, "-120")
    with pytest.raises(errors.InsufficientFunds):
        row.delete()
    assert visible(rent) == [100, 50, -120]


def test_a_query_set_deletes_all_or_none(rent: Wallet) -> None:
    _create(rent, "50")
    _create(rent, "-120")
    newest_first = Transaction.objects.filter(wallet=rent).order_by("id")
    with pytest.raises(errors.InsufficientFunds):
        newest_first.delete()
    assert balance(rent) == 30
    assert newest_first.order_by("-id").delete()[0] == 3
    assert balance(rent) == 0
    assert_in_order()


def test_bulk_create_posts_all_or_none(rent: Wallet) -> None:
    rows = [Transaction(wallet=rent, amount=amount) for amount in ("10", "-20.50")]
    created = Transaction.objects.bulk_create(rows, 1)
    assert [(row.pk is not None, row.balance_after) for row in created] == [
        (True, 110),
        (True, Decimal("89.50")),
    ]
    with pytest.raises(errors.InsufficientFunds):
        Transaction.objects.bulk_create(
            [Transaction(wallet=rent, amount=amount) for amount in ("10", "-500")]
        )
    assert visible(rent) == [100, 10, Decimal("-20.50")]
    assert_in_order()


def test_bulk_created_rows_are_as_stored(rent: Wallet) -> None:
    new = [Transaction(wallet=rent, amount="5", txid="t1"), Transaction(wallet=rent, amount="-3")]
    for row in Transaction.objects.bulk_create(new):
        stored = Transaction.objects.get(pk=row.pk)
        names = [field.attname for field in Transaction._meta.concrete_fields]
        assert {n: getattr(row, n) for n in names} == {n: getattr(stored, n) for n in names}


def test_bulk_create_takes_no_keys(rent: Wallet) -> None:
    with pytest.raises(errors.Unchangeable):
        Transaction.objects.bulk_create([Transaction(pk=4711, wallet=rent, amount=5)])
    assert balance(rent) == 100


def test_a_bulk_created_row_saved_again_is_changed_not_inserted(rent: Wallet) -> None:
    [row] = Transaction.objects.bulk_create([Transaction(wallet=rent, amount="5")])
    row.description = "x"
    row.save()
    assert Transaction.objects.get(pk=row.pk).description == "x"
    assert visible(rent) == [100, 5]


@pytest.mark.parametrize("option", ["ignore_conflicts", "update_conflicts"])
def test_bulk_create_takes_no_conflict_options(rent: Wallet, option: str) -> None:
    for rows in (Transaction.objects, Wallet.objects):
        with pytest.raises(MoneyIsPosted):
            rows.bulk_create([], **{option: True})


@pytest.mark.parametrize(
    "changes", [{"amount": 1}, {"wallet_id": 1}, {"deleted_at": None}, {"description": "x"}]
)
def test_a_query_set_updates_nothing(rent: Wallet, changes: dict[str, Any]) -> None:
    with pytest.raises(MoneyIsPosted):
        Transaction.objects.update(**changes)
    with pytest.raises(MoneyIsPosted):
        Transaction.objects.bulk_update(Transaction.objects.all(), list(changes))


def test_the_journal_is_closed_to_django(rent: Wallet) -> None:
    entry = Entry.objects.get(wallet=rent)
    for attempt in (
        entry.save,
        entry.delete,
        Entry.objects.all().delete,
        lambda: Entry.objects.update(amount=1),
        lambda: Entry.objects.bulk_create([entry]),
        lambda: Entry.objects.bulk_update([entry], ["amount"]),
        lambda: Entry.objects.create(wallet=rent, sequence=9, amount=1, balance_after=1),
    ):
        with pytest.raises(MoneyIsPosted):
            attempt()
    assert_in_order()


def test_a_frozen_wallet_refuses_edits_and_deletions(rent: Wallet) -> None:
    row = _create(rent, "5")
    wallets.edit(wallet_id=rent.pk, changes={"status": "frozen"})
    row.description = "new"
    for attempt in (row.save, row.delete, lambda: _create(rent, "1")):
        with pytest.raises(errors.WalletFrozen):
            attempt()


def test_descriptions_stay_editable_when_the_asset_is_gone_or_coarser(
    open_wallet: Callable[..., Wallet], settings: Any
) -> None:
    settings.ASSETS = {"BTC": 8}
    coins = open_wallet("0.12345678", label="Coins", currency="BTC")
    for assets in ({}, {"BTC": 2}):
        settings.ASSETS = assets
        row = coins.transactions.get()
        row.description = f"with {assets}"
        row.save()
    row.refresh_from_db()
    assert (row.amount, row.version) == (Decimal("0.12345678"), 3)
