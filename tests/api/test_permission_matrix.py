"""Who may do what: every route by method by (anonymous, owner, stranger, staff).

The routes come from the URL resolver. One that the table does not know fails: whoever adds a
route says here who may use it.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver

from tests.conftest import JSONAPI, Answer, Api
from tests.transfers import order_of
from wallet_transaction_api.ledger import holds, limits, transfers
from wallet_transaction_api.models import AuditRecord, Wallet

ACTORS = ("anonymous", "owner", "stranger", "staff")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
Row = tuple[int, int, int, int]
#: Statuses of anonymous, owner, stranger and staff, on the owner's object.
MINE: Row = (401, 200, 404, 200)
EACH_THEIR_OWN: Row = (401, 200, 200, 200)
NO_METHOD: Row = (401, 405, 405, 405)
ALLOWED: Row = (401, 204, 204, 204)
NOT_FOUND: Row = (404, 404, 404, 404)
FIXED: Row = (401, 403, 404, 403)
OPEN: Row = (200, 200, 200, 200)

JSON = "application/json"
ATOMIC = f'{JSONAPI};ext="https://jsonapi.org/ext/atomic"'
OPERATION = {"operationType": "DEPOSIT", "amount": 1}
LINKED = {"wallet": {"data": {"type": "wallets", "id": "{wallet}"}}}
NEW_WALLET = {"data": {"type": "wallets", "attributes": {"label": "New"}}}
NEW_TRANSACTION = {
    "data": {"type": "transactions", "attributes": {"amount": "1.00"}, "relationships": LINKED}
}
OPERATIONS = {"atomic:operations": [{"op": "add", **NEW_TRANSACTION}]}
NEW_TRANSFER = {
    "data": {
        "type": "transfers",
        "attributes": {"amount": "1.00"},
        "relationships": {
            "source": {"data": {"type": "wallets", "id": "{purse}"}},
            "destination": {"data": {"type": "wallets", "id": "{wallet}"}},
        },
    }
}
EXPLAINED = {"data": {"type": "transfers", "id": "{transfer}", "attributes": {"description": "x"}}}
RENAMED = {"data": {"type": "wallets", "id": "{wallet}", "attributes": {"label": "Food"}}}
NEW_HOLD = {"data": {"type": "holds", "attributes": {"amount": "1.00"}, "relationships": LINKED}}
VOIDED = {"data": {"type": "holds", "id": "{hold}", "attributes": {"status": "voided"}}}
NEW_LIMIT = {
    "data": {
        "type": "limits",
        "attributes": {"direction": "debit", "window": "day", "maxAmount": "1.00"},
        "relationships": LINKED,
    }
}
RAISED = {"data": {"type": "limits", "id": "{limit}", "attributes": {"maxAmount": "2.00"}}}
AMENDED = {"data": {"type": "transactions", "id": "{entry}", "attributes": {"amount": "9.00"}}}

WALLETS, TRANSACTIONS, TRANSFERS, ENTRIES = (
    rf"api/^{name}" for name in ("wallets", "transactions", "transfers", "entries")
)
HOLDS, LIMITS, RECORDS = r"api/^holds", r"api/^limits", r"api/^audit-records"
DOCUMENTS = (WALLETS, TRANSACTIONS, TRANSFERS, ENTRIES, HOLDS, LIMITS, RECORDS)
KEY, NAME = r"/(?P<key>[^/]+)", r"(?P<name>[^/]+)"
END = r"/?\Z"
UUID = r"(?P<uuid>[^/]+)"
READ = {"GET": MINE, "HEAD": MINE}
RESERVED = dict.fromkeys(("GET", "HEAD"), (401, 403, 403, 200))
OWN = {"GET": EACH_THEIR_OWN, "HEAD": EACH_THEIR_OWN}
LINKAGE = {**READ, "PATCH": FIXED}
MEMBERS = {**LINKAGE, "POST": FIXED, "DELETE": FIXED}
NO_ACCOUNT = dict.fromkeys(METHODS, (405,) * 4) | {"OPTIONS": (204,) * 4}
PROBE = {**NO_ACCOUNT, "GET": OPEN, "HEAD": OPEN}

#: Route → an URL of it, the body that is sent, and the row of each method; `NO_METHOD` unless
#: said otherwise.
TABLE: dict[str, tuple[str, Any, dict[str, Any]]] = {
    rf"^livez{END}": ("/livez", {}, PROBE),
    rf"^readyz{END}": ("/readyz", {}, PROBE),
    r"^api(?:/|\Z)": ("/api/nosuch", {}, dict.fromkeys(METHODS, NOT_FOUND)),
    rf"^api{END}": ("/api", {}, OWN),
    rf"api/^openapi\.json{END}": ("/api/openapi.json", {}, PROBE),
    rf"api/^docs{END}": ("/api/docs", {}, PROBE),
    rf"api/^operations{END}": ("/api/operations", OPERATIONS, {"POST": MINE}),
    rf"api/^wallet/balance{END}": ("/api/wallet/balance", {}, OWN),
    rf"api/^wallet/credit{END}": ("/api/wallet/credit", {"amount": 1}, {"POST": EACH_THEIR_OWN}),
    rf"api/^wallet/debit{END}": (
        "/api/wallet/debit",
        {"amount": 1},
        {"POST": (401, 400, 400, 400)},
    ),
    rf"api/^wallet/transactions{END}": ("/api/wallet/transactions", {}, OWN),
    rf"api/^token{END}": ("/api/token", {}, {**NO_ACCOUNT, "POST": (400,) * 4}),
    rf"api/^token/refresh{END}": ("/api/token/refresh", {}, {**NO_ACCOUNT, "POST": (400,) * 4}),
    rf"api/^register{END}": ("/api/register", {}, {**NO_ACCOUNT, "POST": (403,) * 4}),
    rf"api/^v1/wallets/{UUID}{END}": ("/api/v1/wallets/{uuid}", {}, READ),
    rf"api/^v1/wallets/{UUID}/operation{END}": (
        "/api/v1/wallets/{uuid}/operation",
        OPERATION,
        {"POST": MINE},
    ),
    rf"{WALLETS}{END}": ("/api/wallets", NEW_WALLET, {**OWN, "POST": (401, 201, 201, 201)}),
    rf"{WALLETS}{KEY}{END}": (
        "/api/wallets/{wallet}",
        RENAMED,
        {**READ, "PATCH": MINE, "DELETE": (401, 409, 404, 409)},
    ),
    rf"{WALLETS}{KEY}/relationships/{NAME}{END}": (
        "/api/wallets/{wallet}/relationships/transactions",
        {},
        MEMBERS,
    ),
    rf"{WALLETS}{KEY}/{NAME}{END}": ("/api/wallets/{wallet}/transactions", {}, READ),
    rf"{TRANSACTIONS}{END}": (
        "/api/transactions",
        NEW_TRANSACTION,
        {**OWN, "POST": (401, 201, 404, 201)},
    ),
    rf"{TRANSACTIONS}{KEY}{END}": (
        "/api/transactions/{entry}",
        AMENDED,
        {**READ, "PATCH": MINE, "DELETE": (401, 204, 404, 204)},
    ),
    rf"{TRANSACTIONS}{KEY}/relationships/{NAME}{END}": (
        "/api/transactions/{entry}/relationships/wallet",
        {},
        LINKAGE,
    ),
    rf"{TRANSACTIONS}{KEY}/{NAME}{END}": ("/api/transactions/{entry}/wallet", {}, READ),
    rf"{TRANSFERS}{END}": (
        "/api/transfers",
        NEW_TRANSFER,
        {**OWN, "POST": (401, 201, 404, 201)},
    ),
    rf"{TRANSFERS}{KEY}{END}": (
        "/api/transfers/{transfer}",
        EXPLAINED,
        {**READ, "PATCH": MINE, "DELETE": (401, 204, 404, 204)},
    ),
    rf"{TRANSFERS}{KEY}/relationships/{NAME}{END}": (
        "/api/transfers/{transfer}/relationships/source",
        {},
        LINKAGE,
    ),
    rf"{TRANSFERS}{KEY}/{NAME}{END}": ("/api/transfers/{transfer}/source", {}, READ),
    rf"{HOLDS}{END}": ("/api/holds", NEW_HOLD, {**OWN, "POST": (401, 201, 404, 201)}),
    rf"{HOLDS}{KEY}{END}": ("/api/holds/{hold}", VOIDED, {**READ, "PATCH": MINE}),
    rf"{HOLDS}{KEY}/relationships/{NAME}{END}": (
        "/api/holds/{hold}/relationships/wallet",
        {},
        LINKAGE,
    ),
    rf"{HOLDS}{KEY}/{NAME}{END}": ("/api/holds/{hold}/transaction", {}, READ),
    rf"{LIMITS}{END}": ("/api/limits", NEW_LIMIT, {**OWN, "POST": (401, 403, 403, 201)}),
    rf"{LIMITS}{KEY}{END}": (
        "/api/limits/{limit}",
        RAISED,
        {**READ, "PATCH": (401, 403, 404, 200), "DELETE": (401, 403, 404, 204)},
    ),
    rf"{LIMITS}{KEY}/relationships/{NAME}{END}": (
        "/api/limits/{limit}/relationships/wallet",
        {},
        LINKAGE,
    ),
    rf"{LIMITS}{KEY}/{NAME}{END}": ("/api/limits/{limit}/wallet", {}, READ),
    rf"{ENTRIES}{END}": ("/api/entries", {}, OWN),
    rf"{ENTRIES}{KEY}{END}": ("/api/entries/{movement}", {}, READ),
    rf"{ENTRIES}{KEY}/relationships/{NAME}{END}": (
        "/api/entries/{movement}/relationships/transaction",
        {},
        LINKAGE,
    ),
    rf"{ENTRIES}{KEY}/{NAME}{END}": ("/api/entries/{movement}/wallet", {}, READ),
    rf"{RECORDS}{END}": ("/api/audit-records", {}, RESERVED),
    rf"{RECORDS}{KEY}{END}": ("/api/audit-records/{record}", {}, RESERVED),
}
#: Django's own, with sessions and permissions of its own.
ADMIN = ("admin", "admin/")


def _routes(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver) and route not in ADMIN:
            yield from _routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern | URLResolver):
            yield route


ROUTES = sorted(set(_routes(get_resolver().url_patterns)) - set(ADMIN))


def test_the_table_knows_every_route_and_no_other() -> None:
    assert sorted(TABLE) == ROUTES


@pytest.fixture
def request_as(
    alice: User, bob: User, staff: User, open_wallet: Callable[..., Wallet], settings: Any
) -> Callable[[str, str, str], Answer]:
    """Send a route's request by a method as one of the actors."""
    wallet, purse = (open_wallet("10.00", label=label) for label in ("Rent", "Purse"))
    bound = open_wallet("10.00", label="Bound")
    hold = holds.place(wallet_id=bound.pk, amount=Decimal(1))
    limit = limits.set_limit(
        wallet_id=bound.pk, direction="debit", window="day", max_amount=Decimal(9)
    )
    users = (None, alice, bob, staff)
    clients = {actor: Api(user) for actor, user in zip(ACTORS, users, strict=True)}
    values = {
        "wallet": str(wallet.pk),
        "uuid": str(wallet.uuid),
        "entry": str(wallet.transactions.get().pk),
        "purse": str(purse.pk),
        "hold": str(hold.pk),
        "limit": str(limit.pk),
        "movement": str(wallet.entries.get().pk),
        "record": str(AuditRecord.objects.filter(wallet_id=wallet.pk).get().pk),
    }
    values["transfer"] = str(transfers.transfer(order_of(purse, wallet, "1.00")).pk)
    settings.REGISTRATION_OPEN = False

    def send(route: str, method: str, actor: str) -> Answer:
        path, body, _ = TABLE[route]
        slash = (
            "/" if actor in {"stranger", "staff"} and not path.endswith("/") else ""
        )  # it never matters
        is_document = route.startswith(DOCUMENTS) and method != "PUT"
        content_type = JSONAPI if is_document else JSON
        if body is OPERATIONS and method == "POST":
            content_type = ATOMIC
        return clients[actor].send(
            method, path.format(**values) + slash, _filled(body, values), content_type
        )

    return send


