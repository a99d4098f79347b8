"""A page costs the same number of queries however much is on it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.jsonapi.conftest import post, transaction_document
from tests.api.jsonapi.test_operations import add_transaction, perform
from tests.conftest import Api
from wallet_transaction_api.api import credentials
from wallet_transaction_api.models import Wallet

#: The caller, their wallets (but of wallets), the count, the page; one more per included to-one,
#: three per included to-many.
READS = {
    "/api/wallets": 3,
    "/api/transactions": 4,
    "/api/transactions?include=wallet": 5,
    "/api/entries": 4,
    "/api/entries?include=wallet,transaction": 6,
    "/api/wallets?include=transactions": 6,
    "/api/wallets?include=transactions,entries": 9,
    "/api/transactions?include=wallet.transactions": 7,
    "/api/transactions?page[totals]=false": 3,
    "/api/transactions?page[totals]=false&sort=-amount&include=wallet": 4,
    "/api/transactions?withStats[amount]=sum,avg,count": 5,
    "/api/transactions?filter[wallet.label.prefix]=W&sort=-wallet.label": 4,
}


def _count(action: Callable[[], Any]) -> int:
    credentials.forget()  # a caller asked for within the last second costs nothing
    with CaptureQueriesContext(connection) as queries:
        assert action().status_code < 300
    return len(queries)


@pytest.mark.parametrize("url", READS)
def test_a_read(api: Api, open_wallet: Callable[..., Wallet], url: str) -> None:
    counts = []
    for number in range(3):
        wallet = open_wallet(label=f"W{number}")
        for _ in range(1 + 2 * number):
            post(wallet, "1")
        counts.append(_count(lambda: api.get(url)))
    assert counts == [READS[url]] * 3


def test_a_page_by_cursor(api: Api, rent: Wallet) -> None:
    counts = []
    for _ in range(3):
        for _ in range(4):
            post(rent, "1")
        url = "/api/transactions?page[size]=3&sort=-amount"
        headers = {
            "Accept": "application/vnd.api+json;"
            'profile="http://jsonapi.org/profiles/ethanresnick/cursor-pagination/"'
        }
        following = api.get(url, headers=headers).json()["links"]["next"]
        counts.append(_count(lambda url=following: api.get(url)))  # type: ignore[misc]
    assert counts == [3] * 3


def test_operations_cost_what_they_do(api: Api, rent: Wallet) -> None:
    counts = []
    for size in (1, 2, 3):
        operations = [add_transaction({"id": str(rent.pk)}, "1.00") for _ in range(size)]
        counts.append(_count(lambda each=operations: perform(api, *each)))  # type: ignore[misc]
    assert counts[2] - counts[1] == counts[1] - counts[0]


def test_a_posting_asks_nothing_back(api: Api, rent: Wallet) -> None:
    document = transaction_document(rent, amount="1.00", txid="tx-1")
    with CaptureQueriesContext(connection) as queries:
        assert api.post("/api/transactions", document).status_code == 201
    statements = [query["sql"].split()[0] for query in queries.captured_queries]
    written = "WITH" if connection.vendor == "postgresql" else "INSERT"
    after_insert = statements[statements.index(written) :]
    assert "SELECT" not in after_insert
