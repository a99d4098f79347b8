"""J. Creating resources: https://jsonapi.org/format/#crud-creating."""

import json
from typing import Any

import pytest

from tests.api.jsonapi.conformance.conftest import BASE, Household, sources
from tests.api.jsonapi.conftest import (
    DESCRIBED,
    balance_of,
    errors,
    transaction_document,
    wallet_document,
)
from tests.conftest import JSONAPI, Api
from wallet_transaction_api.models import Wallet


def _with(document: Any, **members: Any) -> Any:
    return {**document, "data": {**document["data"], **members}}


def _linked(linkage: Any) -> Any:
    attributes = {"amount": "1.00"}
    relationships = {"wallet": {"data": linkage}}
    return {
        "data": {"type": "transactions", "attributes": attributes, "relationships": relationships}
    }


def test_j180_a_creation_answers_with_the_resource(api: Api, db: None) -> None:
    """M · A creation is answered with 201 and the whole document of the resource."""
    answer = api.post("/api/wallets", wallet_document(label="New", balance="5.00"))
    assert answer.status_code == 201
    url = f"{BASE}/wallets/{Wallet.objects.get(label='New').pk}"
    assert answer.json() == api.get(url).json()
    assert answer.json()["links"] == {"self": url, **DESCRIBED}


def test_j181_a_creation_has_a_location(api: Api, db: None) -> None:
    """S · A creation names where the resource is."""
    answer = api.post("/api/wallets", wallet_document(label="New"))
    assert answer["Location"] == f"{BASE}/wallets/{answer.json()['data']['id']}"


def test_j182_the_location_is_the_own_link(api: Api, home: Household) -> None:
    """M · The location is the resource's own link and leads to it."""
    answer = api.post("/api/transactions", transaction_document(home.rent, amount="1.00"))
    assert answer["Location"] == answer.json()["data"]["links"]["self"]
    assert api.get(answer["Location"]).json()["data"] == answer.json()["data"]


def test_j183_another_type_conflicts(api: Api, db: None) -> None:
    """M · A type that is not the collection's is refused with 409."""
    document = _with(wallet_document(label="New"), type="transactions")
    assert api.post("/api/wallets", document).status_code == 409


def test_j184_the_conflict_is_pointed_at(api: Api, db: None) -> None:
    """S · The conflict of types points at the type."""
    document = _with(wallet_document(label="New"), type="transactions")
    assert errors(api.post("/api/wallets", document)) == [("type_mismatch", "/data/type")]


@pytest.mark.parametrize("kind", [None, 5, {}, [], ""])
def test_j185_a_type_is_a_string(api: Api, db: None, kind: Any) -> None:
    """I · A missing type, or one that is no string, is malformed and refused with 400."""
    document: Any = wallet_document(label="New")
    del document["data"]["type"]
    assert api.post("/api/wallets", document).status_code == 400
    assert api.post("/api/wallets", _with(document, type=kind)).status_code == 400


def test_j186_ids_are_the_servers(api: Api, db: None) -> None:
    """M · A client's own id is refused with 403."""
    answer = api.post("/api/wallets", _with(wallet_document(label="New"), id="12345"))
    assert answer.status_code == 403
    assert errors(answer) == [("client_id_forbidden", "/data/id")]


def test_j187_an_existing_id_is_refused_alike(api: Api, home: Household) -> None:
    """M · A client's id that exists is refused with 403 as well."""
    document = _with(wallet_document(label="New"), id=str(home.rent.pk))
    assert api.post("/api/wallets", document).status_code == 403


@pytest.mark.parametrize("key", ["999999", "abc", "0", "-1", "1" * 30])
def test_j188_a_missing_related_resource(api: Api, home: Household, key: str) -> None:
    """M · A reference to a resource that is not there is refused with 404."""
    document = transaction_document(key, amount="1.00")
    assert api.post("/api/transactions", document).status_code == 404


def test_j189_the_reference_is_pointed_at(api: Api, home: Household) -> None:
    """S · The missing related resource is pointed at."""
    for key in (999999, home.other.pk):
        answer = api.post("/api/transactions", transaction_document(key, amount="1.00"))
        assert errors(answer) == [("not_found", "/data/relationships/wallet/data")]


