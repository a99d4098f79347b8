"""`Idempotency-Key` on every face: one request, one movement, one answer, however often it is sent.

The matrix comes from the table of routes: one that may move money and is not tried here fails.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import RequestFactory
from django.utils import timezone

from tests.api.test_permission_matrix import TABLE
from tests.conftest import JSONAPI, Answer, Api
from tests.transfers import order_of
from wallet_transaction_api.api.idempotency import fingerprint
from wallet_transaction_api.ledger import holds, in_flight, posting, transfers
from wallet_transaction_api.ledger.claims import Answer as KeptAnswer
from wallet_transaction_api.ledger.claims import Claim
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import Entry, IdempotencyRecord, Wallet

ATOMIC = f'{JSONAPI};ext="https://jsonapi.org/ext/atomic"'
JSON = "application/json"
#: What moves money: the method, the path, a body that passes, and its media type.
Request = tuple[str, str, Any, str]
REQUESTS: dict[str, Request] = {
    "post a transaction": (
        "POST",
        "/api/transactions",
        {"data": {"type": "transactions", "attributes": {"amount": "1.00"},
                  "relationships": {"wallet": {"data": {"type": "wallets", "id": "{wallet}"}}}}},
        JSONAPI,
    ),
    "amend a transaction": (
        "PATCH",
        "/api/transactions/{transaction}",
        {"data": {"type": "transactions", "id": "{transaction}", "attributes": {"amount": "9.00"}}},
        JSONAPI,
    ),
    "reverse a transaction": ("DELETE", "/api/transactions/{transaction}", None, JSONAPI),
    "open a wallet": (
        "POST",
        "/api/wallets",
        {"data": {"type": "wallets", "attributes": {"label": "New", "balance": "5.00"}}},
        JSONAPI,
    ),
    "rename a wallet": (
        "PATCH",
        "/api/wallets/{wallet}",
        {"data": {"type": "wallets", "id": "{wallet}", "attributes": {"label": "Food"}}},
        JSONAPI,
    ),
    "close a wallet": ("DELETE", "/api/wallets/{empty}", None, JSONAPI),
    "order a transfer": (
        "POST",
        "/api/transfers",
        {"data": {"type": "transfers", "attributes": {"amount": "1.00"}, "relationships": {
            "source": {"data": {"type": "wallets", "id": "{wallet}"}},
            "destination": {"data": {"type": "wallets", "id": "{empty}"}}}}},
        JSONAPI,
    ),
    "explain a transfer": (
        "PATCH",
        "/api/transfers/{transfer}",
        {"data": {"type": "transfers", "id": "{transfer}", "attributes": {"description": "x"}}},
        JSONAPI,
    ),
    "reverse a transfer": ("DELETE", "/api/transfers/{transfer}", None, JSONAPI),
    "place a hold": (
        "POST",
        "/api/holds",
        {"data": {"type": "holds", "attributes": {"amount": "1.00"},
                  "relationships": {"wallet": {"data": {"type": "wallets", "id": "{wallet}"}}}}},
        JSONAPI,
    ),
    "capture a hold": (
        "PATCH",
        "/api/holds/{hold}",
        {"data": {"type": "holds", "id": "{hold}", "attributes": {"status": "captured"}}},
        JSONAPI,
    ),
    "void a hold": (
        "PATCH",
        "/api/holds/{hold}",
        {"data": {"type": "holds", "id": "{hold}", "attributes": {"status": "voided"}}},
        JSONAPI,
    ),
    "do operations": (
        "POST",
        "/api/operations",
        {"atomic:operations": [
            {"op": "add", "data": {"type": "wallets", "attributes": {"label": "Two"}}}]},
        ATOMIC,
    ),
    "credit": ("POST", "/api/wallet/credit", {"amount": "1.00"}, JSON),
    "debit": ("POST", "/api/wallet/debit", {"amount": "1.00"}, JSON),
    "operate": (
        "POST",
        "/api/v1/wallets/{uuid}/operation",
        {"operationType": "DEPOSIT", "amount": 1},
        JSON,
    ),
}  # fmt: skip
MOVERS = pytest.mark.parametrize("name", REQUESTS)
#: What changes words only keeps nothing under its key.
WORDS = {"rename a wallet", "explain a transfer"}


class Sender:
    """Sends a named request of alice's under a key."""

    def __init__(self, alice: User, wallet: Wallet, empty: Wallet) -> None:
        own = Wallet.objects.get(default_for=alice)
        posting.post_one(Posting(wallet_id=own.pk, amount=Decimal(50)))
        self.values = {
            "transfer": str(transfers.transfer(order_of(own, wallet, "1.00")).pk),
            "hold": str(holds.place(wallet_id=own.pk, amount=Decimal(1)).pk),
            "wallet": str(wallet.pk),
            "uuid": str(wallet.uuid),
            "empty": str(empty.pk),
            "transaction": str(wallet.transactions.get(kind="opening").pk),
        }
        self.api = Api(alice)

    def __call__(self, name: str, key: str, *, api: Api | None = None, **more: Any) -> Answer:
        method, path, body, kind = REQUESTS[name]
        text = "" if body is None else json.dumps(more.get("body", body))
        for word, value in self.values.items():
            text, path = text.replace(f"{{{word}}}", value), path.replace(f"{{{word}}}", value)
        headers = {"Idempotency-Key": key}
        return (api or self.api).request(
            method, path, data=text, content_type=kind, headers=headers
        )


