"""Money as people live it."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from tests.books import assert_in_order, balance, journal, visible
from wallet_transaction_api.ledger import amending, errors, wallets
from wallet_transaction_api.ledger.posting import Posted
from wallet_transaction_api.models import Wallet

pytestmark = pytest.mark.django_db
Pay = Callable[..., Posted]


def test_a_month(alice: User, pay: Pay) -> None:
    wallet = alice.default_wallet
    pay(wallet, "3000.00", description="Salary")
    pay(wallet, "-1200.00", description="Rent")
    shopping = pay(wallet, "-64.35", description="Groceries")
    with pytest.raises(errors.InsufficientFunds):
        pay(wallet, "-2000.00", description="A holiday too expensive")
    pay(wallet, "20.00", description="Refund of spoilt milk")
    amending.amend(transaction_id=shopping.transaction_id, changes={"amount": Decimal("-46.35")})
    assert balance(wallet) == Decimal("1773.65")
    assert visible(wallet) == [3000, -1200, Decimal("-46.35"), 20]
    assert_in_order()


def test_a_payment_taken_back_after_the_money_was_spent(rent: Wallet, pay: Pay) -> None:
    salary = pay(rent, "500").transaction_id
    pay(rent, "-550")
    with pytest.raises(errors.InsufficientFunds):
        amending.reverse(transaction_id=salary)
    wallets.edit(wallet_id=rent.pk, changes={"floor": Decimal(-450)})
    amending.reverse(transaction_id=salary)
    assert balance(rent) == -450
    assert_in_order()


def test_a_wallet_from_its_opening_to_its_end(rent: Wallet, pay: Pay) -> None:
    wallets.edit(wallet_id=rent.pk, changes={"status": "frozen"})
    with pytest.raises(errors.WalletFrozen):
        pay(rent, "-100")
    wallets.edit(wallet_id=rent.pk, changes={"status": "active"})
    pay(rent, "-100")
    wallets.close(wallet_id=rent.pk)
    with pytest.raises(errors.WalletClosed):
        pay(rent, "1")
    assert [row[2] for row in journal(rent)] == [100, 0]
    assert_in_order()


def test_yen_have_no_sen(alice: User, pay: Pay) -> None:
    yen = wallets.open_wallet(owner_id=alice.pk, label="Yen", currency="JPY")
    pay(yen, "1000")
    with pytest.raises(errors.AmountPrecision):
        pay(yen, "0.5")
    assert balance(yen) == 1000
