"""`filter[member.operator]=value`: exact on every database, refused when not understood."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User

from tests.api.jsonapi.conftest import amounts, errors, ids, post
from tests.conftest import Api
from wallet_transaction_api.models import Transaction, Wallet


@pytest.fixture
def busy(rent: Wallet) -> Wallet:
    """Return the wallet after -30.50 and 20.00 more."""
    post(rent, "-30.50", txid="tx-001", description="Rent, November")
    post(rent, "20.00", txid="tx-002", description="rent 50% back")
    return rent


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ("filter[txid]=tx-001", ["-30.50"]),
        ("filter[txid]=tx-001,tx-002", ["-30.50", "20.00"]),
        ("filter[txid.in]=tx-001,opening", ["100.00", "-30.50"]),
        ("filter[txid][]=tx-001&filter[txid][]=opening", ["100.00", "-30.50"]),
        ("filter[txid.ne]=tx-001", ["100.00", "20.00"]),
        ("filter[txid.ne]=tx-001,tx-002", ["100.00"]),
        ("filter[txid.prefix]=tx-", ["-30.50", "20.00"]),
        ("filter[txid.prefix]=TX-", []),
        ("filter[txid.gt]=tx-001", ["20.00"]),
        ("filter[amount]=20", ["20.00"]),
        ("filter[amount]=20.000000000000000000", ["20.00"]),
        ("filter[amount.gt]=20", ["100.00"]),
        ("filter[amount.gte]=20", ["100.00", "20.00"]),
        ("filter[amount.lt]=-30.49", ["-30.50"]),
        ("filter[amount.lte]=20", ["-30.50", "20.00"]),
        ("filter[amount.between]=-30.50,20", ["-30.50", "20.00"]),
        ("filter[amount.between]=20,-30.50", []),
        ("filter[amount.gte]=0&filter[amount.lt]=100", ["20.00"]),
        ("filter[amount]=99999", []),
        ("filter[amount.isnull]=false&filter[kind]=withdrawal", ["-30.50"]),
        ("filter[amount.isnull]=true", []),
        ("filter[kind]=deposit", ["100.00", "20.00"]),
        ("filter[wallet.label]=Rent&filter[amount.lt]=0", ["-30.50"]),
        ("filter[wallet.label]=rent", []),
        ("filter[wallet.currency]=JPY", []),
        ("filter[description]=Rent%5C,%20November", ["-30.50"]),
        ("filter[description]=Rent,%20November", []),
        ("filter[description.contains]=Rent,%20Nov", ["-30.50"]),
        ("filter[description.contains]=rent", ["20.00"]),
        ("filter[description.contains]=50%25", ["20.00"]),
        ("filter[description.contains]=%25", ["20.00"]),
        ("filter[description.contains]=_", []),
        ("filter[description.icontains]=RENT", ["-30.50", "20.00"]),
        ("filter[createdAt.gt]=2000-01-01", ["100.00", "-30.50", "20.00"]),
        ("filter[createdAt.lt]=2000-01-01T00:00:00Z", []),
        ("filter[createdAt.gte]=2000-01-01T00:00:00%2B02:00", ["100.00", "-30.50", "20.00"]),
        ("filter[balanceAfter]=69.5", ["-30.50"]),
    ],
)
def test_filters(api: Api, busy: Wallet, parameters: str, expected: list[str]) -> None:
    answer = api.get(f"/api/transactions?{parameters}")
    assert amounts(answer) == expected
    assert answer.json()["meta"]["total"] == len(expected)


def test_filters_by_the_related_id(api: Api, busy: Wallet, open_wallet: object) -> None:
    other: Wallet = open_wallet(label="Other")  # type: ignore[operator]
    post(other, "7")
    assert amounts(api.get(f"/api/transactions?filter[wallet]={other.pk}")) == ["7.00"]
    assert amounts(api.get(f"/api/transactions?filter[wallet.id]={other.pk}")) == ["7.00"]
    both = api.get(f"/api/transactions?filter[wallet]={busy.pk},{other.pk}")
    assert len(both.json()["data"]) == 4
    key = ids(both)[0]
    assert ids(api.get(f"/api/transactions?filter[id]={key}")) == [key]


def test_filters_by_a_moment_exactly(api: Api, busy: Wallet) -> None:
    first, second, third = Transaction.objects.order_by("pk")
    moment = quote(second.created_at.isoformat())
    assert ids(api.get(f"/api/transactions?filter[createdAt]={moment}")) == [str(second.pk)]
    assert str(first.pk) in ids(api.get(f"/api/transactions?filter[createdAt.lt]={moment}"))
    assert ids(api.get(f"/api/transactions?filter[createdAt.gt]={moment}")) == [str(third.pk)]


def test_a_prefix_is_compared_by_code_point(api: Api, open_wallet: Callable[..., Wallet]) -> None:
    labels = ["aZ", "a\ud7ff", "a\ud7ff1", "a\ue000", "a\U0010ffff", "a\U0010ffffx", "b", "a"]
    for label in labels:
        open_wallet(label=label)

    def found(prefix: str) -> set[str]:
        answer = api.get(f"/api/wallets?filter[label.prefix]={quote(prefix)}")
        return {item["attributes"]["label"] for item in answer.json()["data"]}

    for prefix in ("a", "a\ud7ff", "a\U0010ffff", "aZ", "b", "c", "\U0010ffff"):
        assert found(prefix) == {label for label in labels if label.startswith(prefix)}


def test_text_round_trips(api: Api, rent: Wallet) -> None:
    for number, txid in enumerate(
        ["a,b", "a&b=c", "ü€😀", "a\\,b", "back\\slash", "50%", "a b+c", "'"]
    ):
        post(rent, "1", txid=txid, description=str(number))
        escaped = txid.replace("\\", "\\\\").replace(",", "\\,")
        answer = api.get(f"/api/transactions?filter[txid]={quote(escaped, safe='')}")
        assert [item["attributes"]["txid"] for item in answer.json()["data"]] == [txid]


def test_wallets_by_uuid_status_and_version(api: Api, rent: Wallet) -> None:
    for parameters in (
        f"filter[uuid]={rent.uuid}",
        f"filter[uuid]={str(rent.uuid).upper()}",
        "filter[status]=active&filter[label]=Rent",
        "filter[version]=2",
        "filter[overdraftLimit.lte]=0&filter[label]=Rent",
        "filter[overdraftLimit.between]=0,5&filter[label]=Rent",
        "filter[available.gte]=100",
    ):
        assert ids(api.get(f"/api/wallets?{parameters}")) == [str(rent.pk)], parameters


def test_exact_where_a_float_is_not(api: Api, open_wallet: Callable[..., Wallet]) -> None:
    open_wallet("123456789012345678.01", label="exact")
    assert ids(api.get("/api/wallets?filter[balance]=123456789012345678.02")) == []
    assert len(ids(api.get("/api/wallets?filter[balance]=123456789012345678.01"))) == 1
    assert len(ids(api.get("/api/wallets?filter[balance.gt]=123456789012345678"))) == 1


BAD_VALUES = [
    "filter[amount]=abc", "filter[amount]=", "filter[amount.gte]=1e999", "filter[amount]=NaN",
    "filter[amount]=Infinity", "filter[amount]=1,", "filter[amount]=0x10", "filter[amount]=%2B5",
    "filter[amount]=0.0000000000000000001", "filter[amount]=1000000000000000000",
    "filter[amount.gt]=1,2", "filter[amount.between]=1", "filter[amount.between]=1,2,3",
    "filter[amount.isnull]=maybe", "filter[amount.isnull]=", "filter[kind]=nosuch",
    "filter[createdAt]=yesterday", "filter[createdAt]=2026-01-01T00:00:00+02:00",
    "filter[createdAt]=0001-01-01T00:00:00%2B14:00", "filter[createdAt]=99999-01-01",
    "filter[wallet]=abc", "filter[id]=1.5", "filter[id]=9999999999999999999", "filter[txid]=",
    "filter[id]=" + ",".join(["1"] * 201), "filter[txid.contains]=",
]  # fmt: skip


@pytest.mark.parametrize("parameter", BAD_VALUES)
def test_refuses_a_bad_value(api: Api, busy: Wallet, parameter: str) -> None:
    answer = api.get(f"/api/transactions?{parameter}")
    assert answer.status_code == 400
    assert errors(answer) == [("invalid_filter", parameter.partition("=")[0])]


BAD_NAMES = [
    "filter[nosuch]", "filter", "filter[]", "filter[_]", "filter[-a]", "filter[Amount]",
    "filter[balance_after]", "filter[amount__gt]", "filter[amount.nosuch]", "filter[wallet__label]",
    "filter[wallet.nosuch]", "filter[wallet.]", "filter[wallet.transactions]", "filter[metadata]",
    "filter[amount.contains]", "filter[amount][gt]", "filter[amount", "filter[.gt]",
    "filter[deleted_at]", "filter[wallet.owner]", "filter[wallet.ownerName]", "filter[pk]",
    "filter[wallet.label.nosuch]", "filter[entries]",
]  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES)
def test_refuses_what_cannot_be_filtered_by(api: Api, name: str) -> None:
    answer = api.get(f"/api/transactions?{quote(name)}=1")
    assert answer.status_code == 400
    assert errors(answer) == [("invalid_filter", name)]


def test_refuses_a_repeated_filter(api: Api) -> None:
    answer = api.get("/api/transactions?filter[txid]=a&filter[txid]=b")
    assert errors(answer) == [("repeated_parameter", "filter[txid]")]


def test_takes_a_long_value(api: Api) -> None:
    for operator in ("eq", "prefix", "contains", "icontains"):
        answer = api.get(f"/api/transactions?filter[txid.{operator}]={'x' * 3000}")
        assert ids(answer) == []


def test_staff_filter_by_the_owners_name(
    staff_api: Api, rent: Wallet, alice: User, bob: User
) -> None:
    answer = staff_api.get("/api/wallets?filter[ownerName]=alice&sort=id")
    assert ids(answer) == [str(alice.default_wallet.pk), str(rent.pk)]
    assert answer.json()["data"][0]["attributes"]["ownerName"] == "alice"
    answer = staff_api.get("/api/transactions?filter[wallet.ownerName]=alice")
    assert len(ids(answer)) == 1
