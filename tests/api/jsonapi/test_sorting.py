"""https://jsonapi.org/format/#fetching-sorting."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.api.jsonapi.conftest import amounts, errors, ids, post
from tests.api.jsonapi.test_cursors import ASKING
from tests.conftest import Api
from wallet_transaction_api.ledger import holds
from wallet_transaction_api.models import Wallet


@pytest.fixture
def busy(rent: Wallet) -> Wallet:
    """Return the wallet after 10, 9, -5, 9 more."""
    for number, amount in enumerate(("10", "9", "-5", "9")):
        post(rent, amount, txid=f"tx-{number}")
    return rent


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("amount", ["-5.00", "9.00", "9.00", "10.00", "100.00"]),
        ("-amount", ["100.00", "10.00", "9.00", "9.00", "-5.00"]),
        ("-createdAt", ["9.00", "-5.00", "9.00", "10.00", "100.00"]),
        ("-id", ["9.00", "-5.00", "9.00", "10.00", "100.00"]),
        ("wallet,-amount", ["100.00", "10.00", "9.00", "9.00", "-5.00"]),
    ],
)
def test_sorts(api: Api, busy: Wallet, sort: str, expected: list[str]) -> None:
    assert amounts(api.get(f"/api/transactions?sort={sort}")) == expected


def test_later_keys_break_ties(api: Api, busy: Wallet) -> None:
    answer = api.get("/api/transactions?sort=amount,-txid&filter[amount]=9")
    assert [item["attributes"]["txid"] for item in answer.json()["data"]] == ["tx-3", "tx-1"]


@pytest.mark.parametrize("sign", ["", "-"])
def test_ties_are_broken_by_id_across_pages(api: Api, rent: Wallet, sign: str) -> None:
    """In the direction of the sort: an index is read one way."""
    for _ in range(7):
        post(rent, "1")
    seen, url = [], f"/api/transactions?sort={sign}amount&page[size]=3"
    while url:
        answer = api.get(url)
        seen += ids(answer)
        url = answer.json()["links"]["next"]
    tied = seen[1:] if sign else seen[:-1]
    assert tied == sorted(tied, key=int, reverse=bool(sign))
    assert len(seen) == 8


def test_sorts_by_a_related_member(api: Api, open_wallet: Callable[..., Wallet]) -> None:
    for label in ("B", "A", "C"):
        post(open_wallet(label=label), "1", description=label)
    answer = api.get("/api/transactions?sort=-wallet.label")
    assert [item["attributes"]["description"] for item in answer.json()["data"]] == ["C", "B", "A"]


def test_sorts_by_the_overdraft_limit_as_shown(
    api: Api, staff_api: Api, open_wallet: Callable[..., Wallet]
) -> None:
    for label, limit in (("low", "1.00"), ("high", "9.00")):
        key = open_wallet(label=label).pk
        attributes = {"overdraftLimit": limit}
        body = {"data": {"type": "wallets", "id": str(key), "attributes": attributes}}
        assert staff_api.patch(f"/api/wallets/{key}", body).status_code == 200
    answer = api.get("/api/wallets?sort=overdraftLimit&filter[overdraftLimit.gt]=0.5")
    assert [item["attributes"]["label"] for item in answer.json()["data"]] == ["low", "high"]


def test_sorts_huge_amounts_exactly(api: Api, open_wallet: Callable[..., Wallet]) -> None:
    wanted = ["123456789012345678.01", "123456789012345678.00", "123456789012345677.99"]
    for number in (1, 2, 0):
        open_wallet(wanted[number], label=wanted[number])
    answer = api.get("/api/wallets?sort=-balance&page[size]=3")
    assert [item["attributes"]["balance"] for item in answer.json()["data"]] == wanted


@pytest.mark.parametrize(
    "sort",
    [
        "nosuch", "amount,nosuch", "--amount", "%2Bamount", "amount,,txid", "", ",", "Amount",
        "balance_after", "metadata", "wallet.nosuch", "wallet.", "wallet.transactions",
        "wallet__label", "amount,-amount", "pk", "?", ",".join("abcdefghi"),
    ],
)  # fmt: skip
def test_refuses_what_cannot_be_sorted_by(api: Api, sort: str) -> None:
    answer = api.get(f"/api/transactions?sort={sort}")
    assert answer.status_code == 400
    assert errors(answer) == [("invalid_sort", "sort")]


@pytest.mark.parametrize("member", ["", ".id", ".amount", ".txid", ".createdAt", ".wallet.label"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_what_may_be_missing_sorts_numbered_pages_only(
    api: Api, rent: Wallet, sign: str, member: str
) -> None:
    placed = [holds.place(wallet_id=rent.pk, amount=Decimal(1)) for _ in range(3)]
    holds.capture(hold_id=placed[1].pk)
    query = f"/api/holds?sort={sign}transaction{member}&page[size]=1"
    pages = [ids(api.get(f"{query}&page[number]={number}")) for number in (1, 2, 3)]
    assert sorted(pages) == [[str(hold.pk)] for hold in placed]
    by_cursor = api.get(query, headers=ASKING)
    assert by_cursor.status_code == 400
    assert errors(by_cursor) == [("invalid_sort", "sort")]
    assert by_cursor.json()["errors"][0]["links"]["type"].endswith("unsupported-sort")
