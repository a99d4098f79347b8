"""How cached values are written: compact JSON, decimals as strings. Pure.

What is read may be forged by whoever writes to Redis: it is read as data, type by type, and what
these functions did not write is answered with None.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

from wallet_transaction_api.cache import recent
from wallet_transaction_api.ledger.rules import WalletState
from wallet_transaction_api.models import Transaction, Wallet
from wallet_transaction_api.money import DECIMAL_PLACES
from wallet_transaction_api.text_cache import text_cache

Row: TypeAlias = dict[str, Any]
#: The columns of a balance, as `ledger.balances` answers them.
BALANCE = ("id", "uuid", "owner_id", "currency", "balance", "available", "status", "version")
#: Bytes; longer texts are none of ours, and are not even taken from Redis.
LONGEST_BALANCE = 512
LONGEST_RECENT = 512 * 1024
#: Of a decimal as text, and of any number below 10 ** 18.
_LONGEST_AMOUNT = 45
_OUT_OF_RANGE = Decimal(10) ** 18
_LARGEST_INTEGER = 2**63 - 1

_encode = json.JSONEncoder(separators=(",", ":"), default=str).encode


def columns_of(wallet: WalletState) -> Row:
    """Return a wallet's state as `ledger.balances` would answer it."""
    return {name: getattr(wallet, name) for name in BALANCE}


def write_balance(wallet: Mapping[str, Any]) -> str:
    """Write one wallet's balance columns, by position."""
    return _encode([wallet[name] for name in BALANCE])


def read_balance(text: str | bytes) -> Mapping[str, Any] | None:
    """Read what `write_balance` wrote, else None; a text that is read again is read once."""
    return _read_balance(text) if len(text) <= LONGEST_BALANCE else None


def write_recent(rows: Sequence[Row]) -> str:
    """Write a list of transactions."""
    return _encode(rows)


def read_recent(text: str | bytes) -> list[Row] | None:
    """Read what `write_recent` wrote, else None."""
    if len(text) > LONGEST_RECENT:
        return None
    try:
        rows = json.loads(text)
        if not isinstance(rows, list) or len(rows) > recent.KEPT:
            return None
        return [_read(row, _TRANSACTION) for row in rows]
    except (ValueError, ArithmeticError, RecursionError):
        return None


@text_cache(most=2048, longest=LONGEST_BALANCE)
def _read_balance(text: str | bytes) -> Mapping[str, Any] | None:
    try:
        values = json.loads(text)
        if not isinstance(values, list):
            return None
        return _read(dict(zip(BALANCE, values, strict=True)), _BALANCE)
    except (ValueError, ArithmeticError, RecursionError):
        return None


def _read(row: Any, readers: Mapping[str, Callable[[Any], Any]]) -> Row:
    """Return the row with each value read; raises `ValueError` for another form."""
    if not isinstance(row, dict) or row.keys() != readers.keys():
        raise ValueError("other members")
    return {name: read(row[name]) for name, read in readers.items()}


def _integer(value: Any) -> int:
    if type(value) is not int or not 0 < value <= _LARGEST_INTEGER:
        raise ValueError("no key or version")
    return value


def _text(most: int, *choices: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or len(value) > most or (choices and value not in choices):
            raise ValueError("no such text")
        value.encode()  # raises for a lone surrogate, which no answer can hold
        return value

    return read


def _amount(value: Any) -> Decimal:
    amount = Decimal(_text(_LONGEST_AMOUNT)(value))
    exponent = amount.as_tuple().exponent
    is_number = isinstance(exponent, int) and abs(amount) < _OUT_OF_RANGE
    if not is_number or exponent < -DECIMAL_PLACES:  # type: ignore[operator]
        raise ValueError("no amount")
    return amount


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(40)(value))
    if moment.tzinfo is None:
        raise ValueError("no instant")
    return moment.astimezone(UTC)


_BALANCE: Mapping[str, Callable[[Any], Any]] = {
    "id": _integer,
    "uuid": lambda value: UUID(_text(36)(value)),
    "owner_id": _integer,
    "currency": _text(10),
    "balance": _amount,
    "available": _amount,
    "status": _text(10, *Wallet.Status.values),
    "version": _integer,
}
_TRANSACTION: Mapping[str, Callable[[Any], Any]] = {
    "id": _integer,
    "txid": _text(255),
    "amount": _amount,
    "kind": _text(10, *Transaction.Kind.values),
    "description": _text(1000),
    "balance_after": _amount,
    "created_at": _moment,
}
