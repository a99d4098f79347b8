"""How PostgreSQL finds a numbered page of a period: by the moments, not by reading up to it."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.jsonapi.conftest import post
from tests.conftest import Api
from wallet_transaction_api.models import Wallet

SINCE, UNTIL = (
    "filter[createdAt.gte]=2026-01-01T00:00:00Z",
    "filter[createdAt.lt]=2100-01-01T00:00:00Z",
)
BETWEEN = "filter[createdAt.between]=2026-01-01T00:00:00Z,2100-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("query", "is_sorted"),
    [
        (f"{SINCE}&{UNTIL}", True),
        (BETWEEN, True),
        (SINCE, False),
        (UNTIL, False),
        ("", False),
        (f"{SINCE}&{UNTIL}&sort=-createdAt", False),
        (f"{SINCE}&{UNTIL}&page[after]=", False),
    ],
)
def test_a_page_with_both_ends_is_sorted(
    query: str, is_sorted: bool, staff: User, open_wallet: Callable[..., Wallet]
) -> None:
    open_wallet("5")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        Api(staff).get(f"/api/transactions?{query}")
    ordered = [one["sql"] for one in asked if "ORDER BY" in one["sql"]]
    is_otherwise = is_sorted and connection.vendor == "postgresql"
    for words in ("ORDER BY COALESCE", "IN (SELECT"):  # the latter: no join but for the page
        assert any(words in text for text in ordered) is is_otherwise


@pytest.mark.parametrize("number", [1, 2, 3])
def test_its_pages_are_those_of_the_whole_list(
    number: int, staff: User, open_wallet: Callable[..., Wallet]
) -> None:
    for label in ("A", "B"):
        wallet = open_wallet("5", label=label)
        post(wallet, "2")
    post(wallet, "-1")
    wallet.transactions.order_by("-pk").first().delete()
    page = f"page[size]=2&page[number]={number}&include=wallet"
    whole, of_period = (
        Api(staff).get(f"/api/transactions?{page}{more}").json()
        for more in ("", f"&{SINCE}&{UNTIL}")
    )
    for name in ("data", "included", "meta"):
        assert of_period.get(name) == whole.get(name)
    assert len(whole["data"]) == (2 if number < 3 else 0)
