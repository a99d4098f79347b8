"""Whole lists take a shorter way to the database than filtered ones, to the same documents."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from tests.api.jsonapi.conftest import ids, post
from tests.api.jsonapi.test_cursors import ASKING
from tests.conftest import Api
from wallet_transaction_api.api.jsonapi import own
from wallet_transaction_api.ledger import holds, wallets
from wallet_transaction_api.models import Wallet

QUERIES = [
    "transactions?x", "transactions?page[size]=2&page[number]=2", "transactions?sort=-amount,txid",
    "transactions?sort=wallet.label&page[size]=3", "transactions?include=wallet",
    "transactions?fields[transactions]=amount,wallet", "wallets?sort=-label",
    "wallets?include=entries", "wallets?page[totals]=false&page[size]=1",
]  # fmt: skip


@pytest.fixture
def several(rent: Wallet, bob: User, open_wallet: Callable[..., Wallet]) -> Wallet:
    """Return alice's wallet beside others: a frozen one, a closed one and one of bob's."""
    for wallet in (rent, open_wallet(label="Food"), open_wallet(label="Theirs", owner=bob)):
        for amount in ("3", "1", "2"):
            post(wallet, amount)
    frozen, closed = open_wallet("5", label="Frozen"), open_wallet(label="Closed")
    post(closed, "1")
    post(closed, "-1")
    wallets.edit(wallet_id=frozen.pk, changes={"status": "frozen"})
    wallets.close(wallet_id=closed.pk)
    rent.transactions.order_by("-pk").first().delete()
    return rent


@pytest.fixture(params=["sorted", "walked", "by owner"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let an owner's rows be found in each of the ways that `own` knows."""
    if request.param == "by owner":
        monkeypatch.setattr(own, "MOST_NAMED", 1)
    else:
        monkeypatch.setattr(own.Holdings, "is_sparse", request.param == "sorted")
    return str(request.param)


@pytest.mark.parametrize("query", QUERIES)
def test_shows_what_the_longer_way_shows(api: Api, several: Wallet, query: str, way: str) -> None:
    query = query.removesuffix("?x")
    direct = api.get(f"/api/{query}").json()
    filtered = api.get(f"/api/{query}{'&' if '?' in query else '?'}filter[id.gt]=0").json()
    for name in ("data", "included", "meta"):
        assert direct.get(name) == filtered.get(name)
    assert direct["data"]


@pytest.mark.parametrize("query", ["", "?sort=-available", "?fields[wallets]=available,held"])
def test_what_is_as_of_now_is_not_kept(
    api: Api, rent: Wallet, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    def shown() -> dict[str, str]:
        found = api.get(f"/api/wallets{query}").json()["data"]
        wallet = next(item for item in found if item["id"] == str(rent.pk))
        return {name: wallet["attributes"][name] for name in ("available", "held")}

    later = timezone.now() + timedelta(hours=2)
    holds.place(wallet_id=rent.pk, amount=Decimal(60), expires_at=later - timedelta(hours=1))
    assert shown() == {"available": "40.00", "held": "60.00"}
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert shown() == {"available": "100.00", "held": "0.00"}


@pytest.mark.parametrize("sort", ["amount", "-createdAt", "-amount,txid"])
def test_cursors_follow_every_way(api: Api, several: Wallet, sort: str, way: str) -> None:
    whole = ids(api.get(f"/api/wallets/{several.pk}/transactions?sort={sort}&page[size]=200"))
    url: str | None = f"/api/transactions?sort={sort}&page[size]=2&filter[wallet]={several.pk}"
    walked = []
    while url:
        answer = api.get(url, headers=ASKING)
        walked += ids(answer)
        url = answer.json()["links"]["next"]
    assert walked == whole


def test_everybody_sees_their_own(
    api: Api, as_user: Callable[..., Api], bob: User, staff_api: Api, several: Wallet
) -> None:
    for _ in range(2):
        mine, theirs = (ids(client.get("/api/transactions")) for client in (api, as_user(bob)))
        assert (len(mine), len(theirs)) == (7, 3)
        assert not set(mine) & set(theirs)
        assert len(ids(staff_api.get("/api/transactions"))) == 12


def test_an_anonymous_call_in_open_mode_sees_all(
    as_user: Callable[..., Api], settings: object, several: Wallet
) -> None:
    settings.AUTH_REQUIRED = False  # type: ignore[attr-defined]
    assert len(ids(as_user(None).get("/api/transactions"))) == 10