def _filled(body: Any, values: dict[str, str]) -> Any:
    if isinstance(body, dict):
        return {name: _filled(value, values) for name, value in body.items()}
    if isinstance(body, list):
        return [_filled(value, values) for value in body]
    return body.format(**values) if isinstance(body, str) else body


@pytest.mark.parametrize("route", TABLE)
def test_every_actor_is_answered_as_the_table_says(
    request_as: Callable[[str, str, str], Answer], route: str
) -> None:
    wrong = {}
    for method in METHODS:
        for actor, expected in zip(ACTORS, _expected(route, method), strict=True):
            answer = _undone(lambda m=method, a=actor: request_as(route, m, a))  # type: ignore[misc]
            if answer.status_code != expected or not _has_headers(answer, method):
                wrong[method, actor] = (answer.status_code, expected, dict(answer.headers))
    assert wrong == {}


def _expected(route: str, method: str) -> Row:
    row: Row = TABLE[route][2].get(method, ALLOWED if method == "OPTIONS" else NO_METHOD)
    return row


def _undone(send: Callable[[], Answer]) -> Answer:
    """Return the answer and undo what it did, so that the next actor finds the same."""
    with transaction.atomic():
        answer = send()
        transaction.set_rollback(True)
    return answer


def _has_headers(answer: Answer, method: str) -> bool:
    """Tell whether a 401 asks for a token and a 405 lists what is allowed instead."""
    if answer.status_code == 401:
        return bool(answer["WWW-Authenticate"].startswith("Bearer"))
    return answer.status_code != 405 or method not in answer["Allow"].split(", ")
