"""The published requests of the ancestor, to the letter; answers are canonical."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.jsonapi.conftest import errors, transaction_document
from tests.conftest import JSONAPI, Api
from wallet_transaction_api.api.jsonapi import documents
from wallet_transaction_api.api.jsonapi.problems import Refused
from wallet_transaction_api.api.jsonapi.resources import Relationship, Resource
from wallet_transaction_api.api.jsonapi.types import RESOURCES
from wallet_transaction_api.models import Wallet

ATOMIC = f'{JSONAPI};ext="https://jsonapi.org/ext/atomic"'


def _create_wallet(api: Api) -> Any:
    body = '{"data": {"type": "Wallet", "attributes": {"label": "My Wallet", "balance": "100.00"}}}'
    return api.post("/api/wallets/", body)


def test_creates_a_wallet_with_a_balance(api: Api) -> None:
    answer = _create_wallet(api)
    assert answer.status_code == 201
    data = answer.json()["data"]
    assert data["type"] == "wallets"
    assert data["attributes"]["label"] == "My Wallet"
    assert data["attributes"]["balance"] == "100.00"


def test_the_balance_is_an_opening_transaction(api: Api) -> None:
    key = _create_wallet(api).json()["data"]["id"]
    (transaction,) = api.get(f"/api/wallets/{key}/transactions/").json()["data"]
    assert transaction["attributes"]["kind"] == "opening"
    assert transaction["attributes"]["amount"] == "100.00"


def test_creates_a_transaction_that_names_its_wallet_among_the_attributes(api: Api) -> None:
    key = _create_wallet(api).json()["data"]["id"]
    answer = api.post(
        "/api/transactions/",
        '{"data": {"type": "Transaction", "attributes": '
        f'{{"wallet": "{key}", "txid": "tx12345", "amount": "50.00"}}}}}}',
    )
    assert answer.status_code == 201
    data = answer.json()["data"]
    assert data["type"] == "transactions"
    assert data["attributes"]["txid"] == "tx12345"
    assert data["attributes"]["amount"] == "50.00"
    assert data["attributes"]["balanceAfter"] == "150.00"
    assert data["relationships"]["wallet"]["data"] == {"type": "wallets", "id": key}


def test_takes_the_wallet_as_a_number_too(api: Api, rent: Wallet) -> None:
    document = {"data": {"type": "Transaction", "attributes": {"wallet": rent.pk, "amount": 5}}}
    assert api.post("/api/transactions/", document).status_code == 201


def test_takes_the_alias_in_linkage(api: Api, rent: Wallet) -> None:
    document = transaction_document(rent, amount="5.00")
    document["data"]["type"] = "Transaction"
    document["data"]["relationships"]["wallet"]["data"]["type"] = "Wallet"
    assert api.post("/api/transactions/", document).status_code == 201


def test_updates_by_the_alias(api: Api, rent: Wallet) -> None:
    document = {"data": {"type": "Wallet", "id": str(rent.pk), "attributes": {"label": "Home"}}}
    answer = api.patch(f"/api/wallets/{rent.pk}/", document)
    assert answer.json()["data"]["type"] == "wallets"
    assert answer.json()["data"]["attributes"]["label"] == "Home"


def test_updates_a_transaction_that_names_its_own_wallet(api: Api, rent: Wallet) -> None:
    key = rent.transactions.get().pk
    attributes = {"wallet": str(rent.pk), "amount": "60.00"}
    document = {"data": {"type": "Transaction", "id": str(key), "attributes": attributes}}
    answer = api.patch(f"/api/transactions/{key}/", document)
    assert answer.json()["data"]["attributes"]["amount"] == "60.00"


def test_points_at_the_attribute_when_the_wallet_is_missing(api: Api) -> None:
    attributes = {"wallet": "999999", "amount": "5.00"}
    answer = api.post(
        "/api/transactions/", {"data": {"type": "Transaction", "attributes": attributes}}
    )
    assert answer.status_code == 404
    assert errors(answer) == [("not_found", "/data/attributes/wallet")]


def test_refuses_a_wallet_that_is_no_id(api: Api) -> None:
    for wallet in (None, True, 1.5, [1], {"id": 1}):
        attributes = {"wallet": wallet, "amount": "5.00"}
        answer = api.post(
            "/api/transactions/", {"data": {"type": "Transaction", "attributes": attributes}}
        )
        assert answer.status_code == 400
        assert errors(answer) == [("malformed_document", "/data/attributes/wallet")]


def test_refuses_a_wallet_named_twice(api: Api, rent: Wallet) -> None:
    document = transaction_document(rent, amount="5.00", wallet=str(rent.pk))
    document["data"]["type"] = "Transaction"
    assert api.post("/api/transactions/", document).status_code == 400


def test_the_canonical_type_has_no_such_dialect(api: Api, rent: Wallet) -> None:
    attributes = {"wallet": str(rent.pk), "amount": "5.00"}
    answer = api.post(
        "/api/transactions/", {"data": {"type": "transactions", "attributes": attributes}}
    )
    assert errors(answer) == [
        ("unknown_attribute", "/data/attributes/wallet"),
        ("required", "/data"),
    ]


RELATIONS = [
    (resource, relation)
    for resource in RESOURCES.values()
    for relation in resource.relationships.values()
]


@pytest.mark.parametrize("of_alias", [False, True])
@pytest.mark.parametrize("by_alias", [False, True])
@pytest.mark.parametrize(("resource", "relation"), RELATIONS)
def test_linkage_takes_both_names_whatever_the_documents_type(
    resource: Resource, relation: Relationship, *, of_alias: bool, by_alias: bool
) -> None:
    target = RESOURCES[relation.target]
    one = {"type": target.alias if by_alias else target.type, "id": "7"}
    body = {
        "data": {
            "type": resource.alias if of_alias else resource.type,
            "relationships": {relation.name: {"data": [one] if relation.many else one}},
        }
    }
    read = documents.read(body, resource, resource_id=None)
    assert read.relationships == {relation.name: ["7"] if relation.many else "7"}
    for wrong in (resource.alias if resource is not target else "Nothing", one["type"].upper()):
        one["type"] = wrong
        with pytest.raises(Refused) as refused:
            documents.read(body, resource, resource_id=None)
        assert refused.value.problems[0].code == "type_mismatch"


def test_every_request_that_names_a_wallet_takes_the_alias(
    api: Api, staff_api: Api, rent: Wallet, open_wallet: Callable[..., Wallet]
) -> None:
    purse = open_wallet(label="Purse")
    wallet, other = ({"data": {"type": "Wallet", "id": str(row.pk)}} for row in (rent, purse))
    paid, limited = {"amount": "1.00"}, {"direction": "debit", "window": "day", "maxCount": 9}
    requests: list[tuple[Api, str, Any, Any]] = [
        (api, "transactions", paid, {"wallet": wallet}),
        (api, "transfers", paid, {"source": wallet, "destination": other}),
        (api, "holds", paid, {"wallet": wallet}),
        (staff_api, "limits", limited, {"wallet": wallet}),
    ]
    for client, kind, attributes, relationships in requests:
        data = {"type": kind, "attributes": attributes, "relationships": relationships}
        made = client.post(f"/api/{kind}", {"data": data})
        assert made.status_code == 201, made.content
        linked = made.json()["data"]["relationships"]
        assert {linked[name]["data"]["type"] for name in relationships} == {"wallets"}
        change = {"type": kind, "id": made.json()["data"]["id"], "relationships": relationships}
        changed = client.patch(f"/api/{kind}/{change['id']}", {"data": change})
        assert changed.status_code == 200, changed.content


def test_operations_take_the_alias_in_linkage_too(api: Api, rent: Wallet) -> None:
    def add(linkage: Any) -> Any:
        relationships = {"wallet": {"data": linkage}}
        data = {"type": "transactions", "attributes": {"amount": "1.00"}}
        return {"op": "add", "data": {**data, "relationships": relationships}}

    new = {"op": "add", "data": {"type": "wallets", "lid": "a", "attributes": {"label": "New"}}}
    asked = [new, add({"type": "Wallet", "lid": "a"}), add({"type": "Wallet", "id": str(rent.pk)})]
    answer = api.post("/api/operations", {"atomic:operations": asked}, ATOMIC)
    assert answer.status_code == 200, answer.content
    assert rent.transactions.count() == 2
