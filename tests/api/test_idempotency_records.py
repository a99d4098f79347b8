"""What an `Idempotency-Key` keeps, for whom, and how large it gets (decisions 72 and 73)."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import RequestFactory

from tests.conftest import JSONAPI, Answer, Api
from tests.transfers import order_of
from wallet_transaction_api.api.idempotency import fingerprint
from wallet_transaction_api.ledger import holds, limits, posting, transfers
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import IdempotencyRecord, Transaction, Wallet

ATOMIC = f'{JSONAPI};ext="https://jsonapi.org/ext/atomic"'
LARGE = {"m": "x" * 16_000}
#: One resource as JSON, and a hundred of them: docs/jsonapi.md, "How large an answer is".
ONE_RESOURCE = 24 * 1024


def _linked(wallet: Wallet) -> Any:
    return {"data": {"type": "wallets", "id": str(wallet.pk)}}


def _under(api: Api, key: str, method: str, path: str, data: Any = None, **more: Any) -> Answer:
    body = "" if data is None else json.dumps(more.get("body", {"data": data}))
    kind = more.get("kind", JSONAPI)
    headers = {"Idempotency-Key": key}
    return api.request(method, path, data=body, content_type=kind, headers=headers)


def _operate(api: Api, key: str, *operations: Any) -> Answer:
    body = {"atomic:operations": operations}
    return _under(api, key, "POST", "/api/operations", {}, body=body, kind=ATOMIC)


@pytest.fixture
def api(alice: User) -> Api:
    return Api(alice)


@pytest.fixture
def rent(open_wallet: Callable[..., Wallet]) -> Wallet:
    return open_wallet("100.00", label="Rent")


@pytest.fixture
def things(rent: Wallet, open_wallet: Callable[..., Wallet]) -> dict[str, Any]:
    """Return one of each type, of alice's."""
    purse = open_wallet("10.00", label="Purse")
    limit = limits.set_limit(
        wallet_id=rent.pk, direction="debit", window="day", max_amount=Decimal(50)
    )
    return {
        "wallets": rent,
        "transactions": rent.transactions.get(),
        "transfers": transfers.transfer(order_of(purse, rent, "1.00")),
        "holds": holds.place(wallet_id=rent.pk, amount=Decimal(1)),
        "limits": limit,
    }


WORDS: list[tuple[str, dict[str, Any]]] = [
    ("wallets", {}),
    ("wallets", {"label": "Home"}),
    ("wallets", {"metadata": LARGE}),
    ("wallets", {"status": "active", "overdraftLimit": "0"}),
    ("transactions", {}),
    ("transactions", {"description": "New"}),
    ("transactions", {"metadata": LARGE}),
    ("transactions", {"amount": "100.00"}),
    ("transfers", {}),
    ("transfers", {"description": "New"}),
    ("holds", {}),
    ("limits", {}),
]


@pytest.mark.parametrize(("kind", "attributes"), WORDS)
def test_what_moves_no_money_keeps_nothing(
    staff: User, things: dict[str, Any], kind: str, attributes: dict[str, Any]
) -> None:
    api, key = Api(staff), str(things[kind].pk)
    data = {"type": kind, "id": key, "attributes": attributes}
    update = {"op": "update", "data": data}
    for _ in range(2):
        answer = _under(api, "k-1", "PATCH", f"/api/{kind}/{key}", data)
        assert (answer.status_code, "Idempotent-Replayed" in answer) == (200, False)
        answer = _operate(api, "k-1", update, update)
        assert (answer.status_code, "Idempotent-Replayed" in answer) == (200, False)
    assert not IdempotencyRecord.objects.exists()


