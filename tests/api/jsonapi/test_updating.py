"""https://jsonapi.org/format/#crud-updating."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.api.jsonapi.conftest import balance_of, errors, post, update
from tests.conftest import Api
from wallet_transaction_api.ledger import wallets
from wallet_transaction_api.models import Transaction, Wallet


@pytest.fixture
def opening(rent: Wallet) -> Transaction:
    """Return the transaction of the 100.00."""
    found: Transaction = rent.transactions.get()
    return found


def _patch(api: Api, row: Wallet | Transaction, **attributes: Any) -> Any:
    kind = row._meta.db_table
    return api.patch(f"/api/{kind}/{row.pk}", update(kind, row.pk, **attributes))


def test_an_amount_posts_the_difference(api: Api, opening: Transaction, rent: Wallet) -> None:
    answer = _patch(api, opening, amount="60.50")
    assert answer.status_code == 200
    attributes = answer.json()["data"]["attributes"]
    assert (attributes["amount"], attributes["balanceAfter"]) == ("60.50", "60.50")
    assert balance_of(rent) == "60.50"
    assert [entry.reason for entry in rent.entries.order_by("pk")] == ["posted", "amended"]


def test_answers_like_the_resource_itself(api: Api, opening: Transaction, rent: Wallet) -> None:
    answer = _patch(api, opening, description="First", metadata={"a": 1})
    assert api.get(f"/api/transactions/{opening.pk}").json() == answer.json()
    answer = _patch(api, rent, label="Home", metadata={"a": 1})
    assert api.get(f"/api/wallets/{rent.pk}").json() == answer.json()


def test_one_attribute_leaves_the_others(api: Api, opening: Transaction) -> None:
    before = api.get(f"/api/transactions/{opening.pk}").json()["data"]
    after = _patch(api, opening, description="First").json()["data"]
    moved = {"description", "updatedAt"}
    assert after["relationships"] == before["relationships"]
    for name, value in before["attributes"].items():
        assert (after["attributes"][name] != value) is (name in moved), name


def test_a_label_leaves_the_money(api: Api, rent: Wallet) -> None:
    post(rent, "5.00")
    assert _patch(api, rent, label="Home").json()["data"]["attributes"]["balance"] == "105.00"


def test_nothing_asked_changes_nothing(api: Api, opening: Transaction, rent: Wallet) -> None:
    for row in (opening, rent):
        before = api.get(f"/api/{row._meta.db_table}/{row.pk}").json()
        document = update(row._meta.db_table, row.pk)
        answer = api.patch(f"/api/{row._meta.db_table}/{row.pk}", document)
        assert answer.status_code == 200
        assert answer.json() == before
        del document["data"]["attributes"]
        assert api.patch(f"/api/{row._meta.db_table}/{row.pk}", document).json() == before


def test_refuses_what_would_overdraw(api: Api, opening: Transaction, rent: Wallet) -> None:
    post(rent, "-80.00")
    answer = _patch(api, opening, amount="79.99", description="smaller")
    assert answer.status_code == 422
    assert errors(answer) == [("insufficient_funds", "/data/attributes/amount")]
    opening.refresh_from_db()
    assert (opening.description, balance_of(rent)) == ("", "20.00")


@pytest.mark.parametrize("name", ["txid", "kind", "balanceAfter", "createdAt", "updatedAt"])
def test_a_transactions_fixed_members(api: Api, opening: Transaction, name: str) -> None:
    answer = _patch(api, opening, description="x", **{name: "opening"})
    assert answer.status_code == 403
    assert errors(answer) == [("read_only", f"/data/attributes/{name}")]
    opening.refresh_from_db()
    assert opening.description == ""


@pytest.mark.parametrize(
    "name",
    ["balance", "available", "held", "currency", "uuid", "version", "createdAt", "updatedAt",
     "status", "overdraftLimit"],
)  # fmt: skip
def test_a_wallets_fixed_members(api: Api, rent: Wallet, name: str) -> None:
    answer = _patch(api, rent, label="x", **{name: "999.00"})
    assert answer.status_code == 403
    assert errors(answer) == [("read_only", f"/data/attributes/{name}")]
    rent.refresh_from_db()
    assert (rent.label, balance_of(rent)) == ("Rent", "100.00")


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"label": None}, ("invalid", "/data/attributes/label")),
        ({"label": ""}, ("invalid", "/data/attributes/label")),
        ({"label": "Home", "metadata": 1}, ("invalid", "/data/attributes/metadata")),
        ({"label": "Home", "nosuch": 1}, ("unknown_attribute", "/data/attributes/nosuch")),
    ],
)
def test_one_bad_value_applies_nothing(
    api: Api, rent: Wallet, attributes: dict[str, Any], expected: tuple[str, str]
) -> None:
    answer = _patch(api, rent, **attributes)
    assert answer.status_code == 422
    assert errors(answer) == [expected]
    rent.refresh_from_db()
    assert rent.label == "Rent"


@pytest.mark.parametrize("amount", ["0", "1.001", "x", None, True])
def test_a_bad_amount(api: Api, opening: Transaction, rent: Wallet, amount: Any) -> None:
    answer = _patch(api, opening, amount=amount)
    assert answer.status_code == 422
    assert errors(answer)[0][1] == "/data/attributes/amount"
    assert balance_of(rent) == "100.00"


def test_a_taken_label_is_a_conflict(api: Api, rent: Wallet) -> None:
    answer = _patch(api, rent, label="Main")
    assert answer.status_code == 409
    assert errors(answer) == [("label_taken", "/data/attributes/label")]


@pytest.mark.parametrize(
    ("data", "status", "expected"),
    [
        ({"type": "wallets"}, 400, ("malformed_document", "/data")),
        ({"type": "wallets", "id": None}, 400, ("malformed_document", "/data")),
        ({"type": "wallets", "id": 1}, 400, ("malformed_document", "/data/id")),
        ({"id": "1"}, 400, ("malformed_document", "/data")),
        ({"type": "wallets", "id": "999999"}, 409, ("id_mismatch", "/data/id")),
        ({"type": "transactions", "id": "1"}, 409, ("type_mismatch", "/data/type")),
    ],
)
def test_the_document_names_the_resource(
    api: Api, rent: Wallet, data: Any, status: int, expected: tuple[str, str]
) -> None:
    answer = api.patch(f"/api/wallets/{rent.pk}", {"data": data})
    assert answer.status_code == status
    assert errors(answer) == [expected]


@pytest.mark.parametrize("key", ["999999", "abc"])
@pytest.mark.parametrize("kind", ["wallets", "transactions"])
def test_a_missing_resource_is_not_found(api: Api, kind: str, key: str) -> None:
    answer = api.patch(f"/api/{kind}/{key}", update(kind, key, description="x"))
    assert answer.status_code == 404


def test_somebody_elses_resource_is_not_found(
    rent: Wallet, opening: Transaction, as_user: type[Api], bob: User
) -> None:
    assert _patch(as_user(bob), rent, label="x").status_code == 404
    assert _patch(as_user(bob), opening, amount="1.00").status_code == 404


def _with_relationships(row: Wallet | Transaction, **relationships: Any) -> Any:
    document = update(row._meta.db_table, row.pk)
    document["data"]["relationships"] = relationships
    return document


def test_the_same_wallet_again_changes_nothing(api: Api, opening: Transaction) -> None:
    linkage = {"type": "wallets", "id": str(opening.wallet_id)}
    document = _with_relationships(opening, wallet={"data": linkage})
    assert api.patch(f"/api/transactions/{opening.pk}", document).status_code == 200


def test_another_wallet_is_refused(api: Api, opening: Transaction, alice: User) -> None:
    for data in ({"type": "wallets", "id": str(alice.default_wallet.pk)}, None):
        document = _with_relationships(opening, wallet={"data": data})
        document["data"]["attributes"] = {"description": "moved"}
        answer = api.patch(f"/api/transactions/{opening.pk}", document)
        assert answer.status_code == 403
        assert errors(answer) == [("relationship_fixed", "/data/relationships/wallet/data")]
    opening.refresh_from_db()
    assert opening.description == ""
    assert opening.wallet_id != alice.default_wallet.pk


def test_a_missing_wallet_is_not_found(api: Api, opening: Transaction) -> None:
    linkage = {"type": "wallets", "id": "999999"}
    document = _with_relationships(opening, wallet={"data": linkage})
    answer = api.patch(f"/api/transactions/{opening.pk}", document)
    assert answer.status_code == 404
    assert errors(answer) == [("not_found", "/data/relationships/wallet/data")]


def test_a_relationship_without_data_is_malformed_and_nulls_nothing(
    api: Api, opening: Transaction
) -> None:
    for value in ({}, {"links": {}}, {"meta": {}}):
        document = _with_relationships(opening, wallet=value)
        answer = api.patch(f"/api/transactions/{opening.pk}", document)
        assert answer.status_code == 400
        assert errors(answer) == [("malformed_document", "/data/relationships/wallet")]
    opening.refresh_from_db()
    assert opening.wallet_id is not None


@pytest.mark.parametrize("name", ["transactions", "entries"])
def test_a_wallets_members_are_not_replaced(api: Api, rent: Wallet, name: str) -> None:
    document = _with_relationships(rent, **{name: {"data": []}})
    document["data"]["attributes"] = {"label": "Home"}
    answer = api.patch(f"/api/wallets/{rent.pk}", document)
    assert answer.status_code == 403
    assert errors(answer) == [("relationship_fixed", f"/data/relationships/{name}/data")]
    rent.refresh_from_db()
    assert (rent.label, rent.transactions.count()) == ("Rent", 1)


def test_nothing_is_edited_in_a_frozen_wallet(api: Api, rent: Wallet, opening: Transaction) -> None:
    wallets.edit(wallet_id=rent.pk, changes={"status": "frozen"})
    answer = _patch(api, opening, description="x")
    assert answer.status_code == 409
    assert errors(answer) == [("wallet_frozen", "/data")]


def test_staff_freeze_lend_and_close(staff_api: Api, rent: Wallet) -> None:
    attributes = _patch(staff_api, rent, status="frozen", overdraftLimit=50).json()["data"][
        "attributes"
    ]
    assert (attributes["status"], attributes["overdraftLimit"]) == ("frozen", "50.00")
    answer = _patch(staff_api, rent, status="closed")
    assert answer.status_code == 409
    assert errors(answer) == [("wallet_not_empty", "/data/attributes/status")]
    assert _patch(staff_api, rent, status="active").status_code == 200


def test_an_overdraft_limit_in_use_is_a_conflict(staff_api: Api, rent: Wallet) -> None:
    _patch(staff_api, rent, overdraftLimit="50.00")
    post(rent, "-120.00")
    answer = _patch(staff_api, rent, overdraftLimit="19.99")
    assert answer.status_code == 409
    assert errors(answer) == [("overdraft_in_use", "/data/attributes/overdraftLimit")]
    assert _patch(staff_api, rent, overdraftLimit="20.00").status_code == 200


@pytest.mark.parametrize("limit", ["-1.00", "1.001", "x", None])
def test_a_bad_overdraft_limit(staff_api: Api, rent: Wallet, limit: Any) -> None:
    answer = _patch(staff_api, rent, overdraftLimit=limit)
    assert answer.status_code == 422
    assert errors(answer)[0][1] == "/data/attributes/overdraftLimit"


def test_staff_cannot_name_an_owner(staff_api: Api, rent: Wallet) -> None:
    assert errors(_patch(staff_api, rent, ownerName="bob")) == [
        ("read_only", "/data/attributes/ownerName")
    ]
