"""How cached values are written: compact JSON, decimals as strings. Pure."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

from wallet_transaction_api.ledger.rules import WalletState
from wallet_transaction_api.text_cache import text_cache

Row: TypeAlias = dict[str, Any]
#: The columns of a balance, as `ledger.balances` answers them.
BALANCE = ("id", "uuid", "owner_id", "currency", "balance", "available", "status", "version")

_encode = json.JSONEncoder(separators=(",", ":"), default=str).encode


def columns_of(wallet: WalletState) -> Row:
    """Return a wallet's state as `ledger.balances` would answer it."""
    return {name: getattr(wallet, name) for name in BALANCE}


def write_balance(wallet: Mapping[str, Any]) -> str:
    """Write one wallet's balance columns, by position."""
    return _encode([wallet[name] for name in BALANCE])


@text_cache(most=2048, longest=500)
def read_balance(text: str | bytes) -> Mapping[str, Any]:
    """Read what `write_balance` wrote; a text that is read again is read once."""
    row = dict(zip(BALANCE, json.loads(text), strict=True))
    row["uuid"] = UUID(row["uuid"])
    row["balance"] = Decimal(row["balance"])
    row["available"] = Decimal(row["available"])
    return row


def write_recent(rows: Sequence[Row]) -> str:
    """Write a list of transactions."""
    return _encode(rows)


def read_recent(text: str | bytes) -> list[Row]:
    """Read what `write_recent` wrote."""
    return [_read_transaction(row) for row in json.loads(text)]


def _read_transaction(row: Row) -> Row:
    row["amount"] = Decimal(row["amount"])
    row["balance_after"] = Decimal(row["balance_after"])
    row["created_at"] = datetime.fromisoformat(row["created_at"])
    return row