def test_its_key_is_free_for_another_request(api: Api, things: dict[str, Any]) -> None:
    rent = things["wallets"]
    data = {"type": "wallets", "id": str(rent.pk), "attributes": {"label": "Home"}}
    assert _under(api, "k-1", "PATCH", f"/api/wallets/{rent.pk}", data).status_code == 200
    paid = {
        "type": "transactions",
        "attributes": {"amount": "1.00"},
        "relationships": {"wallet": _linked(rent)},
    }
    assert _under(api, "k-1", "POST", "/api/transactions", paid).status_code == 201
    assert _under(api, "k-1", "PATCH", f"/api/wallets/{rent.pk}", data).status_code == 422


@pytest.mark.parametrize(
    ("kind", "attributes"),
    [
        ("transactions", {"amount": "90.00"}),
        ("transactions", {"amount": "90.00", "description": "New"}),
        ("holds", {"status": "captured"}),
        ("holds", {"status": "voided"}),
        ("wallets", {"overdraftLimit": "9.00"}),
        ("wallets", {"status": "frozen", "label": "Ice"}),
        ("limits", {"maxAmount": "60.00"}),
    ],
)
def test_what_moves_money_or_rules_over_it_is_kept(
    staff: User, things: dict[str, Any], kind: str, attributes: dict[str, Any]
) -> None:
    api, key = Api(staff), str(things[kind].pk)
    data = {"type": kind, "id": key, "attributes": attributes}
    _under(api, "k-1", "PATCH", f"/api/{kind}/{key}", data)
    again = _under(api, "k-1", "PATCH", f"/api/{kind}/{key}", data)
    assert (again.status_code, again["Idempotent-Replayed"]) == (200, "true")
    assert IdempotencyRecord.objects.count() == 1


def test_operations_are_kept_if_one_of_them_is(api: Api, rent: Wallet) -> None:
    words = {"type": "wallets", "id": str(rent.pk), "attributes": {"label": "Home"}}
    paid = {
        "type": "transactions",
        "attributes": {"amount": "1"},
        "relationships": {"wallet": _linked(rent)},
    }
    mixed = ({"op": "update", "data": words}, {"op": "add", "data": paid})
    replayed = [_operate(api, "k-2", *mixed).get("Idempotent-Replayed") for _ in range(2)]
    assert replayed == [None, "true"]


@pytest.mark.parametrize("include", ["wallet", "wallet.transactions", "wallet,wallet.entries"])
def test_nothing_is_included_under_a_key(api: Api, rent: Wallet, include: str) -> None:
    paid = {
        "type": "transactions",
        "attributes": {"amount": "1.00"},
        "relationships": {"wallet": _linked(rent)},
    }
    answer = _under(api, "k-1", "POST", f"/api/transactions?include={include}", paid)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert (error["code"], error["source"]) == ("invalid_include", {"parameter": "include"})
    assert rent.transactions.count() == 1
    assert not IdempotencyRecord.objects.exists()
    for query, status in (("include=", 201), ("fields[transactions]=txid", 201)):
        answer = _under(api, query, "POST", f"/api/transactions?{query}", paid)
        assert answer.status_code == status


def test_an_answer_that_the_last_release_kept_with_its_inclusion_is_still_given(
    api: Api, rent: Wallet
) -> None:
    row = rent.transactions.get()
    data = {"type": "transactions", "id": str(row.pk), "attributes": {"amount": "90.00"}}
    url = f"/api/transactions/{row.pk}"
    _under(api, "k-1", "PATCH", url, data)
    record = IdempotencyRecord.objects.get()
    again = f"{url}?include=wallet"
    assert _under(api, "k-1", "PATCH", again, data).status_code == 422
    record.fingerprint = _fingerprint(again, data)
    record.wallet_ids = None
    record.save()
    answer = _under(api, "k-1", "PATCH", again, data)
    assert (answer.status_code, answer["Idempotent-Replayed"]) == (200, "true")


def _fingerprint(url: str, data: Any) -> str:
    body = json.dumps({"data": data})
    return fingerprint(RequestFactory().patch(url, data=body, content_type=JSONAPI))


