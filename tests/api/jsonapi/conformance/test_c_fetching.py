"""C. Fetching resources and relationships: https://jsonapi.org/format/#fetching."""

from decimal import Decimal

import pytest

from tests.api.jsonapi.conformance.conftest import BASE, Household, txids
from tests.api.jsonapi.conftest import DESCRIBED, errors, ids, post
from tests.conftest import JSONAPI, Api
from wallet_transaction_api.api.jsonapi import reading
from wallet_transaction_api.ledger import holds
from wallet_transaction_api.models import Transaction


def test_j050_collections_and_resources(api: Api, home: Household) -> None:
    """M · A collection answers with an array of resources, a resource with one object."""
    assert {item["type"] for item in api.get("/api/wallets").json()["data"]} == {"wallets"}
    item = api.get(f"/api/wallets/{home.rent.pk}").json()["data"]
    assert (item["type"], item["id"]) == ("wallets", str(home.rent.pk))


def test_j051_a_missing_resource(api: Api, home: Household) -> None:
    """M · A resource that is not there is answered with 404 and an error document."""
    answer = api.get("/api/wallets/999999")
    assert answer.status_code == 404
    assert answer.json() == {
        "jsonapi": {"version": "1.1"},
        "errors": [
            {"status": "404", "code": "not_found", "title": "Not found",
             "detail": "There is no such resource."}
        ],
    }  # fmt: skip


@pytest.mark.parametrize("key", ["abc", "%00", "%FF", "1" + "0" * 30, "-1", "1.0", "٣", " 1", "01"])
def test_j052_a_malformed_id(api: Api, db: None, key: str) -> None:
    """I · An id that no resource could have is answered with 404."""
    assert api.get(f"/api/wallets/{key}").status_code == 404


def test_j053_related_to_one(api: Api, home: Household) -> None:
    """M · The related URL of a to-one answers with that resource."""
    item = api.get(f"/api/transactions/{home.first.pk}/wallet").json()["data"]
    assert (item["type"], item["id"]) == ("wallets", str(home.rent.pk))


def test_j054_an_empty_to_one(api: Api, home: Household) -> None:
    """M · A to-one that holds nothing is null."""
    hold = holds.place(wallet_id=home.rent.pk, amount=Decimal(1))
    assert api.get(f"/api/holds/{hold.pk}/transaction").json()["data"] is None


def test_j055_related_to_many(api: Api, home: Household) -> None:
    """M · The related URL of a to-many answers with an array, an empty one too."""
    assert len(ids(api.get(f"/api/wallets/{home.rent.pk}/transactions"))) == 5
    Transaction.objects.get(txid="food-0").delete()
    Transaction.objects.get(txid="food-1").delete()
    assert api.get(f"/api/wallets/{home.food.pk}/transactions").json()["data"] == []


@pytest.mark.parametrize("tail", ["transactions", "relationships/transactions"])
def test_j056_below_a_missing_resource(api: Api, home: Household, tail: str) -> None:
    """M · Related and relationship URLs of a missing resource are answered with 404."""
    assert api.get(f"/api/wallets/999999/{tail}").status_code == 404
    assert api.get(f"/api/wallets/{home.other.pk}/{tail}").status_code == 404


def test_j061_the_linkage_of_a_missing_resource(api: Api, db: None) -> None:
    """M · The relationship URL of a missing resource is answered with 404."""
    assert api.get("/api/wallets/999999/relationships/transactions").status_code == 404


@pytest.mark.parametrize("tail", ["nosuch", "relationships/nosuch", "relationships", "a/b/c"])
def test_j057_an_unknown_relationship(api: Api, home: Household, tail: str) -> None:
    """I · A relationship that is not declared is answered with 404."""
    answer = api.get(f"/api/wallets/{home.rent.pk}/{tail}")
    assert answer.status_code == 404
    assert errors(answer) == [("not_found", None)]


@pytest.mark.parametrize("name", ["label", "pk", "save", "objects", "owner", "id", "_meta"])
def test_j058_internal_names_are_unknown(api: Api, home: Household, name: str) -> None:
    """I · Attributes and internal names are no relationships and leak nothing."""
    for tail in (name, f"relationships/{name}"):
        assert api.get(f"/api/wallets/{home.rent.pk}/{tail}").status_code == 404


def test_j059_the_linkage_of_a_to_one(api: Api, home: Household) -> None:
    """M · The relationship URL of a to-one answers with its identifier."""
    document = api.get(f"/api/transactions/{home.first.pk}/relationships/wallet").json()
    assert document["data"] == {"type": "wallets", "id": str(home.rent.pk)}


def test_j060_the_linkage_of_a_to_many(api: Api, home: Household) -> None:
    """M · The relationship URL of a to-many answers with identifiers."""
    data = api.get(f"/api/wallets/{home.rent.pk}/relationships/transactions").json()["data"]
    keys = home.rent.transactions.order_by("pk").values_list("pk", flat=True)
    assert data == [{"type": "transactions", "id": str(key)} for key in keys]


