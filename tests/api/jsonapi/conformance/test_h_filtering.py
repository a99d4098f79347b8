"""H. Filtering: https://jsonapi.org/format/#fetching-filtering."""

from urllib.parse import quote

import pytest

from tests.api.jsonapi.conformance.conftest import Household, sources, txids
from tests.api.jsonapi.conftest import post
from tests.conftest import Api

URL = "/api/transactions"


def test_j160_the_filter_family(api: Api, home: Household) -> None:
    """S · The filter family filters."""
    assert txids(api.get(f"{URL}?filter[txid]=tx-1")) == ["tx-1"]


def test_j161_by_a_relationship(api: Api, home: Household) -> None:
    """R · A relationship filters by id, and a list means any of them."""
    assert len(txids(api.get(f"{URL}?filter[wallet]={home.food.pk}"))) == 2
    both = f"{home.food.pk},{home.rent.pk}"
    assert len(txids(api.get(f"{URL}?filter[wallet]={both}"))) == 7


def test_j162_filters_combine(api: Api, home: Household) -> None:
    """R · Several filters all apply."""
    query = f"filter[wallet]={home.rent.pk}&filter[amount]=3&filter[txid.ne]=tx-1"
    assert txids(api.get(f"{URL}?{query}")) == ["tx-4"]


def test_j163_operators(api: Api, home: Household) -> None:
    """I · Operators compare, also moments and members of related resources."""
    assert txids(api.get(f"{URL}?filter[amount.gte]=20")) == ["tx-0", "tx-2"]
    assert txids(api.get(f"{URL}?filter[createdAt.lt]=2000-01-01T00:00:00Z")) == []
    assert txids(api.get(f"{URL}?filter[wallet.label]=Food")) == ["food-0", "food-1"]


def test_j164_unknown_members(api: Api, db: None) -> None:
    """M · A filter by an unknown member is refused with 400."""
    assert api.get(f"{URL}?filter[nosuch]=x").status_code == 400


@pytest.mark.parametrize("parameter", ["filter[nosuch]=x", "filter[amount]=abc"])
def test_j165_the_parameter_is_named(api: Api, db: None, parameter: str) -> None:
    """S · A refused filter names its parameter, for a bad value too."""
    answer = api.get(f"{URL}?{parameter}")
    assert answer.status_code == 400
    assert sources(answer) == [{"parameter": parameter.partition("=")[0]}]


@pytest.mark.parametrize(
    "parameter",
    ["filter[txid]=%00", f"filter[txid]={'x' * 3000}", "filter[amount.gte]=1e999",
     "filter[amount.gte]=NaN", "filter[amount.gte]=Infinity"],
)  # fmt: skip
def test_j166_strange_values(api: Api, home: Household, parameter: str) -> None:
    """I · Strange values are refused or find nothing."""
    answer = api.get(f"{URL}?{parameter}")
    assert answer.status_code == 400 or txids(answer) == []


@pytest.mark.parametrize("txid", ["a,b", "a&b", "ünï🎉", "a\\b", "a b", "a=b", "100%"])
def test_j167_values_round_trip(api: Api, home: Household, txid: str) -> None:
    """I · Any text can be filtered by; commas and backslashes are escaped by a backslash."""
    post(home.rent, "1", txid=txid)
    escaped = txid.replace("\\", "\\\\").replace(",", "\\,")
    assert txids(api.get(f"{URL}?filter[txid]={quote(escaped)}")) == [txid]


@pytest.mark.parametrize("query", ["filter=x", "filter[txid]=", "filter[txid]=a&filter[txid]=b"])
def test_j168_never_ignored(api: Api, db: None, query: str) -> None:
    """I · A bare, empty or repeated filter is refused with 400."""
    assert api.get(f"{URL}?{query}").status_code == 400
