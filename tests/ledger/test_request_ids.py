"""Each movement's entry says who asked for it, and by which request."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connections

from tests.cache.conftest import wait_until
from tests.transfers import order_of
from wallet_transaction_api.ledger import amending, group_commit, holds, posting, transfers
from wallet_transaction_api.ledger.group_commit import Gather, Lane, Lanes
from wallet_transaction_api.ledger.posting import Outcome, Posting
from wallet_transaction_api.models import Entry, Transaction, Wallet
from wallet_transaction_api.origins import Origin, origin


@contextmanager
def request(name: str) -> Iterator[None]:
    """Do something as the request of that id does it."""
    token = origin.set(Origin(name))
    try:
        yield
    finally:
        origin.reset(token)


def _said(wallet: Wallet) -> list[tuple[Any, ...]]:
    rows = Entry.objects.filter(wallet=wallet).order_by("sequence")
    return list(rows.values_list("reason", "actor_id", "request_id"))


@pytest.mark.django_db
class TestAnEntry:
    def test_of_a_posting(self, rent: Wallet, alice: User) -> None:
        with request("r-1"):
            item = Posting(wallet_id=rent.pk, amount=Decimal(1), actor_id=alice.pk)
        with request("r-2"):
            posting.post([item])
        assert _said(rent)[1:] == [("posted", alice.pk, "r-1")]

    def test_outside_of_a_request_names_none(self, rent: Wallet) -> None:
        assert _said(rent) == [("posted", None, None)]

    def test_of_an_edit_and_a_reversal(self, rent: Wallet, alice: User) -> None:
        key = rent.transactions.get().pk
        with request("r-1"):
            amending.amend(transaction_id=key, changes={"amount": Decimal(90)}, actor_id=alice.pk)
        with request("r-2"):
            amending.reverse(transaction_id=key)
        assert _said(rent)[1:] == [("amended", alice.pk, "r-1"), ("reversal", None, "r-2")]

    def test_of_both_legs_of_a_transfer(
        self, rent: Wallet, open_wallet: Callable[..., Wallet]
    ) -> None:
        other = open_wallet(label="Other")
        with request("r-1"):
            row = transfers.transfer(order_of(rent, other, "1.00"))
        with request("r-2"):
            transfers.reverse(transfer_id=row.pk)
        for wallet in (rent, other):
            assert [name for *_, name in _said(wallet)][-2:] == ["r-1", "r-2"]

    def test_of_a_capture(self, rent: Wallet) -> None:
        with request("r-1"):
            hold = holds.place(wallet_id=rent.pk, amount=Decimal(1))
        with request("r-2"):
            holds.capture(hold_id=hold.pk)
        assert _said(rent)[1:] == [("posted", None, "r-2")]

    def test_of_rows_saved_by_django_code(self, rent: Wallet) -> None:
        with request("r-1"):
            Transaction(wallet=rent, amount=Decimal(1)).save()
            Transaction.objects.bulk_create([Transaction(wallet=rent, amount=Decimal(2))])
        assert [name for *_, name in _said(rent)] == [None, "r-1", "r-1"]


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
def test_each_of_a_group_keeps_its_own(
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    alice: User,
    bob: User,
    open_wallet: Callable[..., Wallet],
) -> None:
    """One thread leads for all others: what it posts for them is theirs."""
    settings.GROUP_COMMIT = True
    clients = 6
    groups: list[int] = []
    go_on = threading.Event()

    def post(gather: Gather) -> Sequence[Outcome | None]:
        items = gather()
        groups.append(len(items))
        assert go_on.wait(10)
        return posting.post_unlocked(items)

    lanes = Lanes()
    lanes._shared = Lane(post)
    monkeypatch.setattr(group_commit, "_lanes", lanes)
    wallets = [open_wallet(label=f"W{number}") for number in range(clients)]
    actors = [(alice, bob)[number % 2].pk for number in range(clients)]

    def credit(number: int) -> None:
        try:
            with request(f"r-{number}"):
                group_commit.post_one(
                    Posting(
                        wallet_id=wallets[number].pk, amount=Decimal(1), actor_id=actors[number]
                    )
                )
        finally:
            connections.close_all()

    with ThreadPoolExecutor(clients) as pool:
        futures = [pool.submit(credit, number) for number in range(clients)]
        wait_until(lambda: len(lanes._shared._waiting) == clients - 1)
        go_on.set()
    assert [future.result() for future in futures] == [None] * clients
    assert groups == [1, clients - 1]
    said = [_said(wallet) for wallet in wallets]
    assert said == [[("posted", actors[n], f"r-{n}")] for n in range(clients)]
