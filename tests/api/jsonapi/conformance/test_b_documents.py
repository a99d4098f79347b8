"""B. Document structure: https://jsonapi.org/format/#document-structure."""

import re
from datetime import datetime
from typing import Any

import pytest

from tests.api.jsonapi.conformance.conftest import BASE, Household
from tests.api.jsonapi.conftest import DESCRIBED, ids
from tests.conftest import Api
from wallet_transaction_api.api.jsonapi.types import RESOURCES

_MEMBER = re.compile(r"[a-z][A-Za-z0-9]*")


def _urls(home: Household) -> list[str]:
    wallet, transaction = f"/api/wallets/{home.rent.pk}", f"/api/transactions/{home.first.pk}"
    return [
        "/api/wallets", "/api/transactions", wallet, transaction, f"{wallet}/transactions",
        f"{transaction}/wallet", f"{wallet}/relationships/transactions",
        f"{transaction}/relationships/wallet", f"{wallet}/entries",
        "/api/wallets?include=transactions,entries", "/api/transactions?include=wallet",
    ]  # fmt: skip


def _resources(document: Any) -> list[Any]:
    data = document["data"]
    every = [*(data if isinstance(data, list) else [data]), *document.get("included", [])]
    return [item for item in every if item and item.keys() - {"type", "id", "meta"}]


def test_j030_every_document_is_valid(api: Api, home: Household) -> None:
    """M · Reads of every kind are valid documents; the client of these tests checks each answer."""
    for url in _urls(home):
        document = api.get(url).json()
        assert document.keys() <= {"jsonapi", "links", "data", "included", "meta"}


def test_j031_resource_objects_are_valid(api: Api, home: Household) -> None:
    """M · Resource objects have a type and an id, known members and one namespace of fields."""
    for item in [item for url in _urls(home) for item in _resources(api.get(url).json())]:
        assert item.keys() <= {"type", "id", "attributes", "relationships", "links", "meta"}
        names = [*item["attributes"], *item["relationships"]]
        assert len(names) == len(set(names))
        assert not {"id", "type"} & set(names)
        assert all(_MEMBER.fullmatch(name) for name in names)


def test_j032_relationship_objects_are_valid(api: Api, home: Household) -> None:
    """M · Relationship objects have links or linkage of the right shape."""
    for item in [item for url in _urls(home) for item in _resources(api.get(url).json())]:
        for relationship in item["relationships"].values():
            assert {"links", "data"} & relationship.keys()
            if "links" in relationship:
                assert {"self", "related"} <= relationship["links"].keys()


def test_j033_a_collection_is_an_array(api: Api, home: Household) -> None:
    """M · A list of one and of none is an array too."""
    assert len(api.get("/api/wallets?filter[label]=Rent").json()["data"]) == 1
    assert api.get("/api/wallets?filter[label]=nosuch").json()["data"] == []


def test_j034_a_resource_is_where_its_link_says(api: Api, home: Household) -> None:
    """M · The own link of a resource leads to that resource."""
    for item in _resources(api.get("/api/wallets?include=transactions").json()):
        assert api.get(item["links"]["self"]).json()["data"]["id"] == item["id"]
        assert api.get(item["links"]["self"]).json()["data"]["type"] == item["type"]


def test_j035_a_related_link_lasts(api: Api, home: Household) -> None:
    """M · The related link works for an empty relationship and outlives its content."""
    url = f"/api/wallets/{home.food.pk}"
    before = api.get(url).json()["data"]["relationships"]["transactions"]["links"]
    for key in home.food.transactions.values_list("pk", flat=True):
        api.delete(f"/api/transactions/{key}")
    assert api.get(url).json()["data"]["relationships"]["transactions"]["links"] == before
    assert api.get(before["related"]).json()["data"] == []


def test_j036_a_document_links_to_itself(api: Api, home: Household) -> None:
    """R · Every document links to itself with its parameters, and that gives the same data."""
    for url in [*_urls(home), "/api/transactions?page[size]=2&sort=-amount&filter[amount.gt]=2"]:
        document = api.get(url).json()
        assert api.get(document["links"]["self"]).json() == document
    assert document["links"]["self"].count("=") == 3


def test_j037_every_resource_links_to_itself(api: Api, home: Household) -> None:
    """R · Every resource that has a URL links to it, included ones as well."""
    document = api.get("/api/wallets?include=transactions").json()
    for item in _resources(document):
        assert item["links"] == {"self": f"{BASE}/{item['type']}/{item['id']}"}


