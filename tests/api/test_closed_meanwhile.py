"""A wallet that is closed between its look-up and its lock: only staff hear that it is closed."""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User

from tests.conftest import JSONAPI, Answer, Api
from tests.transfers import order_of
from wallet_transaction_api import cache
from wallet_transaction_api.ledger import posting, transfers, wallets
from wallet_transaction_api.ledger.journal import Book
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import IdempotencyRecord, Wallet

ATOMIC = f'{JSONAPI};ext="https://jsonapi.org/ext/atomic"'
JSON = "application/json"
WALLET = {"data": {"type": "wallets", "id": "{wallet}"}}
OTHER = {"data": {"type": "wallets", "id": "{other}"}}


def _of(kind: str, **members: Any) -> dict[str, Any]:
    return {"data": {"type": kind, **members}}


def _transfer(**relationships: Any) -> dict[str, Any]:
    return _of("transfers", attributes={"amount": "1.00"}, relationships=relationships)


HANDED = _of(
    "transfers",
    attributes={"amount": "1.00", "destinationUuid": "{uuid}"},
    relationships={"source": OTHER},
)
#: The method, the path and the body, and what the refusal of a document points at.
Request = tuple[str, str, Any, str | None]
CREATED: dict[str, Request] = {
    "post": (
        "POST", "/api/transactions",
        _of("transactions", attributes={"amount": "1.00"}, relationships={"wallet": WALLET}),
        "/data/relationships/wallet/data",
    ),
    "post as the ancestor did": (
        "POST", "/api/transactions",
        _of("Transaction", attributes={"amount": "1.00", "wallet": "{wallet}"}),
        "/data/attributes/wallet",
    ),
    "transfer away": (
        "POST", "/api/transfers", _transfer(source=WALLET, destination=OTHER),
        "/data/relationships/source/data",
    ),
    "transfer to": (
        "POST", "/api/transfers", _transfer(source=OTHER, destination=WALLET),
        "/data/relationships/destination/data",
    ),
    "transfer to its handle": (
        "POST", "/api/transfers", HANDED, "/data/attributes/destinationUuid",
    ),
    "hold": (
        "POST", "/api/holds",
        _of("holds", attributes={"amount": "1.00"}, relationships={"wallet": WALLET}),
        "/data/relationships/wallet/data",
    ),
}  # fmt: skip
CHANGED: dict[str, Request] = {
    "amend": (
        "PATCH", "/api/transactions/{transaction}",
        _of("transactions", id="{transaction}", attributes={"amount": "11.00"}), None,
    ),
    "describe": (
        "PATCH", "/api/transactions/{transaction}",
        _of("transactions", id="{transaction}", attributes={"description": "x"},
            relationships={"wallet": WALLET}), None,
    ),
    "reverse": ("DELETE", "/api/transactions/{transaction}", None, None),
    "describe a transfer": (
        "PATCH", "/api/transfers/{transfer}",
        _of("transfers", id="{transfer}", attributes={"description": "x"}), None,
    ),
    "reverse a transfer": ("DELETE", "/api/transfers/{transfer}", None, None),
    "close": ("DELETE", "/api/wallets/{wallet}", None, None),
}  # fmt: skip
RENAME: Request = (
    "PATCH", "/api/wallets/{wallet}",
    _of("wallets", id="{wallet}", attributes={"label": "x"}), None,
)  # fmt: skip
PLAIN: dict[str, Request] = {
    "operate": (
        "POST", "/api/v1/wallets/{uuid}/operation",
        {"operationType": "DEPOSIT", "amount": "1.00"}, None,
    ),
    "credit": ("POST", "/api/wallet/credit", {"amount": "1.00"}, None),
    "debit": ("POST", "/api/wallet/debit", {"amount": "1.00"}, None),
}  # fmt: skip
DOCUMENTS = {**CREATED, **CHANGED, "rename": RENAME}
#: What the state alone refuses to who sees the closed wallet.
REFUSED = [name for name in DOCUMENTS if name not in {"rename", "close"}]


def _operation(method: str, path: str, body: Any) -> tuple[str, str, Any]:
    """Say the same as an atomic operation."""
    verb = {"POST": "add", "PATCH": "update", "DELETE": "remove"}[method]
    said = body or {"href": path}
    return "POST", "/api/operations", {"atomic:operations": [{"op": verb, **said}]}


class Sender:
    """Sends a named request about alice's emptied wallet, which is closed on its way."""

    def __init__(self, alice: User, other: Wallet, close: Callable[[Wallet], None]) -> None:
        self.wallet, self._close = alice.default_wallet, close
        deposit = posting.post_one(Posting(wallet_id=self.wallet.pk, amount=Decimal(10)))
        moved = transfers.transfer(order_of(self.wallet, other, "4"))
        posting.post_one(Posting(wallet_id=self.wallet.pk, amount=Decimal(-6)))
        self._values = {
            "wallet": str(self.wallet.pk),
            "uuid": str(self.wallet.uuid),
            "other": str(other.pk),
            "transaction": str(deposit.transaction_id),
            "transfer": str(moved.pk),
        }

    def __call__(self, user: User, request: Request, **how: Any) -> Answer:
        """Send it; `atomic` as an operation, under a `key` if one is given."""
        method, path, body, _ = request
        kind = JSON if request in PLAIN.values() else JSONAPI
        if how.get("atomic"):
            (method, path, body), kind = _operation(method, path, body), ATOMIC
        text = "" if body is None else json.dumps(body)
        for word, value in self._values.items():
            text, path = text.replace(f"{{{word}}}", value), path.replace(f"{{{word}}}", value)
        headers = {"Idempotency-Key": how["key"]} if "key" in how else {}
        self._close(self.wallet)
        return Api(user).request(method, path, data=text, content_type=kind, headers=headers)


