"""F. Sorting: https://jsonapi.org/format/#fetching-sorting."""

import pytest

from tests.api.jsonapi.conformance.conftest import Household, sources, txids, walk
from tests.api.jsonapi.conftest import amounts, ids
from tests.conftest import Api

URL = "/api/transactions"


def test_j120_ascending(api: Api, home: Household) -> None:
    """M · Amounts sort as numbers."""
    answer = api.get(f"{URL}?sort=amount")
    assert amounts(answer) == ["-5.00", "2.00", "3.00", "3.00", "7.00", "20.00", "100.00"]


def test_j121_descending(api: Api, home: Household) -> None:
    """M · A minus sign reverses the order."""
    answer = api.get(f"{URL}?sort=-amount")
    assert amounts(answer) == ["100.00", "20.00", "7.00", "3.00", "3.00", "2.00", "-5.00"]


def test_j122_several_keys(api: Api, home: Household) -> None:
    """S · Keys apply in their order."""
    assert txids(api.get(f"{URL}?sort=-amount,-txid"))[3:5] == ["tx-4", "tx-1"]
    assert txids(api.get(f"{URL}?sort=-amount,txid"))[3:5] == ["tx-1", "tx-4"]


@pytest.mark.parametrize(
    "sort", ["nosuch", "amount,nosuch", "metadata", "transactions", "pk", "kind"]
)
def test_j123_unknown_keys(api: Api, db: None, sort: str) -> None:
    """M · An unknown key refuses the whole request with 400."""
    assert api.get(f"{URL}?sort={sort}").status_code == 400


def test_j124_the_parameter_is_named(api: Api, db: None) -> None:
    """S · A refused sorting names the parameter."""
    assert sources(api.get(f"{URL}?sort=nosuch")) == [{"parameter": "sort"}]


def test_j125_names_of_several_words(api: Api, home: Household) -> None:
    """M · camelCase members sort."""
    forth, back = (ids(api.get(f"{URL}?sort={sort}")) for sort in ("createdAt", "-createdAt"))
    assert forth == back[::-1]
    assert len(forth) == 7


def test_j126_by_a_related_member(api: Api, home: Household) -> None:
    """R · A path through a to-one relationship sorts."""
    assert txids(api.get(f"{URL}?sort=wallet.label,txid")) == [
        "food-0", "food-1", "tx-0", "tx-1", "tx-2", "tx-3", "tx-4"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "sort", ["--amount", "%2Bamount", "amount,,txid", ",", "", "-", "amount,amount"]
)
def test_j127_malformed_keys(api: Api, db: None, sort: str) -> None:
    """I · Malformed and repeated keys are refused with 400."""
    assert api.get(f"{URL}?sort={sort}").status_code == 400


@pytest.mark.parametrize("path", ["transactions/{0}", "transactions/{0}/wallet"])
def test_j128_one_resource_has_no_order(api: Api, home: Household, path: str) -> None:
    """M · Sorting one resource is refused with 400."""
    assert api.get(f"/api/{path.format(home.first.pk)}?sort=id").status_code == 400


def test_j129_the_order_is_total(api: Api, home: Household) -> None:
    """I · Ties are broken: a walk through small pages meets every resource once."""
    seen = [key for page in walk(api, f"{URL}?sort=amount&page[size]=3") for key in ids(page)]
    assert len(seen) == len(set(seen)) == 7


def test_j130_inclusion_keeps_the_order(api: Api, home: Household) -> None:
    """M · Including changes nothing about the order."""
    query = "sort=-amount,txid"
    assert ids(api.get(f"{URL}?{query}&include=wallet")) == ids(api.get(f"{URL}?{query}"))
