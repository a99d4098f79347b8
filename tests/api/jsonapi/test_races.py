"""Many clients at once, over HTTP on a real database: exactly once, and nothing lost."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connections

from tests.api.jsonapi.conftest import (
    ValidatingApi,
    balance_of,
    post,
    transaction_document,
    update,
)
from wallet_transaction_api.models import Wallet

pytestmark = [pytest.mark.serial, pytest.mark.django_db(transaction=True)]
CLIENTS = 6


def _at_once(user: User, actions: list[Callable[[ValidatingApi], Any]]) -> Counter[int]:
    """Run each action in a thread of its own, started together; count the statuses."""
    barrier = Barrier(len(actions))

    def run(action: Callable[[ValidatingApi], Any]) -> int:
        try:
            barrier.wait(timeout=30)
            return int(action(ValidatingApi(user)).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as pool:
        return Counter(pool.map(run, actions))


def test_a_label_edited_while_credits_land_loses_no_money(alice: User, rent: Wallet) -> None:
    document = transaction_document(rent, amount="1.00")
    credit: list[Any] = [lambda api: api.post("/api/transactions", document)] * CLIENTS
    edit: list[Any] = [
        lambda api, label=f"L{number}": api.patch(
            f"/api/wallets/{rent.pk}", update("wallets", rent.pk, label=label)
        )
        for number in range(CLIENTS)
    ]
    assert _at_once(alice, [*credit, *edit]) == {201: CLIENTS, 200: CLIENTS}
    assert balance_of(rent) == f"{100 + CLIENTS}.00"


def test_a_transaction_is_reversed_once(alice: User, rent: Wallet) -> None:
    post(rent, "100.00")
    key = rent.transactions.get(txid="opening").pk
    delete: list[Any] = [lambda api: api.delete(f"/api/transactions/{key}")] * CLIENTS
    assert _at_once(alice, delete) == {204: 1, 404: CLIENTS - 1}
    assert balance_of(rent) == "100.00"


def test_a_txid_is_posted_once(alice: User, rent: Wallet) -> None:
    document = transaction_document(rent, amount="1.00", txid="tx-1")
    create: list[Any] = [lambda api: api.post("/api/transactions", document)] * CLIENTS
    assert _at_once(alice, create) == {201: 1, 409: CLIENTS - 1}
    assert balance_of(rent) == "101.00"


def test_exactly_as_many_withdrawals_pass_as_there_is_money_for(alice: User, rent: Wallet) -> None:
    document = transaction_document(rent, amount="-40.00")
    withdraw: list[Any] = [lambda api: api.post("/api/transactions", document)] * CLIENTS
    assert _at_once(alice, withdraw) == {201: 2, 422: CLIENTS - 2}
    assert balance_of(rent) == "20.00"


def test_amendments_of_one_transaction_each_post_their_difference(
    alice: User, rent: Wallet
) -> None:
    key = rent.transactions.get().pk
    amend: list[Any] = [
        lambda api, amount=f"{number}.00": api.patch(
            f"/api/transactions/{key}", update("transactions", key, amount=amount)
        )
        for number in range(50, 50 + CLIENTS)
    ]
    assert _at_once(alice, amend) == {200: CLIENTS}
    rent.transactions.get().refresh_from_db()
    assert balance_of(rent) == f"{rent.transactions.get().amount:.2f}"


def test_a_wallet_is_closed_once(alice: User, rent: Wallet) -> None:
    post(rent, "-100.00")
    delete: list[Any] = [lambda api: api.delete(f"/api/wallets/{rent.pk}")] * CLIENTS
    assert _at_once(alice, delete) == {204: 1, 404: CLIENTS - 1}