@pytest.fixture
def close_meanwhile(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Wallet], None]]:
    """Have a wallet closed when wallets are about to be locked: all look-ups are over then."""
    opened = Book.__init__

    def meanwhile(wallet: Wallet) -> None:
        def late(book: Book, *arguments: Any, **more: Any) -> None:
            monkeypatch.setattr(Book, "__init__", opened)
            wallets.close(wallet_id=wallet.pk)
            opened(book, *arguments, **more)

        monkeypatch.setattr(Book, "__init__", late)

    yield meanwhile
    assert Book.__init__ is opened, "no wallet was locked"


@pytest.fixture
def send(
    alice: User,
    open_wallet: Callable[..., Wallet],
    close_meanwhile: Callable[[Wallet], None],
) -> Sender:
    """Return the sender; alice's other wallet holds 54.00."""
    return Sender(alice, open_wallet("50.00"), close_meanwhile)


def _error(answer: Answer) -> dict[str, Any]:
    error: dict[str, Any] = answer.json()["errors"][0]
    return error


@pytest.mark.parametrize("name", DOCUMENTS)
def test_it_is_missing_to_its_owner(send: Sender, alice: User, name: str) -> None:
    answer = send(alice, DOCUMENTS[name])
    assert (answer.status_code, _error(answer)["code"]) == (404, "not_found")
    assert _error(answer).get("source", {}).get("pointer") == DOCUMENTS[name][3]
    send.wallet.refresh_from_db()
    assert send.wallet.balance == 0


@pytest.mark.parametrize("name", DOCUMENTS)
def test_an_operation_hears_the_same(send: Sender, alice: User, name: str) -> None:
    answer = send(alice, DOCUMENTS[name], atomic=True)
    assert (answer.status_code, _error(answer)["code"]) == (404, "not_found")
    assert _error(answer)["source"]["pointer"].startswith("/atomic:operations/0")


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("atomic", [False, True])
def test_staff_hear_that_it_is_closed(send: Sender, staff: User, name: str, atomic: bool) -> None:
    answer = send(staff, DOCUMENTS[name], atomic=atomic)
    assert (answer.status_code, _error(answer)["code"]) == (409, "wallet_closed")


def test_staff_may_rename_it(send: Sender, staff: User) -> None:
    answer = send(staff, RENAME)
    attributes = answer.json()["data"]["attributes"]
    assert (attributes["label"], attributes["status"]) == ("x", "closed")


def test_who_may_change_wallets_but_not_see_them_hears_what_owners_hear(
    send: Sender, alice: User
) -> None:
    alice.is_staff = True
    alice.save()
    alice.user_permissions.add(*Permission.objects.filter(codename__startswith="change_"))
    assert send(alice, CREATED["hold"]).status_code == 404


@pytest.mark.parametrize("name", ["operate", "credit", "debit"])
def test_the_plain_faces_say_the_same(send: Sender, alice: User, name: str) -> None:
    answer = send(alice, PLAIN[name])
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_operations_face_tells_staff(send: Sender, staff: User) -> None:
    answer = send(staff, PLAIN["operate"])
    assert (answer.status_code, answer.json()["code"]) == (400, "wallet_closed")


@pytest.mark.parametrize("name", [*DOCUMENTS, *PLAIN])
def test_a_key_does_not_remember_that_it_is_missing(send: Sender, alice: User, name: str) -> None:
    answer = send(alice, {**DOCUMENTS, **PLAIN}[name], key="k-1")
    assert answer.status_code == 404
    assert not IdempotencyRecord.objects.exists()


@pytest.mark.parametrize("name", [*REFUSED, "operate"])
def test_a_key_remembers_that_it_is_closed(send: Sender, staff: User, name: str) -> None:
    send(staff, {**DOCUMENTS, **PLAIN}[name], key="k-1")
    assert "wallet_closed" in IdempotencyRecord.objects.get().body


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k-1"}])
def test_postings_that_are_committed_together_hear_the_same(
    alice: User, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]
) -> None:
    wallet, find = alice.default_wallet, cache.wallet_by_uuid
    for amount in (1, -1):
        posting.post_one(Posting(wallet_id=wallet.pk, amount=Decimal(amount)))

    def found_open(uuid: Any) -> Any:
        row = find(uuid)
        wallets.close(wallet_id=wallet.pk)
        return row

    monkeypatch.setattr(cache, "wallet_by_uuid", found_open)
    body = json.dumps({"operationType": "DEPOSIT", "amount": "1.00"})
    path = f"/api/v1/wallets/{wallet.uuid}/operation"
    answer = Api(alice).request("POST", path, data=body, content_type=JSON, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert not IdempotencyRecord.objects.exists()
