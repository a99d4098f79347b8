"""Managers' shortcuts: whatever Django writes for its caller is posted, or refused."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import transaction

from tests.books import assert_in_order, balance, journal, visible
from wallet_transaction_api.ledger import errors, holds, limits
from wallet_transaction_api.models import (
    Entry,
    Hold,
    HoldEntry,
    Limit,
    Transaction,
    Transfer,
    Wallet,
)
from wallet_transaction_api.querysets import MoneyIsPosted

pytestmark = pytest.mark.django_db
#: The models that have a balance, an amount or a maximum.
LEDGER = (Wallet, Transaction, Transfer, Entry, Hold, HoldEntry, Limit)


@pytest.fixture
def rent(open_wallet: Callable[..., Wallet]) -> Wallet:
    """Return alice's wallet with 100.00 in it."""
    return open_wallet("100.00", label="Rent")


@pytest.fixture
def theirs(open_wallet: Callable[..., Wallet], bob: User) -> Wallet:
    """Return bob's wallet with 50.00 in it."""
    return open_wallet("50.00", label="Theirs", owner=bob)


def test_a_transaction_got_or_created_is_posted_once(rent: Wallet) -> None:
    first, again = (
        Transaction.objects.get_or_create(txid="salary", defaults={"wallet": rent, "amount": 5})
        for _ in range(2)
    )
    assert (first[1], again) == (True, (first[0], False))
    assert journal(rent)[1:] == [(2, 5, 105, "posted")]
    assert_in_order()


@pytest.mark.parametrize("shortcut", ["get_or_create", "update_or_create"])
def test_what_the_engine_refuses_is_not_created(rent: Wallet, shortcut: str) -> None:
    for rows, known in ((Transaction.objects, {"wallet": rent}), (rent.transactions, {})):
        with pytest.raises(errors.InsufficientFunds):
            getattr(rows, shortcut)(txid="big", defaults={**known, "amount": "-100.01"})
    assert visible(rent) == [100]
    assert_in_order()


def test_a_transaction_updated_or_created_posts_the_difference(rent: Wallet) -> None:
    for amount, is_new in ((5, True), (-20, False), (-20, False)):
        row, created = Transaction.objects.update_or_create(
            txid="salary",
            defaults={"amount": amount},
            create_defaults={"wallet": rent, "amount": 5},
        )
        assert (row.amount, created) == (amount, is_new)
    assert journal(rent)[1:] == [(2, 5, 105, "posted"), (3, -25, 80, "amended")]
    assert_in_order()


def test_an_update_is_refused_what_an_edit_is(rent: Wallet, theirs: Wallet) -> None:
    key = rent.transactions.create(amount=5).pk
    for defaults, refusal in (
        ({"amount": Decimal("-100.01")}, errors.InsufficientFunds),
        ({"amount": Decimal("0.001")}, errors.AmountPrecision),
        ({"wallet": theirs}, errors.Unchangeable),
        ({"txid": "other"}, errors.Unchangeable),
        ({"deleted_at": rent.created_at}, errors.Unchangeable),
    ):
        with pytest.raises(refusal), transaction.atomic():
            Transaction.objects.update_or_create(pk=key, defaults=defaults)
    assert visible(rent) == [100, 5]
    assert_in_order()


@pytest.mark.parametrize("name", ["balance_after", "version", "created_at"])
def test_what_the_engine_computes_is_written_by_it_alone(rent: Wallet, name: str) -> None:
    before = rent.transactions.create(amount=5)
    value = rent.created_at if name == "created_at" else 77
    Transaction.objects.update_or_create(pk=before.pk, defaults={name: value})
    after = Transaction.objects.get(pk=before.pk)
    assert (after.balance_after, after.version, after.created_at) == (105, 2, before.created_at)
    assert_in_order()


def test_a_wallet_got_or_created_posts_its_opening_once(alice: User) -> None:
    opened = {Wallet.objects.get_or_create(owner=alice, label="x", defaults={"balance": 5})}
    opened.add(Wallet.objects.get_or_create(owner=alice, label="x", defaults={"balance": 7}))
    (wallet,) = {row for row, _ in opened}
    assert journal(wallet) == [(1, 5, 5, "posted")]
    assert_in_order()


@pytest.mark.parametrize("name", ["balance", "held", "available"])
def test_updating_or_creating_a_wallet_writes_no_money(
    rent: Wallet, alice: User, name: str
) -> None:
    with pytest.raises(errors.Unchangeable):
        Wallet.objects.update_or_create(owner=alice, label="Rent", defaults={name: 7})
    row, _ = alice.wallets.update_or_create(label="Rent", defaults={"metadata": {"a": 1}})
    assert (row.metadata, balance(rent)) == ({"a": 1}, 100)
    assert_in_order()


def test_related_rows_are_created_by_posting(rent: Wallet) -> None:
    rent.transactions.create(amount="-40")
    rent.transactions.get_or_create(txid="a", defaults={"amount": 1})
    rent.transactions.update_or_create(txid="a", defaults={"amount": 2})
    rent.transactions.add(Transaction(amount=3), bulk=False)
    rent.transactions.bulk_create([Transaction(wallet=rent, amount=4)])
    assert visible(rent) == [100, -40, 2, 3, 4]
    assert_in_order()


@pytest.mark.parametrize("bulk", [True, False])
def test_no_row_is_moved_to_another_wallet(rent: Wallet, theirs: Wallet, bulk: bool) -> None:
    rows = (
        (theirs.transactions, rent.transactions.get()),
        (theirs.entries, rent.entries.get()),
        (theirs.holds, holds.place(wallet_id=rent.pk, amount=Decimal(1))),
        (theirs.limits, limits.set_limit(
            wallet_id=rent.pk, direction="debit", window="day", max_count=3)),
    )  # fmt: skip
    for related, row in rows:
        for move in (related.add, lambda row, related=related, **how: related.set([row], **how)):
            refusals = (MoneyIsPosted, errors.Unchangeable, errors.TransactionNotFound)
            with pytest.raises(refusals), transaction.atomic():
                move(row, bulk=bulk)
        assert type(row).objects.get(pk=row.pk).wallet_id == rent.pk
    assert_in_order()


def test_no_wallet_is_given_to_another_owner_set_wise(rent: Wallet, bob: User) -> None:
    with pytest.raises(MoneyIsPosted), transaction.atomic():
        bob.wallets.add(rent)
    assert Wallet.objects.get(pk=rent.pk).owner_id != bob.pk


@pytest.mark.parametrize("model", LEDGER)
def test_the_manager_that_django_itself_uses_is_guarded_too(model: Any) -> None:
    with pytest.raises(MoneyIsPosted):
        model._base_manager.update(**{_money(model): 5})


def test_no_model_with_money_is_left_out() -> None:
    models = apps.get_app_config("wallet_transaction_api").get_models()
    assert {model for model in models if _money(model)} == set(LEDGER)


def _money(model: Any) -> str:
    names = (
        field.name for field in model._meta.fields if field.get_internal_type() == "MoneyField"
    )
    return next(names, "")