def test_j038_every_relationship_links_twice(api: Api, home: Household) -> None:
    """R · Every relationship of such a resource has its own and the related link."""
    for item in _resources(api.get("/api/wallets?include=transactions").json()):
        for name, relationship in item["relationships"].items():
            own = item["links"]["self"]
            assert relationship["links"] == {
                "self": f"{own}/relationships/{name}", "related": f"{own}/{name}"
            }  # fmt: skip


def test_j039_no_foreign_keys_among_the_attributes(api: Api, home: Household) -> None:
    """S · Related ids are linkage, never attributes."""
    for item in _resources(api.get("/api/transactions?include=wallet.entries").json()):
        assert (
            not {"wallet", "walletId", "wallet_id", "owner", "ownerId"} & item["attributes"].keys()
        )


def test_j040_names_and_paths_follow_the_recommendation(api: Api, home: Household) -> None:
    """R · Names are camelCase, and paths are made of types, ids and relationship names."""
    document = api.get(f"/api/wallets/{home.rent.pk}").json()
    assert "createdAt" in document["data"]["attributes"]
    links = document["data"]["relationships"]["transactions"]["links"]
    assert links["self"] == f"{BASE}/wallets/{home.rent.pk}/relationships/transactions"


def test_j041_timestamps_have_an_offset(api: Api, home: Household) -> None:
    """R · Moments are ISO 8601 with an offset."""
    attributes = api.get(f"/api/wallets/{home.rent.pk}").json()["data"]["attributes"]
    for name in ("createdAt", "updatedAt"):
        assert datetime.fromisoformat(attributes[name]).tzinfo is not None


def test_j042_documents_tell_the_version(api: Api, home: Household) -> None:
    """I · Successes and errors say that they are JSON:API 1.1."""
    for url in ("/api/wallets", "/api/wallets/0", "/api/nosuch"):
        assert api.get(url).json()["jsonapi"] == {"version": "1.1"}


def test_j043_options_is_no_document(api: Api, db: None) -> None:
    """M · OPTIONS is answered with the Allow header and no document."""
    answer = api.request("OPTIONS", "/api/wallets")
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer["Allow"] == "GET, POST, HEAD, OPTIONS"


@pytest.mark.parametrize("path", ["/api", "/api/"])
def test_j044_the_root_is_a_document(api: Api, db: None, path: str) -> None:
    """M · The face's root is a valid document that names the endpoints in its meta."""
    assert api.get(path).json() == {
        "jsonapi": {"version": "1.1"},
        "links": {"self": BASE, **DESCRIBED},
        "meta": {"endpoints": {name: f"{BASE}/{name}" for name in (*RESOURCES, "operations")}},
    }


def test_j045_documents_link_to_their_description(api: Api, home: Household) -> None:
    """I · Every document links to the OpenAPI document."""
    for url in _urls(home):
        assert api.get(url).json()["links"]["describedby"] == f"{BASE}/openapi.json"


def test_j046_money_is_a_string(api: Api, home: Household) -> None:
    """I · Amounts are strings with their currency's decimals."""
    item = api.get(f"/api/transactions/{home.first.pk}").json()["data"]
    assert (item["attributes"]["amount"], item["attributes"]["balanceAfter"]) == ("100.00",) * 2


@pytest.mark.parametrize(
    "query", ["sort=Amount", "fields[transactions]=Txid", "include=Wallet", "filter[Amount]=1",
              "sort=balance_after", "fields[transactions]=balance_after", "fields[Transactions]="],
)  # fmt: skip
def test_j047_names_are_case_sensitive(api: Api, db: None, query: str) -> None:
    """M · A name in another case is another, unknown name."""
    assert api.get(f"/api/transactions?{query}").status_code == 400


def test_j047_attribute_names_are_case_sensitive(api: Api, db: None) -> None:
    """M · An attribute in another case is unknown."""
    body = {"data": {"type": "wallets", "attributes": {"Label": "x"}}}
    assert api.post("/api/wallets", body).status_code == 422


def test_j048_every_url_given_out_works(api: Api, home: Household) -> None:
    """M · Own, related and page links all answer 200, also those of included resources."""
    document = api.get("/api/wallets?include=transactions.wallet,entries&page[size]=1").json()
    groups = [{k: v for k, v in document["links"].items() if k not in DESCRIBED}]
    for item in _resources(document):
        groups += [item.get("links", {})]
        groups += [relation.get("links", {}) for relation in item["relationships"].values()]
    urls = {url for group in groups for url in group.values() if url}
    assert all(api.get(url).status_code == 200 for url in urls)
    assert ids(api.get("/api/wallets"))
