"""Holds that are due: read and written for wallets that the caller has locked."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from wallet_transaction_api import sql
from wallet_transaction_api.ledger import auditing, hold_journal, hold_statements
from wallet_transaction_api.ledger.auditing.states import PENDING
from wallet_transaction_api.models import Hold


def expire_due(wallet_ids: Sequence[int], now: datetime) -> list[tuple[int, Decimal, datetime]]:
    """Expire the due holds of the wallets; return of each its wallet, amount, and placing.

    The caller gives the amounts back to the wallets in the same database transaction.
    """
    params = {**_keys(wallet_ids), "moment": now}
    due = sql.fetch(hold_statements.due_holds, len(wallet_ids), params=params)
    if due:
        ended = {"new_status": "expired", "new_updated_at": now}
        sql.execute(hold_statements.expire_due_holds, len(wallet_ids), params=params | ended)
        hold_journal.append([row["id"] for row in due])
        rows = [Hold(pk=row["id"], wallet_id=row["wallet_id"]) for row in due]
        auditing.note_by_clock("expired", rows, before=PENDING, after={"status": "expired"})
    return [(row["wallet_id"], row["amount"], row["created_at"]) for row in due]


def next_of(wallet_ids: Sequence[int], *, besides: int = 0) -> dict[int, datetime]:
    """Return when the first pending hold of each wallet is due; wallets without any are left out.

    `besides` is the id of a hold that is about to end.
    """
    params = {**_keys(wallet_ids), "besides": besides}
    rows = sql.fetch(hold_statements.next_expiries, len(wallet_ids), params=params)
    return {row["wallet_id"]: row["moment"] for row in rows}


def _keys(wallet_ids: Sequence[int]) -> dict[str, object]:
    return {f"wallet_m{index}": key for index, key in enumerate(wallet_ids)}
