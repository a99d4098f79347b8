"""Amending and reversing through the ledger's own functions."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from tests.books import assert_in_order, balance, journal
from wallet_transaction_api.ledger import amending, errors
from wallet_transaction_api.ledger.posting import Posted
from wallet_transaction_api.models import Entry, Wallet

pytestmark = pytest.mark.django_db
Pay = Callable[..., Posted]


def test_an_amendment_posts_the_difference_in_its_actors_name(
    rent: Wallet, pay: Pay, bob: User
) -> None:
    key = pay(rent, "50").transaction_id
    changes = {"amount": Decimal(20), "description": "less", "metadata": {"a": 1}}
    row = amending.amend(transaction_id=key, changes=changes, actor_id=bob.pk)
    assert (row.amount, row.description, row.metadata, row.balance_after) == (
        20, "less", {"a": 1}, 120
    )  # fmt: skip
    assert journal(rent)[2:] == [(3, -30, 120, "amended")]
    assert Entry.objects.get(wallet=rent, sequence=3).actor == bob
    assert_in_order()


def test_a_description_moves_nothing_but_versions(rent: Wallet, pay: Pay) -> None:
    key, version = pay(rent, "50").transaction_id, Wallet.objects.get(pk=rent.pk).version
    row = amending.amend(transaction_id=key, changes={"description": "x"})
    assert (row.version, Wallet.objects.get(pk=rent.pk).version) == (2, version + 1)
    assert len(journal(rent)) == 2


def test_a_raise_needs_the_permission_a_cut_does_not(rent: Wallet, pay: Pay) -> None:
    gift, spent = pay(rent, "50").transaction_id, pay(rent, "-20").transaction_id
    for key, amount in ((gift, 60), (spent, -10)):
        with pytest.raises(errors.SelfCreditDisabled):
            amending.amend(transaction_id=key, changes={"amount": Decimal(amount)}, may_raise=False)
    amending.amend(transaction_id=gift, changes={"amount": Decimal(40)}, may_raise=False)
    amending.amend(transaction_id=gift, changes={"description": "x"}, may_raise=False)
    assert balance(rent) == 120


def test_taking_back_a_withdrawal_is_a_raise(rent: Wallet, pay: Pay) -> None:
    gift, spent = pay(rent, "50").transaction_id, pay(rent, "-20").transaction_id
    with pytest.raises(errors.SelfCreditDisabled):
        amending.reverse(transaction_id=spent, may_raise=False)
    amending.reverse(transaction_id=gift, may_raise=False)
    assert balance(rent) == 80
    assert_in_order()


def test_a_reversed_transaction_is_not_found_any_more(rent: Wallet, pay: Pay) -> None:
    key = pay(rent, "50").transaction_id
    amending.reverse(transaction_id=key)
    with pytest.raises(errors.TransactionNotFound):
        amending.reverse(transaction_id=key)
    with pytest.raises(errors.TransactionNotFound):
        amending.amend(transaction_id=key, changes={"description": "x"})


@pytest.mark.parametrize("key", [0, -1, 2**63, 2**70])
def test_an_id_of_no_transaction_is_not_found(key: int) -> None:
    with pytest.raises(errors.TransactionNotFound):
        amending.reverse(transaction_id=key)


def test_a_reversed_txid_stays_taken(rent: Wallet, pay: Pay) -> None:
    amending.reverse(transaction_id=pay(rent, "50", txid="t").transaction_id)
    with pytest.raises(errors.TxidTaken):
        pay(rent, "50", txid="t")


def test_a_reversal_is_in_its_actors_name(rent: Wallet, pay: Pay, bob: User) -> None:
    amending.reverse(transaction_id=pay(rent, "50").transaction_id, actor_id=bob.pk)
    assert Entry.objects.get(wallet=rent, reason="reversal").actor == bob


def test_an_amendment_is_one_change_of_its_wallet(rent: Wallet, pay: Pay) -> None:
    key, version = pay(rent, "50").transaction_id, Wallet.objects.get(pk=rent.pk).version
    amending.amend(transaction_id=key, changes={"amount": Decimal(20)})
    assert Wallet.objects.get(pk=rent.pk).version == version + 1
