"""https://jsonapi.org/format/#crud-updating-relationships: read-only here, so nothing is lost."""

import itertools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.api.jsonapi.conftest import DESCRIBED, errors, ids, post
from tests.conftest import JSONAPI, Api
from tests.transfers import order_of
from wallet_transaction_api.api.jsonapi.types import RESOURCES
from wallet_transaction_api.ledger import holds, limits, transfers
from wallet_transaction_api.models import Wallet

BASE = "http://testserver/api"


def test_a_to_one_is_this_document(api: Api, rent: Wallet) -> None:
    key = rent.transactions.get().pk
    url = f"{BASE}/transactions/{key}"
    assert api.get(f"/api/transactions/{key}/relationships/wallet").json() == {
        "jsonapi": {"version": "1.1"},
        "links": {
            "self": f"{url}/relationships/wallet",
            "related": f"{url}/wallet",
            **DESCRIBED,
        },
        "data": {"type": "wallets", "id": str(rent.pk)},
    }


def test_a_to_many_is_this_document(api: Api, rent: Wallet) -> None:
    key, url = rent.transactions.get().pk, f"{BASE}/wallets/{rent.pk}"
    page = f"{url}/relationships/transactions?page%5Bnumber%5D=1"
    assert api.get(f"/api/wallets/{rent.pk}/relationships/transactions").json() == {
        "jsonapi": {"version": "1.1"},
        "links": {
            **DESCRIBED,
            "self": f"{url}/relationships/transactions",
            "related": f"{url}/transactions",
            "first": page,
            "last": page,
            "prev": None,
            "next": None,
        },
        "data": [{"type": "transactions", "id": str(key)}],
        "meta": {"page": {"number": 1, "size": 20, "total": 1}, "total": 1},
    }


def test_a_to_many_is_sorted_filtered_and_paged(api: Api, rent: Wallet) -> None:
    for amount in ("5", "7", "2"):
        post(rent, amount, txid=amount)
    url = f"/api/wallets/{rent.pk}/relationships/transactions"
    answer = api.get(f"{url}?sort=-amount&filter[amount.lt]=100&page[size]=2")
    expected = [str(rent.transactions.get(txid=txid).pk) for txid in ("7", "5")]
    assert ids(answer) == expected
    assert len(ids(api.get(answer.json()["links"]["next"]))) == 1


def test_an_empty_to_many(api: Api, alice: User) -> None:
    url = f"/api/wallets/{alice.default_wallet.pk}/relationships/transactions"
    assert api.get(url).json()["data"] == []


BODIES: list[Any] = [
    {"data": None}, {"data": []}, {"data": [{"type": "transactions", "id": "1"}]}, {}, [], "x",
    {"data": {"type": "wallets", "id": "1"}}, {"data": [1]}, {"data": [{"type": "nosuch"}]},
]  # fmt: skip


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_every_change_is_refused_and_nothing_is_deleted(
    api: Api, rent: Wallet, method: str, body: Any
) -> None:
    key = rent.transactions.get().pk
    to_one = [f"/api/transactions/{key}/relationships/wallet"] if method == "PATCH" else []
    for url in (
        f"/api/wallets/{rent.pk}/relationships/transactions",
        f"/api/wallets/{rent.pk}/relationships/entries",
        *to_one,
    ):
        answer = api.send(method, url, body)
        assert answer.status_code == 403
        assert errors(answer) == [("relationship_fixed", None)]
    assert rent.transactions.get().pk == key
    assert rent.entries.count() == 1


@pytest.mark.parametrize("method", ["PATCH", "POST", "DELETE"])
def test_a_missing_parent_or_name_is_not_found(api: Api, rent: Wallet, method: str) -> None:
    for path in ("999999/relationships/transactions", f"{rent.pk}/relationships/save"):
        assert api.send(method, f"/api/wallets/{path}", {"data": []}).status_code == 404


@pytest.mark.parametrize("method", ["PATCH", "POST", "DELETE", "PUT"])
def test_related_resources_are_not_written_there(api: Api, rent: Wallet, method: str) -> None:
    answer = api.send(method, f"/api/wallets/{rent.pk}/transactions", {"data": []})
    assert answer.status_code == 405
    assert rent.transactions.count() == 1


#: Every relationship with what may be sent to its linkage.
LINKAGES = [
    (resource.type, relation.name, {"GET", "HEAD", "OPTIONS", "PATCH"} | more)
    for resource in RESOURCES.values()
    for relation in resource.relationships.values()
    for more in ({"POST", "DELETE"} if relation.many else set(),)
]
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE")


@pytest.fixture
def of_each_type(rent: Wallet, open_wallet: Callable[..., Wallet]) -> dict[str, int]:
    """Return the id of one resource of each type that has relationships."""
    purse = open_wallet("10.00", label="Purse")
    limit = limits.set_limit(
        wallet_id=rent.pk, direction="debit", window="day", max_amount=Decimal(5)
    )
    return {
        "wallets": rent.pk,
        "transactions": rent.transactions.get().pk,
        "transfers": transfers.transfer(order_of(purse, rent, "1.00")).pk,
        "entries": rent.entries.get(sequence=1).pk,
        "holds": holds.place(wallet_id=rent.pk, amount=Decimal(1)).pk,
        "limits": limit.pk,
    }


def test_eight_of_them_are_to_one() -> None:
    assert sum("POST" not in offered for _, _, offered in LINKAGES) == 8


@pytest.mark.parametrize(("kind", "name", "offered"), LINKAGES)
def test_each_linkage_offers_its_methods_and_no_other(
    api: Api, of_each_type: dict[str, int], kind: str, name: str, offered: set[str]
) -> None:
    url = f"/api/{kind}/{of_each_type[kind]}/relationships/{name}"
    bodies: list[dict[str, str]] = [{}, {"data": '{"data": null}', "content_type": JSONAPI}]
    for method, body in itertools.product(METHODS, bodies):
        answer = api.request(method, url, **body)
        assert set(answer["Allow"].split(", ")) == offered
        if method not in offered:
            assert (answer.status_code, errors(answer)) == (405, [("method_not_allowed", None)])
        elif method == "OPTIONS":
            assert answer.status_code == 204
        elif method in {"GET", "HEAD"}:
            assert answer.status_code == 200
        elif body or method == "DELETE":
            assert (answer.status_code, errors(answer)) == (403, [("relationship_fixed", None)])


@pytest.mark.parametrize(("kind", "name", "_"), LINKAGES)
def test_what_is_related_is_only_read_there(
    api: Api, of_each_type: dict[str, int], kind: str, name: str, _: set[str]
) -> None:
    for method in METHODS:
        answer = api.request(method, f"/api/{kind}/{of_each_type[kind]}/{name}")
        assert answer["Allow"] == "GET, HEAD, OPTIONS"
        assert (answer.status_code == 405) is (method not in {"GET", "HEAD", "OPTIONS"})
