"""The published requests of the ancestor, to the letter; answers are canonical."""

from typing import Any

from tests.api.jsonapi.conftest import errors, transaction_document
from tests.conftest import Api
from wallet_transaction_api.models import Wallet


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
    document = transaction_document(rent, amount="5.00")
    document["data"]["relationships"]["wallet"]["data"]["type"] = "Wallet"
    answer = api.post("/api/transactions/", document)
    assert errors(answer) == [("type_mismatch", "/data/relationships/wallet/data/type")]
