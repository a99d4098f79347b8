"""The paths of the plain faces, of the probes and of these pages, with their exact bodies."""

from typing import Any

from wallet_transaction_api.api.openapi import answers
from wallet_transaction_api.api.openapi.answers import JSON, Operation
from wallet_transaction_api.api.openapi.members import MONEY, MONEY_INPUT, TEXT, Schema
from wallet_transaction_api.api.openapi.resources import listed, nullable, ref, thing
from wallet_transaction_api.api.plain.registration import LONGEST_PASSWORD

#: The components of these faces begin so, where JSON:API's have the same name.
PLAIN = "Plain"
HTML = "text/html"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_SEEING = frozenset({400, 401, 404, 429, 503})
_MOVING = _SEEING | {403, 409, 413, 415, 422}
_ACCOUNTS = frozenset({400, 401, 403, 409, 413, 415, 429, 503})
_UUID: Schema = {"name": "uuid", "in": "path", "required": True, "schema": TEXT}
_CURSOR: Schema = {"name": "cursor", "in": "query", "schema": TEXT}


def schemas() -> dict[str, Schema]:
    """Return the named schemas of these faces."""
    fields = {"type": "object", "additionalProperties": listed(TEXT)}
    error = thing(required=("error", "code"), error=TEXT, code=TEXT, detail=TEXT, fields=fields)
    return {
        "PlainError": error,
        "Balance": exact(balance=MONEY, currency=TEXT),
        "Moved": exact(status={"const": "Success"}, balance=MONEY, transaction=TEXT),
        "WalletBalance": exact(balance=MONEY),
        "Operated": exact(status={"const": "Success"}, new_balance=MONEY),
        "HistoryItem": exact(
            id=TEXT,
            txid=TEXT,
            amount=MONEY,
            kind=TEXT,
            description=TEXT,
            balance_after=MONEY,
            created_at={"type": "string", "format": "date-time"},
        ),
        "History": exact(results=listed(ref("HistoryItem")), next=nullable(TEXT)),
        "Tokens": exact(access=TEXT, refresh=TEXT),
        "Access": exact(access=TEXT),
        "Account": exact(id=TEXT, username=TEXT, access=TEXT, refresh=TEXT),
        "Alive": exact(status=TEXT),
        "Ready": exact(status=TEXT, database=TEXT, cache=TEXT, missing=listed(TEXT)),
    }


def exact(**properties: Schema) -> Schema:
    """Return the schema of an object with all of these members and no other."""
    return {**thing(required=tuple(properties), **properties), "additionalProperties": False}


def paths() -> dict[str, dict[str, Operation]]:
    """Return every path of these faces."""
    return {**_of_wallet(), **_of_accounts(), **_of_operations(), **_of_service()}


def _of_wallet() -> dict[str, dict[str, Operation]]:
    amount = thing(required=("amount",), amount=MONEY_INPUT)
    return {
        "/api/wallet/balance": {"get": _see("balance", "wallet", "One's balance", "Balance")},
        "/api/wallet/credit": {"post": _move("credit", "wallet", "Pay in", amount, "Moved")},
        "/api/wallet/debit": {"post": _move("debit", "wallet", "Take out", amount, "Moved")},
        "/api/wallet/transactions": {
            "get": _see("history", "wallet", "The history, newest first", "History", _CURSOR)
        },
    }


def _of_operations() -> dict[str, dict[str, Operation]]:
    asked = thing(
        required=("operationType", "amount"),
        operationType={"enum": ["DEPOSIT", "WITHDRAW"]},
        amount=MONEY_INPUT,
    )
    operate = _move("operateWallet", "v1", "Deposit or withdraw", asked, "Operated", _UUID)
    balance = _see("walletBalance", "v1", "A wallet's balance", "WalletBalance", _UUID)
    return {
        "/api/v1/wallets/{uuid}": {"get": balance},
        "/api/v1/wallets/{uuid}/operation": {"post": operate},
    }


def _of_accounts() -> dict[str, dict[str, Operation]]:
    user = thing(required=("username", "password"), username=TEXT, password=TEXT)
    new = thing(
        required=("username", "password"),
        username={**TEXT, "maxLength": 150},
        password={**TEXT, "maxLength": LONGEST_PASSWORD},
        email={**TEXT, "maxLength": 254},
    )
    token = thing(required=("refresh",), refresh=TEXT)
    return {
        "/api/token": {"post": _account("obtainTokens", "Take tokens", user, "Tokens")},
        "/api/token/refresh": {"post": _account("refreshToken", "Renew", token, "Access")},
        "/api/register": {"post": _account("register", "Make an account", new, "Account", 201)},
    }


def _of_service() -> dict[str, dict[str, Operation]]:
    not_ready = answers.answer("Not ready.", ref("Ready"), JSON, ("Retry-After",))
    document, page = {"type": "object"}, TEXT
    unacceptable = answers.refused(PLAIN, {406})
    return {
        "/livez": {"get": _open("alive", "Whether the process runs", ref("Alive"))},
        "/readyz": {
            "get": _open(
                "ready", "Whether requests can be served", ref("Ready"), {"503": not_ready}
            )
        },
        "/api/openapi.json": {"get": _open("describe", "This document", document)},
        "/api/docs": {"get": _open("docs", "Swagger UI", page, unacceptable, media_type=HTML)},
    }


def _see(name: str, tag: str, summary: str, schema: str, *parameters: Schema) -> Operation:
    responses = _responses(summary, schema, _SEEING)
    return answers.secured(
        answers.operation(name, tag, summary, parameters=list(parameters), responses=responses)
    )


def _move(
    name: str, tag: str, summary: str, asked: Schema, schema: str, *parameters: Schema
) -> Operation:
    own = [*parameters, *answers.parameters("Idempotency-Key")]
    return answers.secured(
        answers.operation(
            name,
            tag,
            summary,
            parameters=own,
            requestBody=_fields(asked),
            responses=_responses(summary, schema, _MOVING, named=("Idempotent-Replayed",)),
        )
    )


def _account(name: str, summary: str, asked: Schema, schema: str, status: int = 200) -> Operation:
    responses = _responses(summary, schema, _ACCOUNTS, status=status)
    return answers.operation(
        name, "accounts", summary, requestBody=_fields(asked), responses=responses, security=[{}]
    )


def _open(
    name: str,
    summary: str,
    schema: Schema,
    more: dict[str, Any] | None = None,
    *,
    media_type: str = JSON,
) -> Operation:
    responses = {"200": answers.answer(f"{summary}.", schema, media_type), **(more or {})}
    if not name.startswith(("alive", "ready")):
        responses |= answers.refused(PLAIN, {429})
    return answers.operation(name, "service", summary, responses=responses, security=[{}])


def _responses(
    summary: str,
    schema: str,
    statuses: frozenset[int],
    *,
    status: int = 200,
    named: tuple[str, ...] = (),
) -> dict[str, Any]:
    done = answers.answer(f"{summary}.", ref(schema), JSON, named)
    return {str(status): done, **answers.refused(PLAIN, statuses)}


def _fields(schema: Schema) -> Schema:
    """Return the body of fields, as JSON or as a form."""
    return {
        "required": True,
        "content": {media_type: {"schema": schema} for media_type in (JSON, *_FORMS)},
    }
