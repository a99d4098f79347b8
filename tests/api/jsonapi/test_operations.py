"""https://jsonapi.org/ext/atomic/."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.api.jsonapi.conftest import DESCRIBED, balance_of, errors
from tests.conftest import JSONAPI, Answer, Api
from wallet_transaction_api import cache
from wallet_transaction_api.models import Transaction, Wallet

ATOMIC = f'{JSONAPI};ext="https://jsonapi.org/ext/atomic"'
URL = "/api/operations"
Operation = dict[str, Any]


def perform(api: Api, *operations: Any, **extra: Any) -> Answer:
    """Send the operations."""
    return api.send("POST", URL, {"atomic:operations": list(operations)}, ATOMIC, **extra)


def add_wallet(label: str, lid: str | None = None, **attributes: Any) -> Operation:
    """Return an operation that opens a wallet."""
    data = {"type": "wallets", "attributes": {"label": label, **attributes}}
    return {"op": "add", "data": data | ({"lid": lid} if lid else {})}


def add_transaction(wallet: Operation, amount: str, **attributes: Any) -> Operation:
    """Return an operation that posts; `wallet` is `{"id": …}` or `{"lid": …}`."""
    return {
        "op": "add",
        "data": {
            "type": "transactions",
            "attributes": {"amount": amount, **attributes},
            "relationships": {"wallet": {"data": {"type": "wallets", **wallet}}},
        },
    }


def update_wallet(key: Any, **attributes: Any) -> Operation:
    """Return an operation that edits a wallet."""
    return {
        "op": "update", "data": {"type": "wallets", "id": str(key), "attributes": attributes}
    }  # fmt: skip


def remove(kind: str, key: Any) -> Operation:
    """Return an operation that removes a resource."""
    return {"op": "remove", "ref": {"type": kind, "id": str(key)}}


def test_answers_with_what_the_plain_endpoints_would(api: Api, rent: Wallet) -> None:
    answer = perform(
        api,
        add_transaction({"id": str(rent.pk)}, "5.00", txid="tx-1"),
        update_wallet(rent.pk, label="Home"),
        update_wallet(rent.pk),
        remove("transactions", rent.transactions.get().pk),
    )
    assert answer.status_code == 200
    assert answer["Content-Type"] == ATOMIC
    made = Transaction.objects.get(txid="tx-1")
    results = answer.json()["atomic:results"]
    assert results[0]["data"] == api.get(f"/api/transactions/{made.pk}").json()["data"]
    assert results[1]["data"]["attributes"]["label"] == "Home"
    assert results[1]["data"]["attributes"]["balance"] == "105.00"
    assert results[2] == results[1]
    assert results[3] == {}
    assert answer.json() == {
        "jsonapi": {"version": "1.1", "ext": ["https://jsonapi.org/ext/atomic"]},
        "links": {"self": f"http://testserver{URL}", **DESCRIBED},
        "atomic:results": results,
    }
    assert balance_of(rent) == "5.00"


def test_a_whole_household_by_local_ids(api: Api, db: None) -> None:
    answer = perform(
        api,
        add_wallet("Rent", lid="a"),
        add_transaction({"lid": "a"}, "50.00"),
        {"op": "update", "ref": {"type": "wallets", "lid": "a"},
         "data": {"type": "wallets", "lid": "a", "attributes": {"label": "Home"}}},
        {"op": "update",
         "data": {"type": "wallets", "lid": "a", "attributes": {"metadata": {"a": 1}}}},
        add_transaction({"lid": "a"}, "-50.00"),
        {"op": "remove", "ref": {"type": "wallets", "lid": "a"}},
    )  # fmt: skip
    assert answer.status_code == 200, answer.content
    assert [item.get("data", {}).get("type") for item in answer.json()["atomic:results"]] == [
        "wallets", "transactions", "wallets", "wallets", "transactions", None
    ]  # fmt: skip
    wallet = Wallet.objects.get(label="Home")
    assert (wallet.status, wallet.metadata) == ("closed", {"a": 1})


@pytest.mark.parametrize("first", ["wallets", "Wallet"])
@pytest.mark.parametrize("second", ["wallets", "Wallet"])
def test_a_local_id_is_found_by_either_name_of_its_type(
    api: Api, db: None, first: str, second: str
) -> None:
    opened, posted = add_wallet("Rent", lid="a"), add_transaction({"lid": "a"}, "5.00")
    renamed = {"lid": "a", "attributes": {"label": "Home"}}
    opened["data"]["type"] = first
    posted["data"] |= {"type": "Transaction"}  # only such a document says Wallet in linkage
    posted["data"]["relationships"]["wallet"]["data"]["type"] = second
    answer = perform(
        api, opened, posted, {"op": "update", "data": {"type": second, **renamed}},
        {"op": "update", "ref": {"type": second, "lid": "a"}, "data": {"type": first, **renamed}},
    )  # fmt: skip
    assert answer.status_code == 200, answer.content
    assert balance_of(Wallet.objects.get(label="Home")) == "5.00"


@pytest.mark.parametrize(
    "form",
    [
        "/api/{0}",
        "http://testserver/api/{0}",
        "//testserver/api/{0}",
        "/{0}",
        "{0}",
        "/api/{0}/",
        "/api/./{0}",
    ],
)
def test_an_href_is_a_target(api: Api, rent: Wallet, form: str) -> None:
    key = rent.transactions.get().pk
    added = {**add_wallet("New"), "href": form.format("wallets")}
    updated = {**update_wallet(rent.pk, label="Home"), "href": form.format(f"wallets/{rent.pk}")}
    removed = {"op": "remove", "href": form.format(f"transactions/{key}")}
    assert perform(api, added, updated, removed).status_code == 200
    rent.refresh_from_db()
    assert (rent.label, balance_of(rent)) == ("Home", "0.00")
    assert Wallet.objects.filter(label="New").exists()


@pytest.mark.parametrize("href", ["/apiwallets", "/api", "nosuch", "/api/nosuch"])
def test_there_are_no_other_types(api: Api, rent: Wallet, href: str) -> None:
    answer = perform(api, {**add_wallet("New"), "href": href})
    assert errors(answer) == [("not_found", "/atomic:operations/0/href")]
    assert not Wallet.objects.filter(label="New").exists()


BAD_TARGETS: list[tuple[Operation, str]] = [
    ({**add_wallet("New"), "href": "/api/wallets/1"}, "/href"),
    ({**add_wallet("New"), "href": "/api/wallets?x=1"}, "/href"),
    ({**add_wallet("New"), "href": "http://elsewhere/api/wallets"}, "/href"),
    ({**add_wallet("New"), "href": "/api/wallets/1/transactions"}, "/href"),
    ({**add_wallet("New"), "href": "/api//wallets"}, "/href"),
    ({**add_wallet("New"), "href": "/api/wallets//"}, "/href"),
    ({**add_wallet("New"), "href": "/other/api/wallets"}, "/href"),
    ({**add_wallet("New"), "href": "ftp://testserver/api/wallets"}, "/href"),
    ({**add_wallet("New"), "href": ""}, "/href"),
    ({**add_wallet("New"), "href": 5}, "/href"),
    ({**add_wallet("New"), "href": "http://[bad"}, "/href"),
    ({**add_wallet("New"), "ref": {"type": "wallets", "id": "1"}}, "/ref"),
    ({"op": "remove"}, ""),
    ({"op": "remove", "data": {"type": "wallets", "id": "1"}}, ""),
    ({"op": "remove", "href": "/api/wallets"}, "/href"),
    ({"op": "update", "data": {"type": "wallets"}}, "/data"),
    ({"op": "update", "data": {"type": "wallets", "id": 1}}, "/data"),
    ({"op": "update"}, ""),
    ({"op": "add", "data": None}, "/data"),
    ({"op": "add", "data": []}, "/data"),
    ({"op": "add", "data": 5}, "/data"),
    ({"op": "add", "data": {}}, "/data"),
    ({"op": "add", "data": {"type": 5}}, "/data"),
    ({"op": "remove", "ref": 5}, "/ref"),
    ({"op": "remove", "ref": {}}, "/ref"),
    ({"op": "remove", "ref": {"type": "wallets"}}, "/ref"),
    ({"op": "remove", "ref": {"type": "wallets", "id": 5}}, "/ref"),
    ({"op": "remove", "ref": {"type": "wallets", "id": "1", "lid": "a"}}, "/ref"),
    ({"op": "remove", "ref": {"type": "wallets", "id": "1"}, "href": "/api/wallets/1"}, "/href"),
    ({"op": 5}, "/op"),
    ({"op": "replace"}, "/op"),
    ({}, ""),
]


@pytest.mark.parametrize(("operation", "pointer"), BAD_TARGETS)
def test_refuses_a_malformed_operation(
    api: Api, rent: Wallet, operation: Operation, pointer: str
) -> None:
    answer = perform(api, add_wallet("First"), operation)
    assert answer.status_code == 400
    assert errors(answer) == [("malformed_document", f"/atomic:operations/1{pointer}")]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ([], ""), ({}, ""), ({"data": []}, ""), ({"atomic:operations": []}, "/atomic:operations"),
        ({"atomic:operations": {}}, "/atomic:operations"),
        ({"atomic:operations": [5]}, "/atomic:operations/0"),
        ({"atomic:operations": [add_wallet("x")], "data": None}, "/data"),
    ],
)  # fmt: skip
def test_refuses_a_malformed_document(api: Api, db: None, body: Any, pointer: str) -> None:
    answer = api.post(URL, body, ATOMIC)
    assert answer.status_code == 400
    assert errors(answer) == [("malformed_document", pointer)]


def test_points_at_every_problem_inside_the_operation(api: Api, rent: Wallet) -> None:
    answer = perform(api, add_wallet("x"), add_wallet("", balance="1.001", nosuch=1))
    base = "/atomic:operations/1/data/attributes"
    assert answer.status_code == 422
    assert sorted(errors(answer)) == [
        ("amount_precision", f"{base}/balance"),
        ("invalid", f"{base}/label"),
        ("unknown_attribute", f"{base}/nosuch"),
    ]


def test_a_refusal_of_the_ledger_is_placed_too(api: Api, rent: Wallet) -> None:
    answer = perform(
        api,
        add_transaction({"id": str(rent.pk)}, "-60.00"),
        add_transaction({"id": str(rent.pk)}, "-60.00"),
    )
    assert answer.status_code == 422
    assert errors(answer) == [("insufficient_funds", "/atomic:operations/1/data/attributes/amount")]


@pytest.mark.django_db(transaction=True)
def test_all_or_nothing_is_stored_and_published(api: Api, rent: Wallet) -> None:
    """Its own transactions: inside the one of a test nothing would be rolled back."""
    for failing in (
        remove("wallets", 10**9),
        add_transaction({"id": str(rent.pk)}, "-1000.00"),
        add_wallet("Rent"),
        {"op": "nonsense"},
    ):
        good = [add_wallet("New", balance="5.00"), add_transaction({"id": str(rent.pk)}, "7.00")]
        assert perform(api, *good, failing).status_code >= 400
        assert not Wallet.objects.filter(label="New").exists()
        assert (balance_of(rent), rent.entries.count()) == ("100.00", 1)
        balance = cache.balance_by_uuid(rent.uuid)
        assert balance is not None
        assert balance["balance"] == 100
    assert perform(api, *good).status_code == 200
    assert balance_of(rent) == "107.00"
    balance = cache.balance_by_uuid(rent.uuid)
    assert balance is not None
    assert balance["balance"] == 107


def test_somebody_elses_wallet_is_missing(
    as_user: Callable[..., Api], bob: User, rent: Wallet
) -> None:
    stranger = as_user(bob)
    for operation, pointer in (
        (add_transaction({"id": str(rent.pk)}, "1.00"), "data/relationships/wallet/data"),
        (update_wallet(rent.pk, label="Mine"), "data"),
        (remove("transactions", rent.transactions.get().pk), "ref"),
    ):
        answer = perform(stranger, operation)
        assert answer.status_code == 404
        assert errors(answer) == [("not_found", f"/atomic:operations/0/{pointer}")]


def test_nobody_is_answered_401(as_user: Callable[..., Api], db: None) -> None:
    assert perform(as_user(None), add_wallet("x")).status_code == 401


def test_a_hundred_are_done_and_no_more(api: Api, rent: Wallet) -> None:
    each = add_transaction({"id": str(rent.pk)}, "0.01")
    answer = perform(api, *[each] * 101)
    assert answer.status_code == 413
    assert errors(answer) == [("too_many_operations", "/atomic:operations")]
    answer = perform(api, *[each] * 100)
    assert len(answer.json()["atomic:results"]) == 100
    assert balance_of(rent) == "101.00"


def test_a_local_id_is_given_once(api: Api, db: None) -> None:
    answer = perform(api, add_wallet("One", lid="a"), add_wallet("Two", lid="a"))
    assert errors(answer) == [("lid_repeated", "/atomic:operations/1/data/lid")]


def test_the_ancestors_types_are_understood(api: Api, rent: Wallet) -> None:
    data = {"type": "Transaction", "attributes": {"wallet": str(rent.pk), "amount": "1.00"}}
    answer = perform(api, {"op": "add", "data": data})
    assert answer.json()["atomic:results"][0]["data"]["type"] == "transactions"


@pytest.mark.parametrize("op", ["add", "update", "remove"])
def test_the_journal_is_read_only(api: Api, rent: Wallet, op: str) -> None:
    key = str(rent.entries.get().pk)
    data = {"type": "entries", "attributes": {"amount": "1.00"}}
    operation = {"op": op, "data": data if op == "add" else {**data, "id": key}}
    if op == "remove":
        operation = remove("entries", key)
    answer = perform(api, operation)
    assert answer.status_code == 403
    assert errors(answer) == [("operation_unsupported", "/atomic:operations/0/op")]


def test_no_parameters_are_honoured(api: Api, db: None) -> None:
    answer = api.post(f"{URL}?include=wallet", {"atomic:operations": [add_wallet("x")]}, ATOMIC)
    assert errors(answer) == [("unknown_parameter", "include")]


def test_self_credit_is_judged_per_operation(api: Api, rent: Wallet, settings: Any) -> None:
    settings.SELF_CREDIT = False
    down, up = (add_transaction({"id": str(rent.pk)}, amount) for amount in ("-1.00", "1.00"))
    assert perform(api, down).status_code == 200
    answer = perform(api, down, up)
    assert errors(answer)[0][0] == "self_credit_disabled"
