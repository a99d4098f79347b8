"""What is hashed: the exact text of an entry and of a seal, the same on every database."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256

from wallet_transaction_api import money
from wallet_transaction_api.sql import Row

#: The bytes of one entry's digest.
LEAF = 32
#: What the first seal names as the digest before it.
GENESIS = "0" * 64


def leaf_of(entry: Row) -> bytes:
    """Return the SHA-256 of all that an entry says: amounts with 18 decimals, moments in UTC."""
    return sha256(
        _text(
            "entry 1",
            *(entry[name] for name in ("id", "wallet_id", "sequence", "transaction_id")),
            *(_amount(entry[name]) for name in ("amount", "balance_after")),
            entry["reason"],
            entry["actor_id"],
            _moment(entry["created_at"]),
            # One without a request says no more than all entries did before there were any.
            *filter(None, [entry["request_id"]]),
        )
    ).digest()


def hold_leaf_of(entry: Row) -> bytes:
    """Return the SHA-256 of all that an entry of the journal of holds says, likewise."""
    captured = entry["captured_amount"]
    return sha256(
        _text(
            "hold entry 1",
            *(entry[name] for name in ("id", "wallet_id", "sequence", "hold_id", "status")),
            _amount(entry["amount"]),
            _moment(entry["expires_at"]),
            None if captured is None else _amount(captured),
            entry["transaction_id"],
            _moment(entry["created_at"]),
        )
    ).digest()


def digest_of(seal: Row) -> str:
    """Return the SHA-256 of a seal: journal, place, range, the seal before it, every leaf."""
    names = ("number", "previous", "wallet_id", "first_sequence", "last_sequence")
    kind = "seal 1" if seal["journal"] == "entries" else f"seal of {seal['journal']} 1"
    head = _text(kind, *(seal[name] for name in names), _moment(seal["created_at"]))
    return sha256(head + b"\n" + seal["leaves"]).hexdigest()


def leaf_at(seal: Row, sequence: int) -> bytes:
    """Return the digest that the seal keeps of the entry."""
    start = (sequence - seal["first_sequence"]) * LEAF
    leaf: bytes = seal["leaves"][start : start + LEAF]
    return leaf


def _text(*values: object) -> bytes:
    return json.dumps(values, separators=(",", ":")).encode()


def _amount(amount: Decimal) -> str:
    return money.format_amount(amount, money.DECIMAL_PLACES)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
