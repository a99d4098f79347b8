"""https://jsonapi.org/format/#crud-creating: transactions."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.api.jsonapi.conftest import balance_of, errors, transaction_document
from tests.conftest import Api
from wallet_transaction_api.ledger import wallets
from wallet_transaction_api.models import Entry, Transaction, Wallet


def test_posts_to_the_wallet(api: Api, rent: Wallet, alice: User) -> None:
    document = transaction_document(
        rent, txid="tx-1", amount="-60.50", description="November", metadata={"a": {"b": None}}
    )
    answer = api.post("/api/transactions", document)
    assert answer.status_code == 201
    attributes = answer.json()["data"]["attributes"]
    assert attributes["txid"] == "tx-1"
    assert attributes["amount"] == "-60.50"
    assert attributes["kind"] == "withdrawal"
    assert attributes["balanceAfter"] == "39.50"
    assert attributes["metadata"] == {"a": {"b": None}}
    assert balance_of(rent) == "39.50"
    assert Entry.objects.latest("pk").actor == alice


def test_answers_like_the_resource_itself(api: Api, rent: Wallet) -> None:
    document = transaction_document(rent, amount=0.1, metadata={"x": 1.10, "y": "ü"})
    answer = api.post("/api/transactions", document)
    assert api.get(answer["Location"]).json() == answer.json()


def test_makes_a_txid(api: Api, rent: Wallet) -> None:
    answer = api.post("/api/transactions", transaction_document(rent, amount="1.00"))
    assert len(answer.json()["data"]["attributes"]["txid"]) == 32


def _with_number(rent: Wallet, number: str) -> str:
    return (
        '{"data": {"type": "transactions", "attributes": {"amount": '
        f'{number}}}, "relationships": {{"wallet": {{"data": '
        f'{{"type": "wallets", "id": "{rent.pk}"}}}}}}}}}}'
    )


@pytest.mark.parametrize(
    ("number", "amount"),
    [
        ("50", "50.00"),
        ("0.10", "0.10"),
        ("1e1", "10.00"),
        ("5.000", "5.00"),
        ("-100", "-100.00"),
        ("999999999999999.99", "999999999999999.99"),
        ('"5.000"', "5.00"),
        ('"00005"', "5.00"),
        ('"-0.01"', "-0.01"),
    ],
)
def test_takes_an_exact_amount(api: Api, rent: Wallet, number: str, amount: str) -> None:
    answer = api.post("/api/transactions", _with_number(rent, number))
    assert answer.json()["data"]["attributes"]["amount"] == amount


BAD_AMOUNTS = {
    "amount_invalid": [
        "0", "0.00", '"0"', '"-0.00"', '"abc"', '""', '" 1"', '"1 "', '"+1"', '"1e2"', '"1,000"',
        '"1_000"', '"0x1"', '"NaN"', '"Infinity"', '"\u0661"', "1e400", "-1e400", "1e999999",
        '"1000000000000000000"', "1000000000000000000", "1e18", "true", "false", "null", "[]",
        "[1]", "{}", '{"a": 1}', '"' + "1" * 5000 + '"', '".5"', '"5."', '"--5"', '"1.2.3"',
    ],
    "amount_precision": [
        '"5.001"', "5.001", "0.001", "1e-3", "1e-999999", '"0.0000000000000000001"',
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "number"), [(code, number) for code, group in BAD_AMOUNTS.items() for number in group]
)
def test_refuses_a_bad_amount(api: Api, rent: Wallet, code: str, number: str) -> None:
    answer = api.post("/api/transactions", _with_number(rent, number))
    assert answer.status_code == 422
    assert errors(answer) == [(code, "/data/attributes/amount")]
    assert rent.transactions.count() == 1


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({}, [("required", "/data/attributes")]),
        ({"amount": "1", "txid": ""}, [("invalid", "/data/attributes/txid")]),
        ({"amount": "1", "txid": None}, [("invalid", "/data/attributes/txid")]),
        ({"amount": "1", "txid": 7}, [("invalid", "/data/attributes/txid")]),
        ({"amount": "1", "txid": "x" * 256}, [("invalid", "/data/attributes/txid")]),
        ({"amount": "1", "txid": "a\0"}, [("invalid", "/data/attributes/txid")]),
        ({"amount": "1", "kind": "opening"}, [("invalid", "/data/attributes/kind")]),
        ({"amount": "1", "kind": "withdrawal"}, [("invalid", "/data/attributes/kind")]),
        ({"amount": "-1", "kind": "deposit"}, [("invalid", "/data/attributes/kind")]),
        ({"amount": "1", "kind": ["deposit"]}, [("invalid", "/data/attributes/kind")]),
        ({"amount": "1", "kind": ""}, [("invalid", "/data/attributes/kind")]),
        ({"amount": "1", "description": None}, [("invalid", "/data/attributes/description")]),
        ({"amount": "1", "description": "x" * 1001}, [("invalid", "/data/attributes/description")]),
        ({"amount": "1", "currency": "USD"}, [("unknown_attribute", "/data/attributes/currency")]),
    ],
)
def test_refuses_a_bad_attribute(
    api: Api, rent: Wallet, attributes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    answer = api.post("/api/transactions", transaction_document(rent, **attributes))
    assert answer.status_code == 422
    assert errors(answer) == expected
    assert rent.transactions.count() == 1


@pytest.mark.parametrize("name", ["balanceAfter", "createdAt", "updatedAt"])
def test_refuses_read_only_members(api: Api, rent: Wallet, name: str) -> None:
    document = transaction_document(rent, amount="1", **{name: "1.00"})
    answer = api.post("/api/transactions", document)
    assert answer.status_code == 403
    assert errors(answer) == [("read_only", f"/data/attributes/{name}")]


def test_a_client_names_the_kinds_that_agree_with_the_sign(api: Api, rent: Wallet) -> None:
    for amount, kind in (("1", "deposit"), ("-1", "withdrawal")):
        document = transaction_document(rent, amount=amount, kind=kind)
        assert api.post("/api/transactions", document).status_code == 201


def test_refuses_an_overdraft(api: Api, rent: Wallet) -> None:
    answer = api.post("/api/transactions", transaction_document(rent, amount="-100.01"))
    assert answer.status_code == 422
    assert answer.json() == {
        "jsonapi": {"version": "1.1"},
        "errors": [
            {
                "status": "422",
                "code": "insufficient_funds",
                "title": "Insufficient funds",
                "detail": "Insufficient funds: 100.00 USD is available.",
                "source": {"pointer": "/data/attributes/amount"},
                "meta": {
                    "attribute": "amount",
                    "message": "Insufficient funds: 100.00 USD is available.",
                    "available": "100.00",
                    "currency": "USD",
                },
            }
        ],
    }
    assert balance_of(rent) == "100.00"


def test_refuses_a_balance_out_of_range(api: Api, rent: Wallet) -> None:
    document = transaction_document(rent, amount="999999999999999999.99")
    answer = api.post("/api/transactions", document)
    assert answer.status_code == 422
    assert errors(answer) == [("balance_out_of_range", "/data/attributes/amount")]


def test_a_taken_txid_is_a_conflict(api: Api, rent: Wallet) -> None:
    document = transaction_document(rent, amount="1.00", txid="opening")
    answer = api.post("/api/transactions", document)
    assert answer.status_code == 409
    assert errors(answer) == [("txid_taken", "/data/attributes/txid")]
    assert balance_of(rent) == "100.00"


@pytest.mark.parametrize("amount", ["1.00", "-1.00"])
def test_a_frozen_wallet_is_a_conflict(api: Api, rent: Wallet, amount: str) -> None:
    wallets.edit(wallet_id=rent.pk, changes={"status": "frozen"})
    answer = api.post("/api/transactions", transaction_document(rent, amount=amount))
    assert answer.status_code == 409
    assert errors(answer) == [("wallet_frozen", "/data/relationships/wallet/data")]


@pytest.mark.parametrize("key", ["999999", "abc", "-1", "0", "1" * 30])
def test_a_missing_wallet_is_not_found(api: Api, key: str) -> None:
    answer = api.post("/api/transactions", transaction_document(key, amount="1.00"))
    assert answer.status_code == 404
    assert errors(answer) == [("not_found", "/data/relationships/wallet/data")]


def test_somebody_elses_wallet_answers_like_a_missing_one(
    rent: Wallet, as_user: type[Api], bob: User
) -> None:
    stranger = as_user(bob)
    there = stranger.post("/api/transactions", transaction_document(rent, amount="1.00"))
    missing = stranger.post("/api/transactions", transaction_document(999999, amount="1.00"))
    assert there.status_code == 404
    assert there.content == missing.content


@pytest.mark.parametrize(
    ("relationships", "pointer"),
    [
        ({}, "/data/relationships"),
        ({"wallet": {"data": None}}, "/data/relationships/wallet/data"),
    ],
)
def test_the_wallet_is_required(api: Api, relationships: Any, pointer: str) -> None:
    data = {"type": "transactions", "attributes": {"amount": "x"}, "relationships": relationships}
    answer = api.post("/api/transactions", {"data": data})
    assert answer.status_code == 422
    assert errors(answer) == [
        ("amount_invalid", "/data/attributes/amount"),
        ("required", pointer),
    ]


def test_an_unknown_relationship_is_refused(api: Api, rent: Wallet) -> None:
    document = transaction_document(rent, amount="1.00")
    document["data"]["relationships"]["owner"] = {"data": {"type": "users", "id": "1"}}
    answer = api.post("/api/transactions", document)
    assert answer.status_code == 422
    assert errors(answer) == [("unknown_relationship", "/data/relationships/owner")]


def test_staff_post_to_any_wallet(staff_api: Api, rent: Wallet, staff: User) -> None:
    answer = staff_api.post("/api/transactions", transaction_document(rent, amount="1.00"))
    assert answer.status_code == 201
    assert Entry.objects.latest("pk").actor == staff
    assert Transaction.objects.count() == 2
