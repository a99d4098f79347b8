"""D. Inclusion of related resources: https://jsonapi.org/format/#fetching-includes."""

from typing import Any

import pytest

from tests.api.jsonapi.conformance.conftest import Household, sources
from tests.api.jsonapi.conftest import ids, update, wallet_document
from tests.conftest import Api


def _keys(items: list[Any]) -> list[tuple[str, str]]:
    return [(item["type"], item["id"]) for item in items]


def test_j080_exactly_what_is_linked(api: Api, home: Household) -> None:
    """M · Including a to-many brings exactly its members."""
    document = api.get(f"/api/wallets/{home.rent.pk}?include=transactions").json()
    keys = home.rent.transactions.order_by("pk").values_list("pk", flat=True)
    assert _keys(document["included"]) == [("transactions", str(key)) for key in keys]


def test_j081_nothing_is_an_empty_array(api: Api, alice: Any, home: Household) -> None:
    """M · Including an empty relationship brings an empty array."""
    key = alice.default_wallet.pk
    assert api.get(f"/api/wallets/{key}?include=transactions").json()["included"] == []


def test_j082_an_empty_include(api: Api, home: Household) -> None:
    """M · An empty include asks for nothing and gets an empty array."""
    assert api.get("/api/transactions?include=").json()["included"] == []


@pytest.mark.parametrize("path", ["nosuch", "wallet.nosuch", "txid", "wallet.label", "Wallet"])
def test_j083_unknown_paths(api: Api, db: None, path: str) -> None:
    """M · An unknown path is refused with 400."""
    answer = api.get(f"/api/transactions?include={path}")
    assert answer.status_code == 400


def test_j084_the_parameter_is_named(api: Api, db: None) -> None:
    """S · A refused inclusion names the parameter."""
    assert sources(api.get("/api/wallets?include=nosuch")) == [{"parameter": "include"}]


@pytest.mark.parametrize(
    "url", ["transactions?include=wallet", "wallets?include=transactions",
            "wallets?include=transactions.wallet", "transactions?include=wallet.entries"],
)  # fmt: skip
def test_j085_full_linkage(api: Api, home: Household, url: str) -> None:
    """M · Every included resource is linked from the primary data, step by step."""
    document = api.get(f"/api/{url}").json()
    every = {
        (item["type"], item["id"]): item for item in [*document["data"], *document["included"]]
    }
    reached, fresh = set(), set(_keys(document["data"]))
    while fresh:
        reached |= fresh
        linked = set()
        for key in fresh & every.keys():
            for relationship in every[key]["relationships"].values():
                data = relationship.get("data") or []
                linked |= set(_keys(data if isinstance(data, list) else [data]))
        fresh = linked - reached
    assert set(_keys(document["included"])) <= reached


def test_j086_no_resource_comes_twice(api: Api, home: Household) -> None:
    """M · A resource that many link to comes once, and never beside itself as primary data."""
    document = api.get("/api/transactions?include=wallet.transactions").json()
    every = _keys([*document["data"], *document["included"]])
    assert len(every) == len(set(every))
    assert len([key for key in every if key[0] == "wallets"]) == 2


def test_j087_the_middle_of_a_path_comes_too(api: Api, home: Household) -> None:
    """M · A path brings the resources in its middle as well."""
    url = f"/api/transactions/{home.first.pk}?include=wallet.transactions"
    types = {item["type"] for item in api.get(url).json()["included"]}
    assert types == {"wallets", "transactions"}


def test_j088_nothing_else_comes(api: Api, home: Household) -> None:
    """M · Only the paths asked for are included."""
    included = api.get("/api/transactions?include=wallet").json()["included"]
    assert {item["type"] for item in included} == {"wallets"}


def test_j089_back_to_the_primary_data(api: Api, home: Household) -> None:
    """M · A path that leads back to primary data repeats none of it."""
    document = api.get(f"/api/wallets/{home.rent.pk}?include=transactions.wallet").json()
    assert {item["type"] for item in document["included"]} == {"transactions"}


def test_j090_linkage_includes_nothing(api: Api, home: Household) -> None:
    """M · Relationship URLs refuse inclusion with 400."""
    url = f"/api/transactions/{home.first.pk}/relationships/wallet?include=wallet"
    assert api.get(url).status_code == 400


def test_j091_related_resources_include(api: Api, home: Household) -> None:
    """M · Related URLs include from the related resources."""
    document = api.get(f"/api/wallets/{home.rent.pk}/transactions?include=wallet").json()
    assert _keys(document["included"]) == [("wallets", str(home.rent.pk))]


def test_j092_writes_include(api: Api, home: Household) -> None:
    """M · Creations and updates answer with what they were asked to include."""
    body = wallet_document(label="New", balance="5.00")
    answer = api.post("/api/wallets?include=transactions", body)
    assert [item["attributes"]["kind"] for item in answer.json()["included"]] == ["opening"]
    body = update("wallets", home.rent.pk, label="Home")
    answer = api.patch(f"/api/wallets/{home.rent.pk}?include=transactions", body)
    assert len(answer.json()["included"]) == 5


def test_j093_deletions_do_not(api: Api, home: Household) -> None:
    """M · A deletion refuses inclusion with 400 and deletes nothing."""
    url = f"/api/transactions/{home.first.pk}"
    assert api.delete(f"{url}?include=wallet").status_code == 400
    assert api.get(url).status_code == 200


@pytest.mark.parametrize("text", ["wallet,,wallet", ",", "wallet.", ".wallet", "wallet, wallet"])
def test_j094_malformed_paths(api: Api, db: None, text: str) -> None:
    """I · Empty names in an inclusion are refused with 400."""
    assert api.get(f"/api/transactions?include={text}").status_code == 400


def test_j095_depth_and_width_are_bounded(api: Api, db: None) -> None:
    """I · Paths longer than three relationships, or more than ten of them, are refused."""
    deep = "wallet.transactions.wallet.transactions"
    assert api.get(f"/api/transactions?include={deep}").status_code == 400
    wide = ",".join(["wallet"] * 11)
    assert api.get(f"/api/transactions?include={wide}").status_code == 400


def test_j096_paths_are_checked_without_data(api: Api, db: None) -> None:
    """I · A path is judged by the declared types, also where no resource is found."""
    url = "/api/transactions?filter[txid]=nosuch"
    assert api.get(f"{url}&include=wallet.nosuch").status_code == 400
    assert ids(api.get(f"{url}&include=wallet")) == []
