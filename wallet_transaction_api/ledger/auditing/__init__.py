"""Who did what to wallets, limits, holds, transactions and transfers, and by which request.

A record is written in the database transaction of the change that it tells about: neither is
there without the other. A posting needs none, its journal entry says as much: see
docs/decisions/0054-an-entry-is-its-own-audit-record.md.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from django.utils import timezone

from wallet_transaction_api import sql
from wallet_transaction_api.ledger.auditing import statements
from wallet_transaction_api.models import Hold, Limit, Transaction, Transfer, Wallet
from wallet_transaction_api.origins import origin

Subject: TypeAlias = Wallet | Limit | Hold | Transaction | Transfer
#: The members of a resource, or those that differ; none of what is not there.
State: TypeAlias = Mapping[str, Any]


def note(
    action: str,
    row: Subject,
    *,
    actor_id: int | None,
    before: State | None = None,
    after: State | None = None,
) -> None:
    """Record what the actor did; an actor left open is the request's own user, if it has one.

    Of what is there before and after, only the difference is recorded; of no difference, nothing.
    """
    if before == after:
        return
    source = origin.get()
    author = {
        "actor_id": source.user_id if actor_id is None else actor_id,
        "program": source.program,
        "request_id": source.request_id,
    }
    columns = _columns(action, row, *_difference(before, after))
    sql.execute(statements.insert_record, params=columns | author)


def note_by_clock(action: str, rows: Iterable[Subject], *, before: State, after: State) -> None:
    """Record what nobody did and no request asked for, whoever came upon it."""
    author = {"actor_id": None, "program": origin.get().program, "request_id": None}
    columns = [_columns(action, row, before, after) | author for row in rows]
    sql.execute_each(statements.insert_record, columns)


def _columns(
    action: str, row: Subject, before: State | None, after: State | None
) -> dict[str, Any]:
    return {
        "subject_type": row._meta.db_table,
        "subject_id": row.pk,
        "wallet_id": _wallet_of(row),
        "action": action,
        "before": before,
        "after": after,
        "created_at": timezone.now(),
    }


def _wallet_of(row: Subject) -> int:
    if isinstance(row, Wallet):
        return int(row.pk)
    return int(row.source_id if isinstance(row, Transfer) else row.wallet_id)


def _difference(before: State | None, after: State | None) -> tuple[State | None, State | None]:
    if before is None or after is None:
        return before, after
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before[name] for name in names if name in before}, {n: after[n] for n in names}