@pytest.fixture
def send(alice: User, open_wallet: Callable[..., Wallet]) -> Sender:
    """Return the sender; the wallet holds 101.00, and alice's own 49.00."""
    return Sender(alice, open_wallet("100.00"), open_wallet(label="Empty"))


def _state() -> Any:
    wallets = Wallet.objects.order_by("pk").values_list("pk", "label", "balance", "held", "status")
    return list(wallets), Entry.objects.count()


def test_every_route_that_changes_something_is_tried() -> None:
    changing = {
        (method, path.partition("{")[0].rstrip("/"))
        for path, _, rows in TABLE.values()
        for method in ("POST", "PATCH", "DELETE")
        if method in rows and 403 not in rows[method] and rows[method][1] < 405
    }
    tried = {(method, path.partition("{")[0].rstrip("/")) for method, path, *_ in REQUESTS.values()}
    accounts = {("POST", "/api/token"), ("POST", "/api/token/refresh"), ("POST", "/api/register")}
    nowhere = {(method, "/api/nosuch") for method in ("POST", "PATCH", "DELETE")}
    assert changing - accounts - nowhere - tried == set()


@pytest.mark.parametrize("name", sorted(REQUESTS.keys() - WORDS))
def test_a_repeated_request_is_answered_again_and_not_done_again(send: Sender, name: str) -> None:
    first = send(name, "k-1")
    after = _state()
    second = send(name, "k-1")
    assert first.status_code in {200, 201, 204}, first.content
    assert (second.status_code, second.content) == (first.status_code, first.content)
    kept = ("Content-Type", "Location", "ETag")
    assert [second.get(header) for header in kept] == [first.get(header) for header in kept]
    assert (first.get("Idempotent-Replayed"), second["Idempotent-Replayed"]) == (None, "true")
    assert _state() == after


@MOVERS
def test_another_request_under_the_key_is_refused(send: Sender, name: str) -> None:
    IdempotencyRecord.objects.create(
        owner_id=User.objects.get(username="alice").pk,
        key="k-1", fingerprint="of another request", status=200, body="",
    )  # fmt: skip
    before = _state()
    answer = send(name, "k-1")
    assert answer.status_code == 422
    assert b"idempotency_key_reused" in answer.content
    assert _state() == before


@MOVERS
def test_a_running_request_holds_its_key(send: Sender, name: str, alice: User) -> None:
    claim = Claim(
        owner_id=alice.pk,
        key="k-1",
        fingerprint="",
        write=lambda _: KeptAnswer(status=200, body=""),
    )
    before = _state()
    with in_flight.only_here(claim):
        answer = send(name, "k-1")
    assert answer.status_code == 409
    assert b"idempotency_in_progress" in answer.content
    assert answer["Retry-After"] == "1"
    assert _state() == before


@MOVERS
@pytest.mark.parametrize("key", ["", "x" * 256, "caf\u00e9", "tab\there"])
def test_a_malformed_key_is_refused(send: Sender, name: str, key: str) -> None:
    before = _state()
    answer = send(name, key)
    assert answer.status_code == 400
    assert b"idempotency_key_invalid" in answer.content
    assert _state() == before


@MOVERS
def test_an_expired_key_is_free(send: Sender, name: str) -> None:
    send(name, "k-1")
    IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(days=8))
    assert "Idempotent-Replayed" not in send(name, "k-1").headers


def test_a_refusal_for_lack_of_funds_stays_though_funds_came(send: Sender) -> None:
    for name, body in {
        "debit": {"amount": "60.00"},
        "operate": {"operationType": "WITHDRAW", "amount": 250},
    }.items():
        first = send(name, name, body=body)
        for wallet in Wallet.objects.filter(balance__gt=0):
            posting.post_one(Posting(wallet_id=wallet.pk, amount=Decimal(100)))
        second = send(name, name, body=body)
        assert first.json()["code"] == "insufficient_funds"
        assert (second.status_code, second.content) == (400, first.content)
        assert second["Idempotent-Replayed"] == "true"


