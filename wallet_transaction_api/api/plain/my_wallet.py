"""`/api/wallet/`: the wallet that every user has from the start."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse

from wallet_transaction_api import cache, money
from wallet_transaction_api.api import moments
from wallet_transaction_api.api.plain import fields, movements
from wallet_transaction_api.api.plain.answers import Refused, answer
from wallet_transaction_api.api.plain.movements import Row
from wallet_transaction_api.cache import recent
from wallet_transaction_api.ledger import currencies
from wallet_transaction_api.ledger.posting import Posted

#: A transaction's id: where the page before ended.
_CURSOR = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


def balance(request: HttpRequest) -> HttpResponse:
    """Answer with the balance."""
    wallet = _mine(request, cache.balance_of_user)
    return answer({"balance": movements.balance_of(wallet), "currency": wallet["currency"]})


def credit(request: HttpRequest) -> HttpResponse:
    """Put `amount` in."""
    return _move(request, lambda amount: amount)


def debit(request: HttpRequest) -> HttpResponse:
    """Take `amount` out."""
    return _move(request, money.negate)


def history(request: HttpRequest) -> HttpResponse:
    """Answer with a page of the transactions, newest first, and the URL of the next."""
    wallet = _mine(request, cache.balance_of_user)
    rows = _page(wallet["id"], request.GET.get("cursor"))
    shown = rows[: recent.PAGE]
    following = f"{request.path}?cursor={shown[-1]['id']}" if len(rows) > len(shown) else None
    return answer(
        {
            "results": [_written(row, wallet["currency"]) for row in shown],
            "next": following and request.build_absolute_uri(following),
        }
    )


def _mine(request: HttpRequest, find: Callable[[int], Row | None]) -> Row:
    user: Any = request.user
    return movements.visible(request, find(user.pk))


def _move(request: HttpRequest, signed: Callable[[Decimal], Decimal]) -> HttpResponse:
    def read() -> tuple[Row, Decimal]:
        wallet = _mine(request, cache.wallet_of_user)
        return wallet, signed(fields.read_amount(fields.read(request), wallet["currency"]))

    return movements.post(request, read, _moved)


def _moved(posted: Posted) -> HttpResponse:
    return answer(
        {
            "status": "Success",
            "balance": movements.balance_after(posted),
            "transaction": str(posted.transaction_id),
        }
    )


def _page(wallet_id: int, cursor: str | None) -> list[dict[str, Any]]:
    """Return a page and one more row if there is a next page."""
    if cursor is None:
        return cache.recent_transactions(wallet_id)
    if not _CURSOR.fullmatch(cursor):
        raise Refused("invalid_cursor")
    return recent.of_wallet(wallet_id, recent.KEPT, before=int(cursor)).rows


def _written(row: Row, currency: str) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "txid": row["txid"],
        "amount": currencies.format_amount(row["amount"], currency),
        "kind": row["kind"],
        "description": row["description"],
        "balance_after": currencies.format_amount(row["balance_after"], currency),
        "created_at": moments.write(row["created_at"]),
    }
