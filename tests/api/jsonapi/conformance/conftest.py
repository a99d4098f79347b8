"""A household to ask about: two wallets of alice's with transactions, one of bob's."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import User

from tests.api.jsonapi.conftest import post
from tests.conftest import Answer, Api
from wallet_transaction_api.models import Transaction, Wallet

BASE = "http://testserver/api"


@dataclass
class Household:
    """`rent` and `food` are alice's, `other` is bob's; `first` is the first transaction."""

    rent: Wallet
    food: Wallet
    other: Wallet
    first: Transaction


@pytest.fixture
def home(alice: User, bob: User, open_wallet: Callable[..., Wallet]) -> Household:
    """Return the household: amounts 100, 3, 20, -5 and 3 in `rent`, 7 and 2 in `food`."""
    rent, food = open_wallet(label="Rent"), open_wallet(label="Food")
    other = open_wallet(label="Other", owner=bob)
    for number, amount in enumerate(("100", "3", "20", "-5", "3")):
        post(rent, amount, txid=f"tx-{number}")
    post(food, "7", txid="food-0")
    post(food, "2", txid="food-1")
    post(other, "50", txid="theirs")
    for wallet in (rent, food, other):
        wallet.refresh_from_db()
    return Household(rent, food, other, rent.transactions.get(txid="tx-0"))


def txids(answer: Answer) -> list[str]:
    """Return the txids of the primary data, in order."""
    return [item["attributes"]["txid"] for item in answer.json()["data"]]


def walk(api: Api, url: str | None, link: str = "next", **extra: object) -> Iterator[Answer]:
    """Yield the pages of a list from a URL on."""
    for _ in range(50):
        if url is None:
            return
        answer = api.get(url, **extra)
        assert answer.status_code == 200, answer.content
        yield answer
        url = answer.json()["links"][link]
    raise AssertionError("the walk does not end")


def sources(answer: Answer) -> list[dict[str, str]]:
    """Return each error's source."""
    return [error.get("source", {}) for error in answer.json()["errors"]]
