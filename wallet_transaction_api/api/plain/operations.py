"""`/api/v1/wallets/<uuid>`: deposits and withdrawals by a wallet's handle. The hot path."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from wallet_transaction_api import cache, money
from wallet_transaction_api.api.plain import fields, movements
from wallet_transaction_api.api.plain.answers import Refused, answer
from wallet_transaction_api.api.plain.movements import Row
from wallet_transaction_api.ledger import errors
from wallet_transaction_api.ledger.posting import Posted

_OPERATIONS: Mapping[Any, Callable[[Decimal], Decimal]] = {
    "DEPOSIT": lambda amount: amount,
    "WITHDRAW": money.negate,
}


def balance(request: HttpRequest, uuid: str) -> HttpResponse:
    """Answer with the balance."""
    return answer({"balance": movements.balance_of(_found(request, uuid, cache.balance_by_uuid))})


def operate(request: HttpRequest, uuid: str) -> HttpResponse:
    """Deposit or withdraw."""

    def read() -> tuple[Row, Decimal]:
        wallet = _found(request, uuid, cache.wallet_by_uuid)
        asked = fields.read(request)
        amount = _amount(asked, wallet["currency"])
        return wallet, _signed(asked.get("operationType"), amount)

    return movements.post(request, read, _operated)


def _operated(posted: Posted) -> HttpResponse:
    return answer({"status": "Success", "new_balance": movements.balance_after(posted)})


def _found(request: HttpRequest, uuid: str, find: Callable[[UUID], Row | None]) -> Row:
    try:
        key = UUID(uuid)
    except ValueError:
        raise errors.WalletNotFound from None
    return movements.visible(request, find(key))


def _amount(asked: Mapping[str, Any], currency: str) -> Decimal:
    """Read the amount; this face has one text for whatever is wrong with it."""
    try:
        return fields.read_amount(asked, currency)
    except errors.InvalidInput as refusal:
        raise Refused(refusal.code, detail=refusal.detail) from refusal


def _signed(operation: object, amount: Decimal) -> Decimal:
    if not isinstance(operation, str) or operation not in _OPERATIONS:
        raise Refused("invalid_operation")
    return _OPERATIONS[operation](amount)
