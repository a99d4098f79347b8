"""E. Sparse fieldsets: https://jsonapi.org/format/#fetching-sparse-fieldsets."""

from tests.api.jsonapi.conformance.conftest import BASE, Household, sources
from tests.api.jsonapi.conftest import transaction_document, update
from tests.conftest import Api


def test_j100_only_the_fields_asked_for(api: Api, home: Household) -> None:
    """M · A fieldset leaves those attributes and no relationships."""
    item = api.get(f"/api/wallets/{home.rent.pk}?fields[wallets]=label").json()["data"]
    assert item == {
        "type": "wallets", "id": str(home.rent.pk), "attributes": {"label": "Rent"},
        "links": {"self": f"{BASE}/wallets/{home.rent.pk}"},
    }  # fmt: skip


def test_j101_no_fields(api: Api, home: Household) -> None:
    """M · An empty fieldset leaves type and id."""
    item = api.get(f"/api/wallets/{home.rent.pk}?fields[wallets]=").json()["data"]
    assert item == {
        "type": "wallets", "id": str(home.rent.pk),
        "links": {"self": f"{BASE}/wallets/{home.rent.pk}"},
    }  # fmt: skip


def test_j102_a_relationship_is_a_field(api: Api, home: Household) -> None:
    """M · A fieldset may name a relationship alone."""
    item = api.get(f"/api/wallets/{home.rent.pk}?fields[wallets]=transactions").json()["data"]
    assert "attributes" not in item
    assert list(item["relationships"]) == ["transactions"]


def test_j103_names_of_several_words(api: Api, home: Household) -> None:
    """M · camelCase names select like any other."""
    item = api.get(f"/api/wallets/{home.rent.pk}?fields[wallets]=createdAt,label").json()["data"]
    assert set(item["attributes"]) == {"createdAt", "label"}


def test_j104_included_resources_are_trimmed_too(api: Api, home: Household) -> None:
    """M · A fieldset applies to included resources of its type."""
    url = f"/api/wallets/{home.rent.pk}?include=transactions&fields[transactions]=txid"
    for item in api.get(url).json()["included"]:
        assert list(item["attributes"]) == ["txid"]


def test_j105_inclusion_does_not_need_the_field(api: Api, home: Household) -> None:
    """M · A resource stays included although the fieldset leaves its linkage out."""
    document = api.get("/api/transactions?include=wallet&fields[transactions]=txid").json()
    assert len(document["included"]) == 2
    assert all("relationships" not in item for item in document["data"])


def test_j106_writes_honour_fieldsets(api: Api, home: Household) -> None:
    """M · Creations and updates answer with the fields asked for."""
    body = transaction_document(home.rent, amount="1.00", txid="new")
    answer = api.post("/api/transactions?fields[transactions]=txid", body)
    assert answer.json()["data"]["attributes"] == {"txid": "new"}
    body = update("wallets", home.rent.pk, label="Home")
    answer = api.patch(f"/api/wallets/{home.rent.pk}?fields[wallets]=label", body)
    assert answer.json()["data"]["attributes"] == {"label": "Home"}


def test_j107_related_resources_honour_fieldsets(api: Api, home: Household) -> None:
    """M · Related URLs answer with the fields asked for."""
    url = f"/api/wallets/{home.rent.pk}/transactions?fields[transactions]=amount"
    for item in api.get(url).json()["data"]:
        assert list(item["attributes"]) == ["amount"]


def test_j108_a_fieldset_has_a_type(api: Api, db: None) -> None:
    """M · `fields` without a type is refused with 400."""
    assert api.get("/api/wallets?fields=label").status_code == 400


def test_j109_unknown_fields(api: Api, db: None) -> None:
    """I · An unknown field is refused with 400 naming the parameter."""
    answer = api.get("/api/wallets?fields[wallets]=nosuch")
    assert answer.status_code == 400
    assert sources(answer) == [{"parameter": "fields[wallets]"}]


def test_j110_unknown_types(api: Api, db: None) -> None:
    """I · A fieldset of an unknown type is refused with 400 naming the parameter."""
    answer = api.get("/api/wallets?fields[nosuch]=x")
    assert answer.status_code == 400
    assert sources(answer) == [{"parameter": "fields[nosuch]"}]


def test_j111_brackets_may_be_encoded(api: Api, home: Household) -> None:
    """S · Encoded and plain brackets mean the same."""
    plain = api.get("/api/wallets?fields[wallets]=label").json()
    assert api.get("/api/wallets?fields%5Bwallets%5D=label").json() == plain