@pytest.mark.parametrize("relationship", [{}, {"links": {"self": "/x"}}, {"meta": {}}])
def test_j190_a_relationship_has_data(api: Api, home: Household, relationship: Any) -> None:
    """M · A relationship without data is malformed, not empty."""
    document = _with(_linked(None), relationships={"wallet": relationship})
    assert api.post("/api/transactions", document).status_code == 400


def test_j191_linkage_of_another_type(api: Api, home: Household) -> None:
    """M · Linkage to another type is refused with 409."""
    document = _linked({"type": "transactions", "id": str(home.first.pk)})
    answer = api.post("/api/transactions", document)
    assert errors(answer) == [("type_mismatch", "/data/relationships/wallet/data/type")]


@pytest.mark.parametrize("body", ["{}", '{"data": null}', '{"data": []}', "[]", '"x"', "", "5"])
def test_j192_documents_without_a_resource(api: Api, db: None, body: str) -> None:
    """I · A document without one resource object is refused with 400."""
    headers = {"Content-Type": JSONAPI}
    assert api.request("POST", "/api/wallets", data=body, headers=headers).status_code == 400


BROKEN = [b'{"data": ', b"\xff\xfe", b'{"data": NaN}', b"[" * 2000, b'{"a":' * 2000, b"\x00"]


@pytest.mark.parametrize("body", BROKEN)
def test_j193_what_is_not_json(api: Api, db: None, body: bytes) -> None:
    """I · Malformed JSON, other encodings, NaN and deep nesting are refused with 400."""
    assert api.post("/api/wallets", body).status_code == 400


@pytest.mark.parametrize("attributes", [[1], "x", 5, None, True])
def test_j194_attributes_are_an_object(api: Api, db: None, attributes: Any) -> None:
    """I · Attributes that are no object are refused with 400."""
    document = _with(wallet_document(), attributes=attributes)
    assert api.post("/api/wallets", document).status_code == 400


@pytest.mark.parametrize(
    "relationships", [[1], "x", 5, None, {"wallet": None}, {"wallet": "x"}, {"wallet": []}]
)
def test_j195_relationships_are_objects(api: Api, db: None, relationships: Any) -> None:
    """I · Relationships, and each of them, are objects, else refused with 400."""
    document = _with(_linked(None), relationships=relationships)
    assert api.post("/api/transactions", document).status_code == 400


def test_j196_linkage_fits_the_relationship(api: Api, home: Household) -> None:
    """I · An array for a to-one, or an object for a to-many, is refused with 400."""
    linkage = {"type": "wallets", "id": str(home.rent.pk)}
    assert api.post("/api/transactions", _linked([linkage])).status_code == 400
    document = _with(
        wallet_document(label="New"), relationships={"transactions": {"data": linkage}}
    )
    assert api.post("/api/wallets", document).status_code == 400


@pytest.mark.parametrize(
    "linkage", [{"type": "wallets"}, {"id": "1"}, {"type": "wallets", "id": 1},
                {"type": "wallets", "id": ""}, {"type": 5, "id": "1"}, {}, 5, "1"],
)  # fmt: skip
def test_j197_identifiers_are_whole(api: Api, home: Household, linkage: Any) -> None:
    """I · An identifier has a type and an id, both strings, else it is refused with 400."""
    assert api.post("/api/transactions", _linked(linkage)).status_code == 400


def test_j198_no_relationship_among_the_attributes(api: Api, home: Household) -> None:
    """I · A relationship given as an attribute is refused (but in the ancestor's own dialect)."""
    attributes = {"amount": "1.00", "wallet": str(home.rent.pk)}
    document = {"data": {"type": "transactions", "attributes": attributes}}
    answer = api.post("/api/transactions", document)
    assert answer.status_code == 422
    assert ("unknown_attribute", "/data/attributes/wallet") in errors(answer)
    ancestral = _with(document, type="Transaction")
    assert api.post("/api/transactions", ancestral).status_code == 201


@pytest.mark.parametrize("name", ["id", "type"])
def test_j199_no_attribute_overrides_identity(api: Api, db: None, name: str) -> None:
    """I · Attributes named id or type are refused."""
    answer = api.post("/api/wallets", wallet_document(label="New", **{name: "transactions"}))
    assert answer.status_code == 422


def test_j200_unknown_attributes(api: Api, db: None) -> None:
    """I · An unknown attribute is refused and pointed at."""
    answer = api.post("/api/wallets", wallet_document(label="New", lable="x"))
    assert answer.status_code == 422
    assert errors(answer) == [("unknown_attribute", "/data/attributes/lable")]


