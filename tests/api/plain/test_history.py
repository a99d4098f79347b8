"""`GET /api/wallet/transactions/`: newest first, page by page, nothing twice and nothing lost."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.api.plain.conftest import form, post, refused
from tests.conftest import Api
from wallet_transaction_api.cache.recent import PAGE
from wallet_transaction_api.models import Transaction, Wallet

PATH = "/api/wallet/transactions/"


def _page(api: Api, url: str = PATH) -> tuple[list[dict[str, Any]], str | None]:
    answer = api.get(url)
    assert answer.status_code == 200
    body = answer.json()
    assert list(body) == ["results", "next"]
    return body["results"], body["next"]


def test_an_item_says_what_was_posted(api: Api, purse: Wallet) -> None:
    post(purse, "-12.50", txid="lunch", description="Łunch")
    stored = Transaction.objects.get(txid="lunch")
    results, following = _page(api)
    created = stored.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert results[0] == {
        "id": str(stored.pk),
        "txid": "lunch",
        "amount": "-12.50",
        "kind": "withdrawal",
        "description": "Łunch",
        "balance_after": "2987.50",
        "created_at": created,
    }
    assert len(results) == 2
    assert following is None


def test_nothing_posted_is_an_empty_page(api: Api) -> None:
    assert _page(api) == ([], None)


@pytest.mark.parametrize("count", [PAGE, PAGE + 1, 2 * PAGE, 2 * PAGE + 3])
def test_pages_hold_everything_once(alice: User, api: Api, count: int) -> None:
    for number in range(count):
        post(alice.default_wallet, "1.00", txid=f"tx-{number}")
    seen, url = [], PATH
    while url:
        results, following = _page(api, url)
        assert 0 < len(results) <= PAGE
        assert following is None or len(results) == PAGE
        seen += [item["txid"] for item in results]
        url = following or ""
    assert seen == [f"tx-{number}" for number in reversed(range(count))]


def test_what_is_posted_meanwhile_shifts_no_page(alice: User, api: Api) -> None:
    for number in range(PAGE + 2):
        post(alice.default_wallet, "1.00", txid=f"tx-{number}")
    _, following = _page(api)
    assert following is not None
    assert following.startswith("http://testserver/api/wallet/transactions/?cursor=")
    post(alice.default_wallet, "1.00", txid="late")
    results, _ = _page(api, following)
    assert [item["txid"] for item in results] == ["tx-1", "tx-0"]


def test_shows_each_acknowledged_write(api: Api) -> None:
    for count in (1, 2, 3):
        form(api, "/api/wallet/credit/", amount="1.00")
        assert len(_page(api)[0]) == count


def test_hides_what_was_reversed(api: Api, purse: Wallet) -> None:
    post(purse, "5.00", txid="mistake")
    assert len(_page(api)[0]) == 2
    key = Transaction.objects.get(txid="mistake").pk
    assert api.delete(f"/api/transactions/{key}").status_code == 204
    assert [item["amount"] for item in _page(api)[0]] == ["3000.00"]


def test_shows_nobody_elses(alice: User, bob: User, purse: Wallet) -> None:
    assert _page(Api(bob)) == ([], None)
    foreign = Transaction.objects.latest("pk").pk + 1
    assert _page(Api(bob), f"{PATH}?cursor={foreign}") == ([], None)


@pytest.mark.parametrize(
    "cursor", ["", "x", "-1", "0", "01", "1.5", "9" * 30, "%00", "%FF", "\u0661"]
)
def test_refuses_a_bad_cursor(api: Api, cursor: str) -> None:
    assert refused(api.get(f"{PATH}?cursor={cursor}")) == (400, "Invalid cursor", "invalid_cursor")