def test_what_is_kept_is_as_large_as_one_resource(api: Api, rent: Wallet) -> None:
    attributes = {"amount": "1.00", "metadata": LARGE, "description": "\1" * 1000}
    paid = {
        "type": "transactions",
        "attributes": {**attributes, "txid": "\1" * 255},
        "relationships": {"wallet": _linked(rent)},
    }
    for _ in range(5):
        posting.post_one(Posting(wallet_id=rent.pk, amount=Decimal(1), metadata=LARGE))
    assert _under(api, "k-1", "POST", "/api/transactions", paid).status_code == 201
    assert len(IdempotencyRecord.objects.get().body.encode()) < ONE_RESOURCE
    row = {"type": "wallets", "id": str(rent.pk), "attributes": {}}
    assert api.send("PATCH", f"/api/wallets/{rent.pk}", {"data": {**row, "attributes": {
        "metadata": LARGE}}}).status_code == 200  # fmt: skip
    paid["attributes"] = {"amount": "1.00"}
    updates = [{"op": "update", "data": row}] * 99
    assert _operate(api, "k-2", {"op": "add", "data": paid}, *updates).status_code == 200
    body = IdempotencyRecord.objects.get(key="k-2").body
    assert 99 * 16_000 < len(body.encode()) < 100 * ONE_RESOURCE


@pytest.fixture
def clerk(db: None) -> User:
    """Return staff who see and move everybody's money, until they may not."""
    clerk = User.objects.create_user("clerk", password="clerk-s3cret", is_staff=True)
    names = [
        f"{action}_{model}"
        for action in ("view", "add", "change", "delete")
        for model in ("wallet", "transaction", "transfer", "hold")
    ]
    clerk.user_permissions.set(Permission.objects.filter(codename__in=names))
    return clerk


def _requests(things: dict[str, Any], other: Wallet) -> dict[str, tuple[Any, ...]]:
    """Return requests of the clerk's about alice's things: method, path, body, media type."""
    rent = things["wallets"]
    add = {"wallet": _linked(rent)}
    paid = {"type": "transactions", "attributes": {"amount": "1.00"}, "relationships": add}
    broke = {**paid, "attributes": {"amount": "-900.00"}}
    ends = {"source": _linked(rent), "destination": _linked(other)}
    moved = {"type": "transfers", "attributes": {"amount": "1.00"}, "relationships": ends}
    held = {"type": "holds", "attributes": {"amount": "1.00"}, "relationships": add}
    amended = {
        "type": "transactions",
        "id": str(things["transactions"].pk),
        "attributes": {"amount": "99.00"},
    }
    captured = {
        "type": "holds",
        "id": str(things["holds"].pk),
        "attributes": {"status": "captured"},
    }
    operations = {"atomic:operations": [{"op": "add", "data": paid}]}
    operation = {"operationType": "DEPOSIT", "amount": "1.00"}
    refused = {"operationType": "WITHDRAW", "amount": "900.00"}
    plain = f"/api/v1/wallets/{rent.uuid}/operation"
    return {
        "post": ("POST", "/api/transactions", {"data": paid}, JSONAPI),
        "post, refused": ("POST", "/api/transactions", {"data": broke}, JSONAPI),
        "transfer": ("POST", "/api/transfers", {"data": moved}, JSONAPI),
        "hold": ("POST", "/api/holds", {"data": held}, JSONAPI),
        "operations": ("POST", "/api/operations", operations, ATOMIC),
        "amend": ("PATCH", f"/api/transactions/{amended['id']}", {"data": amended}, JSONAPI),
        "capture": ("PATCH", f"/api/holds/{captured['id']}", {"data": captured}, JSONAPI),
        "reverse": ("DELETE", f"/api/transfers/{things['transfers'].pk}", None, JSONAPI),
        "operate": ("POST", plain, operation, "application/json"),
        "operate, refused": ("POST", plain, refused, "application/json"),
    }


REQUESTS = [
    "post", "post, refused", "transfer", "hold", "operations", "amend", "capture", "reverse",
    "operate", "operate, refused",
]  # fmt: skip


