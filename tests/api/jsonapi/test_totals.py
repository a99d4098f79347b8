"""Totals are kept while nothing happens, and are exact when something has.

With transactions of their own: inside the one of a test nothing is kept.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.api.jsonapi.conftest import ids, post, update
from tests.conftest import Api
from wallet_transaction_api.api.jsonapi import totals
from wallet_transaction_api.ledger import holds
from wallet_transaction_api.models import Wallet

pytestmark = pytest.mark.django_db(transaction=True)
LISTS = (
    "transactions",
    "wallets",
    "transactions?filter[amount.gt]=1",
    "transactions?filter[wallet.label]=Rent",
)


@pytest.fixture(autouse=True)
def _forget() -> None:
    totals._kept.clear()


def _total(api: Api, path: str) -> tuple[int, bool]:
    """Return the total, and whether rows were counted for it."""
    with CaptureQueriesContext(connection) as queries:
        total = api.get(f"/api/{path}").json()["meta"]["total"]
    counted = [query for query in queries.captured_queries if "COUNT(*) AS" in query["sql"]]
    return total, bool(counted)


def test_a_list_is_counted_once(api: Api, rent: Wallet) -> None:
    for path in (*LISTS, f"wallets/{rent.pk}/transactions", f"wallets/{rent.pk}/entries"):
        first, again = _total(api, path), _total(api, path)
        assert (first[1], again) == (True, (first[0], False)), path


def test_whatever_happens_counts(
    api: Api, rent: Wallet, open_wallet: Callable[..., Wallet]
) -> None:
    """Deeds, and how each changes the totals of `LISTS`."""

    def delete_last() -> None:
        last = rent.transactions.visible().order_by("-pk").first()
        api.delete(f"/api/transactions/{last.pk}")

    deeds: list[tuple[Callable[[], Any], tuple[int, int, int, int]]] = [
        (lambda: post(rent, "5.00"), (1, 0, 1, 1)),
        (lambda: post(rent, "0.50"), (1, 0, 0, 1)),
        (delete_last, (-1, 0, 0, -1)),
        (lambda: open_wallet("2.00", label="New"), (1, 1, 1, 0)),
        (lambda: api.patch(f"/api/wallets/{rent.pk}", update("wallets", rent.pk, label="x")),
         (0, 0, 0, -2)),
        (lambda: open_wallet(label="Empty"), (0, 1, 0, 0)),
        (lambda: api.delete(f"/api/wallets/{Wallet.objects.get(label='Empty').pk}"),
         (0, -1, 0, 0)),
    ]  # fmt: skip
    before = [_total(api, path)[0] for path in LISTS]
    for deed, changes in deeds:
        deed()
        after = [_total(api, path)[0] for path in LISTS]
        assert [new - old for new, old in zip(after, before, strict=True)] == list(changes)
        before = after


def test_everybody_has_their_own(
    api: Api, as_user: Callable[..., Api], bob: User, staff_api: Api, rent: Wallet
) -> None:
    assert _total(api, "transactions")[0] == 1
    assert _total(as_user(bob), "transactions")[0] == 0
    for _ in range(2):
        assert _total(staff_api, "transactions") == (1, True)


def test_a_hold_that_expires_counts(
    api: Api, rent: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = timezone.now() + timedelta(hours=2)
    holds.place(wallet_id=rent.pk, amount=Decimal(60), expires_at=later - timedelta(hours=1))
    asked = "wallets?filter[available.gte]=100.00", "wallets?filter[held.gt]=0"
    assert [_total(api, path)[0] for path in asked] == [0, 1]
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert [_total(api, path)[0] for path in asked] == [1, 0]
    assert ids(api.get(f"/api/{asked[0]}")) == [str(rent.pk)]


def test_no_more_is_kept_than_fits(api: Api, rent: Wallet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totals, "MOST_KEPT", 3)
    for number in range(5):
        _total(api, f"transactions?filter[id.gt]={number}")
    assert len(totals._kept) == 3