def test_j201_foreign_members_are_ignored(api: Api, db: None) -> None:
    """M · Members that the specification does not know, and @-members, are ignored."""
    document = _with(wallet_document(**{"label": "New", "@note": 1}), foo=1, **{"@x": 2})
    assert api.post("/api/wallets", {**document, "foo": 1, "@x": 2}).status_code == 201


@pytest.mark.parametrize("members", [{"lid": "a"}, {"lid": "a", "id": None}])
def test_j202_local_ids(api: Api, db: None, members: Any) -> None:
    """M · A local id is taken, with a null id beside it too, and does not become the id."""
    answer = api.post("/api/wallets", _with(wallet_document(label="New"), **members))
    assert answer.status_code == 201
    assert answer.json()["data"]["id"] != "a"


def test_j203_a_failed_creation_leaves_no_trace(api: Api, home: Household) -> None:
    """M · A refused creation has done nothing."""
    api.post("/api/wallets", wallet_document(label="New", balance="x"))
    api.post("/api/transactions", transaction_document(home.rent, amount="-1000.00"))
    assert not Wallet.objects.filter(label="New").exists()
    assert (balance_of(home.rent), home.rent.entries.count()) == ("121.00", 5)


def test_j204_every_bad_value_is_pointed_at(api: Api, home: Household) -> None:
    """S · All refused values are reported together, each pointed at by its name."""
    document = transaction_document(home.rent, amount="x", txid=5, kind="nosuch")
    answer = api.post("/api/transactions", document)
    assert answer.status_code == 422
    assert sorted(source["pointer"] for source in sources(answer)) == [
        f"/data/attributes/{name}" for name in ("amount", "kind", "txid")
    ]


def test_j205_a_missing_attribute(api: Api, db: None) -> None:
    """M · A missing attribute is reported at the nearest place that is there."""
    answer = api.post("/api/wallets", wallet_document())
    assert errors(answer) == [("required", "/data/attributes")]
    answer = api.post("/api/wallets", {"data": {"type": "wallets"}})
    assert errors(answer) == [("required", "/data")]


def test_j206_taken_values(api: Api, home: Household) -> None:
    """I · A label or txid that is taken is refused with 409 and pointed at."""
    answer = api.post("/api/wallets", wallet_document(label="Rent"))
    assert (answer.status_code, errors(answer)) == (
        409,
        [("label_taken", "/data/attributes/label")],
    )
    answer = api.post("/api/transactions", transaction_document(home.rent, amount="1", txid="tx-0"))
    assert (answer.status_code, errors(answer)) == (409, [("txid_taken", "/data/attributes/txid")])


AMOUNTS = [
    "NaN",
    "Infinity",
    "1e400",
    "1" * 40,
    "0.001",
    "1e5",
    "",
    "0",
    None,
    True,
    [],
    {},
    "٣",
    "+1",
]


@pytest.mark.parametrize("amount", AMOUNTS)
def test_j207_amounts_are_exact_or_refused(api: Api, home: Household, amount: Any) -> None:
    """I · What is no exact amount is refused; nothing is rounded."""
    answer = api.post("/api/transactions", transaction_document(home.rent, amount=amount))
    assert answer.status_code == 422
    assert sources(answer) == [{"pointer": "/data/attributes/amount"}]


def test_j207_numbers_are_taken_by_their_digits(api: Api, home: Household) -> None:
    """I · A JSON number is taken exactly as it is written."""
    body = transaction_document(home.food, amount=0)
    text = json.dumps(body).replace('"amount": 0', '"amount": 1234567890123.45')
    answer = api.post("/api/transactions", text)
    assert answer.json()["data"]["attributes"]["amount"] == "1234567890123.45"


def test_j208_read_only_collections(api: Api, home: Household) -> None:
    """M · The journal takes no creation: 405, as its list offers reading only."""
    document = {"data": {"type": "entries", "attributes": {"amount": "1.00"}}}
    answer = api.post(f"/api/wallets/{home.rent.pk}/entries", document)
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("value", [5, {}, [], "", True])
@pytest.mark.parametrize("name", ["lid", "id", "type"])
def test_j209_identity_is_strings(api: Api, db: None, name: str, value: Any) -> None:
    """I · A local id, id or type that is no proper string is refused with 400."""
    answer = api.post("/api/wallets", _with(wallet_document(label="New"), **{name: value}))
    assert answer.status_code == 400
