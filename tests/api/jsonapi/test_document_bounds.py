"""How large a document gets: what is included is bounded, and links lead to what was left out."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.jsonapi.conftest import post
from tests.conftest import Answer, Api
from wallet_transaction_api.api.jsonapi import budgets
from wallet_transaction_api.models import Transaction, Wallet

#: Sixteen kilobytes as JSON: the largest metadata there is.
LARGE = {"m": "x" * 16_000}
INCLUDES = [
    "wallets?include=transactions",
    "wallets?include=transactions,entries.transaction",
    "wallets?include=entries,entries.transaction&fields[wallets]=label,entries",
    "transactions?include=wallet.transactions&page[size]=2",
    "transactions?include=wallet&page[size]=7",
    "entries?include=transaction.wallet,wallet.entries",
]


@pytest.fixture
def many(open_wallet: Callable[..., Wallet]) -> list[Wallet]:
    """Return three wallets of four transactions each, as large as they get."""
    wallets = [open_wallet(label=f"W{number}") for number in range(3)]
    for wallet in wallets:
        for _ in range(4):
            post(wallet, "1", metadata=LARGE, description="\1" * 1000)
    return wallets


def _linkage(relationship: Any) -> list[tuple[str, str]]:
    data = relationship.get("data")
    items = data if isinstance(data, list) else [data] if data else []
    return [(item["type"], item["id"]) for item in items]


def _check(document: Any) -> None:
    """Assert full linkage: each included resource is linked, by what is primary or linked."""
    data = document["data"] if isinstance(document["data"], list) else [document["data"]]
    everything = {(item["type"], item["id"]): item for item in [*data, *document["included"]]}
    assert len(everything) == len(data) + len(document["included"])
    reached, waiting = set(), list(data)
    while waiting:
        for relationship in waiting.pop().get("relationships", {}).values():
            for name in _linkage(relationship):
                if name in everything and name not in reached:
                    reached.add(name)
                    waiting.append(everything[name])
            assert relationship["links"]["related"]
    assert {(item["type"], item["id"]) for item in document["included"]} <= reached


def _ids(answer: Answer) -> list[str]:
    return [item["id"] for item in answer.json()["data"]]


def test_what_exceeds_the_resources_is_left_to_links(
    api: Api, many: list[Wallet], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budgets, "MOST_RESOURCES", 6)
    document = api.get("/api/wallets?include=transactions&filter[label.prefix]=W").json()
    _check(document)
    assert len(document["included"]) == 6
    whole, cut, none = (item["relationships"]["transactions"] for item in document["data"])
    assert [len(_linkage(item)) for item in (whole, cut)] == [4, 2]
    assert "next" not in whole["links"]
    rest = _ids(api.get(cut["links"]["next"]))
    assert [key for _, key in _linkage(cut)] + rest == _ids(api.get(cut["links"]["related"]))
    assert none.keys() == {"links"}
    assert len(_ids(api.get(none["links"]["related"]))) == 4


@pytest.mark.parametrize("most", [0, 1, 3, 7, 100])
@pytest.mark.parametrize("path", INCLUDES)
def test_every_bound_leaves_a_valid_document(
    api: Api, many: list[Wallet], monkeypatch: pytest.MonkeyPatch, path: str, most: int
) -> None:
    monkeypatch.setattr(budgets, "MOST_RESOURCES", most)
    document = api.get(f"/api/{path}").json()
    _check(document)
    assert len(document["included"]) <= most


@pytest.mark.parametrize("path", INCLUDES)
def test_every_bound_in_bytes_does_too(
    api: Api, many: list[Wallet], monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    bare = len(api.get(f"/api/{re.sub('include=[^&]*&?', '', path)}").content)
    for kilobytes in (1, 20, 50, 150):
        monkeypatch.setattr(budgets, "LARGEST_DOCUMENT", kilobytes * 1024)
        answer = api.get(f"/api/{path}")
        _check(answer.json())
        assert len(answer.content) <= max(bare + 1024, kilobytes * 1024)


def test_a_to_one_without_room_is_a_link(
    api: Api, many: list[Wallet], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budgets, "MOST_RESOURCES", 1)
    document = api.get("/api/transactions?include=wallet").json()
    _check(document)
    wallets = [item["relationships"]["wallet"] for item in document["data"]]
    assert [bool(_linkage(item)) for item in wallets] == [True] * 4 + [False] * 8
    left_out = wallets[-1]
    assert left_out.keys() == {"links"}
    assert api.get(left_out["links"]["related"]).json()["data"]["id"] == str(many[-1].pk)
    assert api.get(left_out["links"]["self"]).json()["data"]["id"] == str(many[-1].pk)


def test_a_write_answers_within_the_bound(
    api: Api, many: list[Wallet], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budgets, "MOST_RESOURCES", 2)
    body = {"data": {"type": "wallets", "id": str(many[0].pk)}}
    document = api.patch(f"/api/wallets/{many[0].pk}?include=transactions", body).json()
    _check(document)
    assert len(document["included"]) == 2


def test_the_largest_document_is_the_documented_one(
    api: Api, open_wallet: Callable[..., Wallet]
) -> None:
    for number in range(6):
        wallet = open_wallet(label=f"Large {number}")
        post(wallet, "1")
        rows = [Transaction(wallet=wallet, amount=1, metadata=LARGE) for _ in range(99)]
        Transaction.objects.bulk_create(rows)
    answer = api.get("/api/wallets?include=transactions")
    _check(answer.json())
    assert 0.9 * budgets.LARGEST_DOCUMENT < len(answer.content) <= budgets.LARGEST_DOCUMENT
    page = api.get("/api/transactions?page[size]=200&sort=-id")
    assert len(page.content) < 3.5 * 1024 * 1024
    both = api.get("/api/transactions?page[size]=200&sort=-id&include=wallet.transactions")
    _check(both.json())
    assert len(both.content) <= budgets.LARGEST_DOCUMENT
