"""https://jsonapi.org/format/#crud-creating: wallets."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.api.jsonapi.conftest import balance_of, errors, wallet_document
from tests.conftest import Api
from wallet_transaction_api.api.jsonapi.attributes import MOST_UNKNOWN
from wallet_transaction_api.models import Wallet


def test_creates_the_callers_wallet(api: Api, alice: User) -> None:
    answer = api.post("/api/wallets", wallet_document(label="Rent", metadata={"flat": [1, 2.5]}))
    assert answer.status_code == 201
    data = answer.json()["data"]
    wallet = Wallet.objects.get(pk=data["id"])
    assert wallet.owner == alice
    assert wallet.metadata == {"flat": [1, 2.5]}
    assert data["attributes"]["metadata"] == {"flat": [1, 2.5]}
    assert data["attributes"]["balance"] == "0.00"


def test_answers_like_the_resource_itself(api: Api) -> None:
    answer = api.post("/api/wallets", wallet_document(label="Rent", balance="5.00"))
    location = answer["Location"]
    assert location == answer.json()["data"]["links"]["self"]
    assert api.get(location).json() == answer.json()


@pytest.mark.parametrize(
    ("currency", "sent", "shown"),
    [
        ("USD", "100.00", "100.00"),
        ("USD", "5.000", "5.00"),
        ("USD", 100, "100.00"),
        ("JPY", "50", "50"),
        ("USD", "999999999999999999.99", "999999999999999999.99"),
    ],
)
def test_an_opening_balance_is_posted(api: Api, currency: str, sent: Any, shown: str) -> None:
    document = wallet_document(label="Rent", balance=sent, currency=currency)
    data = api.post("/api/wallets", document).json()["data"]
    assert data["attributes"]["balance"] == shown
    (entry,) = Wallet.objects.get(pk=data["id"]).entries.all()
    assert entry.reason == "posted"


def test_a_zero_balance_posts_nothing(api: Api) -> None:
    data = api.post("/api/wallets", wallet_document(label="Rent", balance="0.00")).json()["data"]
    assert not Wallet.objects.get(pk=data["id"]).transactions.exists()


BAD_ATTRIBUTES: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({}, [("required", "/data/attributes")]),
    ({"label": ""}, [("invalid", "/data/attributes/label")]),
    ({"label": "  "}, [("invalid", "/data/attributes/label")]),
    ({"label": None}, [("invalid", "/data/attributes/label")]),
    ({"label": 5}, [("invalid", "/data/attributes/label")]),
    ({"label": ["x"]}, [("invalid", "/data/attributes/label")]),
    ({"label": "a\0b"}, [("invalid", "/data/attributes/label")]),
    ({"label": "x" * 101}, [("invalid", "/data/attributes/label")]),
    ({"label": "x", "balance": "-1.00"}, [("amount_invalid", "/data/attributes/balance")]),
    ({"label": "x", "balance": "1.001"}, [("amount_precision", "/data/attributes/balance")]),
    ({"label": "x", "balance": None}, [("amount_invalid", "/data/attributes/balance")]),
    ({"label": "x", "balance": True}, [("amount_invalid", "/data/attributes/balance")]),
    ({"label": "x", "currency": "XXX"}, [("invalid", "/data/attributes/currency")]),
    ({"label": "x", "currency": "usd"}, [("invalid", "/data/attributes/currency")]),
    ({"label": "x", "currency": None}, [("invalid", "/data/attributes/currency")]),
    ({"label": "x", "currency": ["USD"]}, [("invalid", "/data/attributes/currency")]),
    ({"label": "x", "metadata": []}, [("invalid", "/data/attributes/metadata")]),
    ({"label": "x", "metadata": None}, [("invalid", "/data/attributes/metadata")]),
    ({"label": "x", "metadata": "{}"}, [("invalid", "/data/attributes/metadata")]),
    ({"label": "x", "metadata": {"a": "\0"}}, [("invalid", "/data/attributes/metadata")]),
    ({"label": "x", "metadata": {"\0": 1}}, [("invalid", "/data/attributes/metadata")]),
    ({"label": "x", "metadata": {"a": 2**63}}, [("invalid", "/data/attributes/metadata")]),
    ({"label": "x", "metadata": {"a": "x" * 16384}}, [("invalid", "/data/attributes/metadata")]),
    ({"label": "x", "type": "wallets"}, [("unknown_attribute", "/data/attributes/type")]),
    ({"label": "x", "id": "5"}, [("unknown_attribute", "/data/attributes/id")]),
    ({"label": "x", "Label": "y"}, [("unknown_attribute", "/data/attributes/Label")]),
    ({"label": "x", "owner": "1"}, [("unknown_attribute", "/data/attributes/owner")]),
    ({"label": "x", "ownerName": "bob"}, [("unknown_attribute", "/data/attributes/ownerName")]),
    ({"label": "x", "a/b~c": 1}, [("unknown_attribute", "/data/attributes/a~1b~0c")]),
]


@pytest.mark.parametrize(("attributes", "expected"), BAD_ATTRIBUTES)
def test_refuses_a_bad_attribute(
    api: Api, attributes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    before = Wallet.objects.count()
    answer = api.post("/api/wallets", wallet_document(**attributes))
    assert answer.status_code == 422
    assert errors(answer) == expected
    assert Wallet.objects.count() == before


def test_refuses_numbers_that_json_cannot_carry_on(api: Api) -> None:
    for number in ("1e999", "-1e999"):
        body = (
            '{"data": {"type": "wallets", "attributes": '
            f'{{"label": "x", "metadata": {{"a": {number}}}}}}}}}'
        )
        assert errors(api.post("/api/wallets", body)) == [("invalid", "/data/attributes/metadata")]


def test_refuses_deep_metadata(api: Api) -> None:
    nested: Any = 1
    for _ in range(30):
        nested = [nested]
    answer = api.post("/api/wallets", wallet_document(label="x", metadata={"a": nested}))
    assert errors(answer) == [("invalid", "/data/attributes/metadata")]


def test_names_a_hundred_unknown_attributes_and_no_more(api: Api) -> None:
    document = wallet_document(label="", **{f"x{number}": 1 for number in range(500)})
    named = errors(api.post("/api/wallets", document))
    assert len(named) == MOST_UNKNOWN + 1
    assert ("invalid", "/data/attributes/label") in named


def test_reports_all_that_is_wrong_together(api: Api) -> None:
    document = wallet_document(label="", balance="1.001", nosuch=1, metadata=3)
    answer = api.post("/api/wallets", document)
    assert set(errors(answer)) == {
        ("unknown_attribute", "/data/attributes/nosuch"),
        ("invalid", "/data/attributes/label"),
        ("amount_precision", "/data/attributes/balance"),
        ("invalid", "/data/attributes/metadata"),
    }
    for error in answer.json()["errors"]:
        assert error["source"]["pointer"].endswith(error["meta"]["attribute"])
        assert error["meta"]["message"] == error["detail"]


def test_points_at_what_is_there_when_something_is_required(api: Api) -> None:
    answer = api.post("/api/wallets", {"data": {"type": "wallets"}})
    assert errors(answer) == [("required", "/data")]
    assert answer.json()["errors"][0]["meta"]["attribute"] == "label"


READ_ONLY = ["available", "held", "uuid", "createdAt", "updatedAt", "version"]


@pytest.mark.parametrize("name", [*READ_ONLY, "status", "overdraftLimit"])
def test_refuses_read_only_members(api: Api, name: str) -> None:
    answer = api.post("/api/wallets", wallet_document(label="x", **{name: "1.00"}))
    assert answer.status_code == 403
    assert errors(answer) == [("read_only", f"/data/attributes/{name}")]


def test_staff_set_status_and_overdraft_limit(staff_api: Api) -> None:
    document = wallet_document(label="x", balance="5.00", overdraftLimit="50.00", status="frozen")
    answer = staff_api.post("/api/wallets", document)
    attributes = answer.json()["data"]["attributes"]
    assert (attributes["overdraftLimit"], attributes["status"]) == ("50.00", "frozen")
    assert attributes["ownerName"] == "staff"


@pytest.mark.django_db(transaction=True)
def test_what_staff_cannot_set_leaves_no_wallet(staff_api: Api) -> None:
    document = wallet_document(label="x", balance="5.00", status="closed")
    answer = staff_api.post("/api/wallets", document)
    assert errors(answer) == [("wallet_not_empty", "/data/attributes/status")]
    assert not Wallet.objects.filter(label="x").exists()


def test_a_taken_label_is_a_conflict(api: Api, rent: Wallet) -> None:
    answer = api.post("/api/wallets", wallet_document(label="Rent", balance="5.00"))
    assert answer.status_code == 409
    assert errors(answer) == [("label_taken", "/data/attributes/label")]
    assert balance_of(rent) == "100.00"


def test_the_label_of_somebody_else_is_free(rent: Wallet, as_user: type[Api], bob: User) -> None:
    assert as_user(bob).post("/api/wallets", wallet_document(label="Rent")).status_code == 201


@pytest.mark.parametrize(
    ("linkage", "status"),
    [([], 201), ([{"type": "transactions", "id": "1"}], 403)],
)
def test_transactions_are_posted_not_assigned(api: Api, linkage: Any, status: int) -> None:
    document = wallet_document(label="x")
    document["data"]["relationships"] = {"transactions": {"data": linkage}}
    assert api.post("/api/wallets", document).status_code == status


def test_ignores_members_that_the_specification_does_not_define(api: Api) -> None:
    document = wallet_document(label="x", **{"@note": 1})
    document |= {"foo": 1, "@bar": 2, "jsonapi": {"ext": ["https://jsonapi.org/ext/atomic"]}}
    document["data"] |= {"foo": 1, "@bar": 2, "lid": "local", "id": None}
    document["data"]["relationships"] = {"@baz": 1}
    assert api.post("/api/wallets", document).status_code == 201