@pytest.mark.parametrize("name", REQUESTS)
def test_whoever_lost_the_right_gets_no_replay(
    clerk: User, bob: User, things: dict[str, Any], open_wallet: Callable[..., Wallet], name: str
) -> None:
    method, path, body, kind = _requests(things, open_wallet(label="Other", owner=bob))[name]

    def send(user: User) -> Answer:
        return _under(Api(user), "k-1", method, path, body and {}, body=body, kind=kind)

    first = send(clerk)
    again = send(clerk)
    assert again["Idempotent-Replayed"] == "true"
    assert (again.status_code, again.content) == (first.status_code, first.content)
    clerk.user_permissions.clear()
    lost = send(User.objects.get(pk=clerk.pk))
    assert lost.status_code == 404
    assert "Idempotent-Replayed" not in lost
    code = lost.json().get("code") or lost.json()["errors"][0]["code"]
    assert code == "not_found"


def test_the_404_is_that_of_today(clerk: User, things: dict[str, Any]) -> None:
    row = things["transactions"]
    data = {"type": "transactions", "id": str(row.pk), "attributes": {"amount": "99.00"}}
    url = f"/api/transactions/{row.pk}"
    _under(Api(clerk), "k-1", "PATCH", url, data)
    clerk.user_permissions.clear()
    api = Api(User.objects.get(pk=clerk.pk))
    replayed, fresh = (_under(api, key, "PATCH", url, data) for key in ("k-1", "k-2"))
    assert (replayed.status_code, replayed.content) == (fresh.status_code, fresh.content)


def test_a_wallet_that_was_closed_or_deleted_since_does_not_count(
    api: Api, open_wallet: Callable[..., Wallet]
) -> None:
    used, unused = open_wallet("5.00", label="Used"), open_wallet(label="Unused")
    out = {"operationType": "WITHDRAW", "amount": "5.00"}
    plain = (f"/api/v1/wallets/{used.uuid}/operation", {"kind": "application/json", "body": out})
    _under(api, "out", "POST", plain[0], {}, **plain[1])  # type: ignore[arg-type]
    for wallet in (used, unused):
        answers = [_under(api, wallet.label, "DELETE", f"/api/wallets/{wallet.pk}") for _ in "12"]
        assert [answer.status_code for answer in answers] == [204, 204]
        assert answers[1]["Idempotent-Replayed"] == "true"
    assert not Wallet.objects.filter(pk=unused.pk).exists()
    again = _under(api, "out", "POST", plain[0], {}, **plain[1])  # type: ignore[arg-type]
    assert (again.status_code, again["Idempotent-Replayed"]) == (200, "true")


def test_a_payment_is_replayed_to_who_never_saw_its_destination(
    api: Api, rent: Wallet, bob: User
) -> None:
    attributes = {"amount": "1.00", "destinationUuid": str(bob.default_wallet.uuid)}  # type: ignore[attr-defined]
    moved = {
        "type": "transfers",
        "attributes": attributes,
        "relationships": {"source": _linked(rent)},
    }
    answers = [_under(api, "k-1", "POST", "/api/transfers", moved) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert IdempotencyRecord.objects.get().wallet_ids == str(rent.pk)
    assert Transaction.objects.filter(kind="payment").count() == 2


def test_records_of_the_last_release_are_replayed(clerk: User, things: dict[str, Any]) -> None:
    operation = {"operationType": "DEPOSIT", "amount": "1.00"}
    url = f"/api/v1/wallets/{things['wallets'].uuid}/operation"
    more = {"body": operation, "kind": "application/json"}
    _under(Api(clerk), "k-1", "POST", url, {}, **more)
    IdempotencyRecord.objects.update(wallet_ids=None)
    clerk.user_permissions.clear()
    again = _under(Api(User.objects.get(pk=clerk.pk)), "k-1", "POST", url, {}, **more)
    assert (again.status_code, again["Idempotent-Replayed"]) == (200, "true")
