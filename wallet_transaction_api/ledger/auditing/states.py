"""What a record says of a resource: its members by the names of the API, amounts as exact text."""

from datetime import UTC, datetime
from decimal import Decimal

from wallet_transaction_api.ledger.auditing import State
from wallet_transaction_api.ledger.currencies import format_amount
from wallet_transaction_api.models import Hold, Limit, Transaction, Transfer, Wallet

#: What differs of a hold once it has ended.
PENDING: State = {"status": "pending"}


def of_wallet(row: Wallet) -> State:
    """Return what its owner or staff may change; its money is the journal's business."""
    return {
        "label": row.label,
        "currency": row.currency,
        "status": str(row.status),
        "overdraftLimit": format_amount(row.overdraft_limit, row.currency),
        "ownerId": row.owner_id,
        "metadata": row.metadata,
    }


def of_limit(row: Limit, currency: str) -> State:
    """Return the limit; what its window has used comes from the journal."""
    amount = row.max_amount
    return {
        "direction": str(row.direction),
        "window": str(row.window),
        "maxAmount": None if amount is None else format_amount(amount, currency),
        "maxCount": row.max_count,
    }


def of_hold(row: Hold, currency: str) -> State:
    """Return a hold that is pending."""
    return {
        "amount": format_amount(row.amount, currency),
        "status": str(row.status),
        "expiresAt": _moment(row.expires_at),
        "description": row.description,
        "metadata": row.metadata,
    }


def of_capture(amount: Decimal, currency: str, transaction_id: int) -> State:
    """Return what a hold gains by its capture."""
    return {"capturedAmount": format_amount(amount, currency), "transactionId": transaction_id}


def of_transaction(row: Transaction, currency: str) -> State:
    """Return the transaction as it is shown."""
    return {
        "txid": row.txid,
        "amount": format_amount(row.amount, currency),
        "kind": str(row.kind),
        "description": row.description,
        "metadata": row.metadata,
        "balanceAfter": format_amount(row.balance_after, currency),
    }


def of_transfer(row: Transfer, currency: str, destination_currency: str) -> State:
    """Return the transfer, each amount in its wallet's currency."""
    return {
        "txid": row.txid,
        "destinationId": row.destination_id,
        "amount": format_amount(row.amount, currency),
        "destinationAmount": format_amount(row.destination_amount, destination_currency),
        "description": row.description,
        "metadata": row.metadata,
    }


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC).isoformat(timespec='microseconds')[:-6]}Z"