def test_a_document_refused_for_lack_of_funds_stays_so_too(send: Sender) -> None:
    body = json.loads(json.dumps(REQUESTS["post a transaction"][2]).replace("1.00", "-150.00"))
    operations = {"atomic:operations": [{"op": "add", **body}]}
    for name, sent in {"post a transaction": body, "do operations": operations}.items():
        first = send(name, name, body=sent)
        posting.post_one(Posting(wallet_id=int(send.values["wallet"]), amount=Decimal(300)))
        second = send(name, name, body=sent)
        assert first.json()["errors"][0]["code"] == "insufficient_funds"
        assert (second.status_code, second.content) == (422, first.content)
        posting.post_one(Posting(wallet_id=int(send.values["wallet"]), amount=Decimal(-300)))


def test_a_malformed_request_is_not_remembered(send: Sender) -> None:
    assert send("credit", "k-1", body={"amount": "1.001"}).status_code == 400
    assert send("credit", "k-1").status_code == 200
    assert send("post a transaction", "k-2", body={"data": 5}).status_code == 400
    assert send("post a transaction", "k-2").status_code == 201


def test_keys_are_their_owners(send: Sender, bob: User) -> None:
    send("credit", "k-1")
    answer = send("credit", "k-1", api=Api(bob))
    assert answer.status_code == 200
    assert "Idempotent-Replayed" not in answer.headers


def test_a_key_is_one_on_all_faces(send: Sender) -> None:
    send("credit", "k-1")
    assert send("operate", "k-1").status_code == 422
    assert send("post a transaction", "k-1").status_code == 422


def test_the_answer_stays_though_the_wallet_is_gone(send: Sender) -> None:
    first = send("operate", "k-1")
    wallet = Wallet.objects.get(pk=send.values["wallet"])
    posting.post_one(Posting(wallet_id=wallet.pk, amount=-wallet.balance))
    wallet.delete()
    assert send("operate", "k-1").content == first.content


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ('{"amount": "1.00", "x": 1}', '{"x":1,\n"amount":"1.00"}', True),
        ('{"amount": 1}', '{"amount": 1.0}', False),
        ('{"amount": 0.1}', '{"amount": 0.10}', False),
        ('{"amount": "1.00"}', '{"amount": "1.0"}', False),
        ('{"amount": 1.5}', '{"amount": ["number", "1.5"]}', False),
        ('{"amount": 1.5}', '{"amount": ["number", "number", "1.5"]}', False),
        ('{"amount": 1, "x": ["number"]}', '{"amount": 1, "x": ["number", "number"]}', False),
        ('{"amount": 1, "x": ["number", 1.5]}', '{"x": ["number",1.5], "amount":1}', True),
        ('{"amount": 1.5}', '{"amount": 7, "amount": 1.5}', False),
        ('{"amount": 1.5}', '{"amount": 7, "\\u0061mount": 1.5}', False),
        ('{"amount": 1.5}', '{"amount": 1.5}'.encode("utf-16"), False),
        ('{"amount": 1.5}', '\ufeff{"amount": 1.5}', False),
    ],
)
def test_bodies_are_compared_as_json(
    alice: User, first: str, second: str | bytes, same: bool
) -> None:
    api, headers = Api(alice), {"Idempotency-Key": "k-1"}
    for text, status in ((first, 200), (second, 200 if same else 422)):
        answer = api.request(
            "POST", "/api/wallet/credit", data=text, content_type=JSON, headers=headers
        )
        assert answer.status_code == status


def test_what_the_last_release_kept_is_still_known(rf: RequestFactory) -> None:
    body = '{"note": ["a", -1.50e3], "amount": 1}'
    request = rf.post("/api/wallet/credit/", data=body, content_type=JSON)
    kept = "8ede47eef0766fc11f1c740ee13a22b8c9279d4c6ef3ac6c3e998379d99ecd9d"
    assert fingerprint(request) == kept


def test_forms_are_compared_by_their_fields(alice: User) -> None:
    api, headers = Api(alice), {"Idempotency-Key": "k-1"}
    form = "application/x-www-form-urlencoded"
    answers = [
        api.request("POST", path, data=text, content_type=form, headers=headers)
        for path, text in (
            ("/api/wallet/credit", "amount=1.00&note=a"),
            ("/api/wallet/credit/", "note=a&amount=1.00"),
            ("/api/wallet/credit", "amount=2.00&note=a"),
        )
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 422]
    assert Wallet.objects.get(default_for=alice).balance == 1


def test_multipart_forms_too(alice: User) -> None:
    api, headers = Api(alice), {"Idempotency-Key": "k-1"}
    body = '--b\r\nContent-Disposition: form-data; name="amount"\r\n\r\n{}\r\n--b--\r\n'
    answers = [
        api.request(
            "POST", "/api/wallet/credit", data=body.format(amount),
            content_type="multipart/form-data; boundary=b", headers=headers,
        )
        for amount in ("1.00", "1.00", "2.00")
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [200, 200, 422]