def test_j062_a_linkage_document(api: Api, home: Household) -> None:
    """R · A relationship document links to itself and to what is related."""
    url = f"{BASE}/transactions/{home.first.pk}"
    assert api.get(f"{url}/relationships/wallet").json() == {
        "jsonapi": {"version": "1.1"},
        "links": {
            "self": f"{url}/relationships/wallet", "related": f"{url}/wallet", **DESCRIBED
        },
        "data": {"type": "wallets", "id": str(home.rent.pk)},
    }  # fmt: skip


def test_j063_related_resources_are_paged(api: Api, home: Household) -> None:
    """I · A long to-many comes in pages of the default size, with links."""
    for _ in range(20):
        post(home.rent, "1")
    document = api.get(f"/api/wallets/{home.rent.pk}/transactions").json()
    assert (len(document["data"]), document["meta"]["total"]) == (20, 25)
    assert document["links"]["next"]


def test_j064_parameters_are_about_the_related(api: Api, home: Household) -> None:
    """M · Sorting, filtering and paging apply to the related resources."""
    query = "page[size]=2&sort=-amount&filter[amount.gte]=3"
    answer = api.get(f"/api/wallets/{home.rent.pk}/transactions?{query}")
    assert txids(answer) == ["tx-0", "tx-2"]
    assert answer.json()["meta"]["total"] == 4


def test_j065_the_page_size_is_honoured(api: Api, home: Household) -> None:
    """M · Related resources come in pages of the size asked for."""
    assert len(ids(api.get(f"/api/wallets/{home.rent.pk}/transactions?page[size]=2"))) == 2


def test_j066_linkage_is_bounded(
    api: Api, home: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I · No relationship lists its members inline unless included, and then the first only."""
    monkeypatch.setattr(reading, "MOST_INCLUDED", 3)
    url = f"/api/wallets/{home.rent.pk}"
    assert "data" not in api.get(url).json()["data"]["relationships"]["transactions"]
    included = api.get(f"{url}?include=transactions").json()
    relationship = included["data"]["relationships"]["transactions"]
    assert len(relationship["data"]) == len(included["included"]) == 3
    assert len(ids(api.get(relationship["links"]["next"]))) == 2


@pytest.mark.parametrize("tail", ["", "/{0}", "/{0}/transactions", "/{0}/relationships/entries"])
def test_j067_head_is_get_without_a_body(api: Api, home: Household, tail: str) -> None:
    """I · HEAD answers with the headers of GET and no body."""
    url = f"/api/wallets{tail.format(home.rent.pk)}"
    head, get = api.request("HEAD", url), api.get(url)
    assert head.content == b""
    for header in ("Content-Type", "ETag", "Vary"):
        assert head[header] == get[header]


@pytest.mark.parametrize(("method", "tail"), [("PUT", "/{0}"), ("DELETE", ""), ("PATCH", "")])
def test_j068_unsupported_methods(api: Api, home: Household, method: str, tail: str) -> None:
    """I · An unsupported method is answered with 405, Allow and an error document."""
    answer = api.send(method, f"/api/wallets{tail.format(home.rent.pk)}", {})
    assert answer.status_code == 405
    assert "GET" in answer["Allow"]
    assert errors(answer) == [("method_not_allowed", None)]


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE", "PUT"])
@pytest.mark.parametrize("path", ["nosuch", "wallets/1/2/3/4/5", "walletsx", "wallets//"])
def test_j069_an_unknown_path(api: Api, db: None, method: str, path: str) -> None:
    """I · An unknown path below the root is answered with a 404 document."""
    answer = api.send(method, f"/api/{path}", {})
    assert answer.status_code == 404
    assert answer["Content-Type"] == JSONAPI


def test_j070_a_trailing_slash_is_served(api: Api, home: Household) -> None:
    """I · A trailing slash is taken on every URL and method, and never given out."""
    document = {"data": {"type": "wallets", "attributes": {"label": "New"}}}
    assert api.post("/api/wallets/", document).status_code == 201
    for tail in ("", f"/{home.rent.pk}", f"/{home.rent.pk}/relationships/transactions"):
        assert api.get(f"/api/wallets{tail}/").json() == api.get(f"/api/wallets{tail}").json()


NAMES = ["delete", "save", "refresh_from_db", "full_clean", "objects", "pk", "delete/", "hide"]


@pytest.mark.parametrize("name", NAMES)
def test_j071_reading_is_safe(staff_api: Api, home: Household, name: str) -> None:
    """M · No name in a URL is ever called: nothing happens but 404."""
    for kind, row in (("wallets", home.rent), ("transactions", home.first)):
        assert staff_api.get(f"/api/{kind}/{row.pk}/{name}").status_code == 404
        answer = staff_api.get(f"/api/{kind}/{row.pk}/relationships/{name}")
        assert answer.status_code == 404
    version = home.rent.version
    home.rent.refresh_from_db()
    assert (home.rent.version, home.rent.transactions.visible().count()) == (version, 5)
