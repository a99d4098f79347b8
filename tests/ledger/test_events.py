"""Changes are announced once they are durable, and not before."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction

from wallet_transaction_api.ledger import errors, events, wallets
from wallet_transaction_api.ledger.posting import Posted
from wallet_transaction_api.ledger.rules import WalletState
from wallet_transaction_api.models import Wallet

pytestmark = pytest.mark.django_db(transaction=True)
Pay = Callable[..., Posted]


@pytest.fixture
def heard(rent: Wallet) -> Iterator[list[Any]]:
    """Collect what is announced from now on."""
    collected: list[Any] = []

    def listen(wallets: Any, **kwargs: Any) -> None:
        collected.extend((wallet.id, wallet.balance, wallet.version) for wallet in wallets)

    events.wallets_changed.connect(listen, sender=WalletState)
    yield collected
    events.wallets_changed.disconnect(listen, sender=WalletState)


def _stored(wallet: Wallet) -> tuple[Any, ...]:
    return Wallet.objects.values_list("id", "balance", "version").get(pk=wallet.pk)


def test_a_posting_announces_the_state_it_left(rent: Wallet, pay: Pay, heard: list[Any]) -> None:
    pay(rent, "5")
    assert heard == [_stored(rent)]


def test_nothing_is_announced_before_the_commit(rent: Wallet, pay: Pay, heard: list[Any]) -> None:
    with transaction.atomic():
        pay(rent, "5")
        assert heard == []
    assert heard == [_stored(rent)]


def test_nothing_is_announced_of_what_was_undone(rent: Wallet, pay: Pay, heard: list[Any]) -> None:
    with transaction.atomic():
        pay(rent, "5")
        transaction.set_rollback(True)
    with pytest.raises(errors.InsufficientFunds):
        pay(rent, "-500")
    assert heard == []


def test_an_edit_is_announced_too(rent: Wallet, heard: list[Any]) -> None:
    wallets.edit(wallet_id=rent.pk, changes={"label": "x"})
    assert heard == [_stored(rent)]


def test_a_failing_listener_fails_nobody(rent: Wallet, pay: Pay) -> None:
    def fail(**kwargs: Any) -> None:
        raise ZeroDivisionError

    events.wallets_changed.connect(fail)
    try:
        assert pay(rent, "5").movement.balance_after == 105
    finally:
        events.wallets_changed.disconnect(fail)
