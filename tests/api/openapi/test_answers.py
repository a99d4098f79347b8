"""Whatever is asked, answers are those that the document describes, and none is a 5xx."""

from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.api.openapi.described import COMMITTED, operations, read, resolved
from tests.api.openapi.requests import Drawing, Request
from tests.conftest import Api
from tests.transfers import order_of
from wallet_transaction_api.ledger import holds, limits, transfers
from wallet_transaction_api.models import AuditRecord, Wallet

DOCUMENT: Any = read(COMMITTED)
_quick = settings(
    max_examples=6, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


def _strict(schema: Any) -> Any:
    """Return the schema, taking no member that it does not name: clients must know all of them."""
    if isinstance(schema, list):
        return [_strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {name: _strict(item) for name, item in schema.items()}
    if isinstance(schema.get("properties"), dict) and "type" in schema:
        strict.setdefault("additionalProperties", False)
    return strict


@cache
def _components() -> Any:
    return {"schemas": _strict(deepcopy(DOCUMENT["components"]["schemas"]))}


@cache
def _validator(path: str, method: str, status: str, media_type: str) -> Draft202012Validator:
    response = resolved(DOCUMENT, DOCUMENT["paths"][path][method]["responses"][status])
    schema = _strict(response["content"][media_type]["schema"])
    return Draft202012Validator({**schema, "components": _components()})


def _wrong(request: Request, answer: Any) -> str:
    """Return what the document does not say of the answer."""
    described = DOCUMENT["paths"][request.path][request.method]["responses"]
    status = str(answer.status_code)
    if status not in described:
        return f"{status}: {answer.content[:300]!r}"
    content = resolved(DOCUMENT, described[status]).get("content", {})
    media_type = answer.headers.get("Content-Type", "").replace("; charset=utf-8", "")
    if not content:
        return "" if not answer.content else f"{status} has a body"
    if media_type not in content and _bare(media_type) not in content:
        return f"{status} is {media_type}"
    if media_type == "text/html":
        return ""
    known = media_type if media_type in content else _bare(media_type)
    errors = _validator(request.path, request.method, status, known).iter_errors(answer.json())
    return "; ".join(f"{status} {error.json_path}: {error.message[:200]}" for error in errors)


def _bare(media_type: str) -> str:
    return media_type.partition(";")[0]


@pytest.fixture
def known(open_wallet: Callable[..., Wallet]) -> dict[str, list[str]]:
    """Return path parameters that lead to something of alice's."""
    wallet, purse = (open_wallet("10.00", label=label) for label in ("Rent", "Purse"))
    hold = holds.place(wallet_id=wallet.pk, amount=Decimal(1))
    limit = limits.set_limit(
        wallet_id=purse.pk, direction="debit", window="day", max_amount=Decimal(5)
    )
    return {
        "audit-records id": [str(AuditRecord.objects.filter(wallet_id=wallet.pk).last().pk)],  # type: ignore[union-attr]
        "entries id": [str(wallet.entries.get().pk)],
        "holds id": [str(hold.pk)],
        "limits id": [str(limit.pk)],
        "wallets id": [str(wallet.pk), str(purse.pk)],
        "wallets uuid": [str(wallet.uuid), str(purse.uuid)],
        "transactions id": [str(wallet.transactions.get().pk)],
        "transfers id": [str(transfers.transfer(order_of(purse, wallet, "1.00")).pk)],
    }


@pytest.fixture
def send(alice: User, staff: User) -> Callable[..., Any]:
    """Send a drawn request as alice or as staff."""
    clients = [Api(alice), Api(staff)]

    def to_api(request: Request, who: int) -> Any:
        more = {"data": request.body, "content_type": request.content_type} if request.body else {}
        return clients[who].request(
            request.method.upper(), request.url, headers=request.headers, **more
        )

    return to_api


@pytest.mark.parametrize(("path", "method"), operations(DOCUMENT))
def test_any_request_is_answered_as_described(
    known: dict[str, list[str]], send: Callable[..., Any], settings: Any, path: str, method: str
) -> None:
    settings.REGISTRATION_OPEN, settings.THROTTLE_LOGIN = True, None
    right, wild = (Drawing(DOCUMENT, known, junk=junk) for junk in (False, True))

    @_quick
    @given(request=right.request(path, method) | wild.request(path, method), who=st.integers(0, 1))
    def ask(request: Request, who: int) -> None:
        assert _wrong(request, send(request, who)) == "", request

    ask()
