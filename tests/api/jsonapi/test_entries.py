"""The journal over JSON:API: to be read by whoever sees the wallet, to be changed by nobody."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.jsonapi.conftest import errors, ids, post
from tests.conftest import Api
from wallet_transaction_api.ledger import amending
from wallet_transaction_api.models import Wallet

CURSORS = {
    "Accept": "application/vnd.api+json;"
    'profile="http://jsonapi.org/profiles/ethanresnick/cursor-pagination/"'
}


@pytest.fixture
def food(open_wallet: Callable[..., Wallet]) -> Wallet:
    """Return alice's second wallet, with 7.00 in it."""
    return open_wallet("7.00", label="Food")


def _statement(wallet: Wallet) -> list[str]:
    return [str(key) for key in wallet.entries.order_by("sequence").values_list("pk", flat=True)]


def test_statements_come_wallet_by_wallet_in_sequence(api: Api, rent: Wallet, food: Wallet) -> None:
    post(rent, "-1.00")
    post(food, "2.00")
    post(rent, "-3.00")
    assert ids(api.get("/api/entries")) == _statement(rent) + _statement(food)


def test_cursors_follow_the_statements(api: Api, rent: Wallet, food: Wallet) -> None:
    post(rent, "-1.00")
    url: Any = "/api/entries?page[size]=1"
    seen = []
    while url:
        answer = api.get(url, headers=CURSORS)
        seen += ids(answer)
        url = answer.json()["links"]["next"]
    assert seen == _statement(rent) + _statement(food)


def test_one_entry_is_read(api: Api, rent: Wallet) -> None:
    entry = rent.entries.get()
    data = api.get(f"/api/entries/{entry.pk}/").json()["data"]
    assert (data["type"], data["id"], data["attributes"]["sequence"]) == (
        "entries",
        str(entry.pk),
        1,
    )


def test_somebody_elses_is_missing(rent: Wallet, bob: User, as_user: type[Api]) -> None:
    stranger, key = as_user(bob), rent.entries.get().pk
    for tail in ("", "/wallet", "/transaction", "/relationships/transaction"):
        answer = stranger.get(f"/api/entries/{key}{tail}")
        missing = stranger.get(f"/api/entries/999999{tail}")
        assert (answer.status_code, answer.content) == (404, missing.content)
    assert ids(stranger.get("/api/entries")) == []
    assert ids(stranger.get(f"/api/entries?filter[wallet]={rent.pk}")) == []


def test_a_reversed_transaction_does_not_show(api: Api, rent: Wallet) -> None:
    gone = post(rent, "5.00").transaction_id
    amending.reverse(transaction_id=gone)
    document = api.get("/api/entries?include=transaction").json()
    linked = [item["relationships"]["transaction"]["data"] for item in document["data"]]
    kept = {"type": "transactions", "id": str(rent.transactions.order_by("pk")[0].pk)}
    assert linked == [kept, None, None]
    assert [item["id"] for item in document["included"]] == [kept["id"]]
    key = document["data"][1]["id"]
    for tail in ("transaction", "relationships/transaction"):
        assert api.get(f"/api/entries/{key}/{tail}").json()["data"] is None


def test_no_filter_finds_what_does_not_show(api: Api, rent: Wallet) -> None:
    gone = post(rent, "5.00", description="secret").transaction_id
    url = f"/api/entries?filter[transaction]={gone}"
    assert len(ids(api.get(url))) == 1
    amending.reverse(transaction_id=gone)
    assert ids(api.get(url)) == []
    none = ids(api.get("/api/entries?filter[transaction.isnull]=true"))
    assert len(none) == 2
    kept = rent.transactions.order_by("pk")[0].pk
    assert ids(api.get(f"/api/entries?filter[transaction.ne]={kept}")) == none
    assert len(ids(api.get(f"/api/entries?filter[transaction.ne]={gone}"))) == 3
    for sign in ("filter[transaction.description]=secret", "sort=transaction.description"):
        assert api.get(f"/api/entries?{sign}").status_code == 400


def test_a_transactions_entries_are_found_by_index(api: Api, rent: Wallet) -> None:
    key = rent.transactions.get().pk
    with CaptureQueriesContext(connection) as queries:
        assert len(ids(api.get(f"/api/entries?filter[transaction]={key}"))) == 1
    assert any("transaction_id" in _condition_of(query["sql"]) for query in queries)


def _condition_of(statement: str) -> str:
    """Return what a query compares plainly: an index finds that, but nothing inside a CASE."""
    text = statement.partition(" WHERE ")[2].replace("`", "").replace('"', "")
    return text if "entries.transaction_id IN (" in text else ""


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_nothing_is_written_here(api: Api, rent: Wallet, method: str) -> None:
    key = rent.entries.get().pk
    document = {"data": {"type": "entries", "id": str(key), "attributes": {"amount": "1.00"}}}
    url = "/api/entries" if method == "POST" else f"/api/entries/{key}"
    answer = api.send(method, url, document)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert rent.entries.count() == 1


def test_the_transaction_orders_nothing(api: Api, rent: Wallet) -> None:
    assert errors(api.get("/api/entries?sort=transaction")) == [("invalid_sort", "sort")]
