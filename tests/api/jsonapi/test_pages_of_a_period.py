"""How PostgreSQL finds a numbered page of a period: by the moments, not by reading up to it."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.jsonapi.conftest import post
from tests.conftest import Api
from tests.transfers import order_of
from wallet_transaction_api.api.jsonapi.types import RESOURCES
from wallet_transaction_api.ledger import holds, limits, transfers
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


@pytest.fixture
def one_of_each(rent: Wallet, open_wallet: Callable[..., Wallet]) -> None:
    """Have a resource of every type."""
    holds.place(wallet_id=rent.pk, amount=Decimal(10))
    limits.set_limit(wallet_id=rent.pk, direction="debit", window="day", max_count=3)
    transfers.transfer(order_of(rent, open_wallet(label="Food"), "1"))


@pytest.mark.parametrize("who", ["api", "staff_api"])
@pytest.mark.parametrize("name", [n for n, it in RESOURCES.items() if "createdAt" in it.attributes])
def test_every_list_has_them(
    who: str, name: str, one_of_each: None, request: pytest.FixtureRequest
) -> None:
    client = request.getfixturevalue(who)
    whole, of_period = (client.get(f"/api/{name}?{more}") for more in ("", f"{SINCE}&{UNTIL}"))
    for member in ("data", "meta", "errors"):
        assert of_period.json().get(member) == whole.json().get(member)
    assert whole.json().get("data") or who == "api"
