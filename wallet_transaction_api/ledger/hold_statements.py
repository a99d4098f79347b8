"""The SQL of holds and limits beside postings: for wallets that are locked."""

from sqlalchemy import (
    BindParameter,
    Insert,
    Select,
    Update,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from wallet_transaction_api.tables import hold_entries, holds, limits

_LIMIT = (
    "id",
    "wallet_id",
    "direction",
    "window",
    "max_amount",
    "max_count",
    "window_started_at",
    "used_amount",
    "used_count",
)
_COUNTED = ("window_started_at", "used_amount", "used_count")
_ENDED = ("status", "updated_at")
_JOURNALED = ("wallet_id", "status", "amount", "expires_at", "captured_amount", "transaction_id")


def due_holds(count: int) -> Select[tuple[object, ...]]:
    """Read the pending holds of `wallet_m0 … wallet_mN` that are due by `moment`."""
    columns = (holds.c[name] for name in ("id", "wallet_id", "amount", "created_at"))
    return select(*columns).where(*_due(count)).order_by(holds.c.id)


def expire_due_holds(count: int) -> Update:
    """Write of the same holds that they have expired."""
    ended = {name: bindparam(f"new_{name}", type_=holds.c[name].type) for name in _ENDED}
    return update(holds).where(*_due(count)).values(version=holds.c.version + 1, **ended)


def append_holds(count: int) -> Insert:
    """Append what the rows of `hold_m0 … hold_mN` say, numbered on from their wallets' last."""
    last = select(func.coalesce(func.max(hold_entries.c.sequence), 0))
    last = last.where(hold_entries.c.wallet_id == holds.c.wallet_id)
    place = func.row_number().over(partition_by=holds.c.wallet_id, order_by=holds.c.id)
    said = select(
        *(holds.c[name] for name in _JOURNALED),
        holds.c.id,
        holds.c.updated_at,
        last.scalar_subquery() + place,
    ).where(holds.c.id.in_([bindparam(f"hold_m{index}") for index in range(count)]))
    return insert(hold_entries).from_select(
        [*_JOURNALED, "hold_id", "created_at", "sequence"], said, include_defaults=False
    )


def next_expiries(count: int) -> Select[tuple[object, ...]]:
    """Read of each wallet when the first of its pending holds besides one is due."""
    first = func.min(holds.c.expires_at, type_=holds.c.expires_at.type)
    chosen = select(holds.c.wallet_id, first.label("moment")).where(
        *_pending(count), holds.c.id != bindparam("besides")
    )
    return chosen.group_by(holds.c.wallet_id)


def limits_of(count: int) -> Select[tuple[object, ...]]:
    """Read the limits of `wallet_m0 … wallet_mN`."""
    columns = (limits.c[name] for name in _LIMIT)
    chosen = select(*columns).where(limits.c.wallet_id.in_(_keys(count)))
    return chosen.order_by(limits.c.id)


def write_limit() -> Update:
    """Write what the limit `limit` has used."""
    chosen = update(limits).where(limits.c.id == bindparam("limit"))
    return chosen.values({n: bindparam(n, type_=limits.c[n].type) for n in _COUNTED})


def _due(count: int) -> tuple[ColumnElement[bool], ...]:
    moment = bindparam("moment", type_=holds.c.expires_at.type)
    return (*_pending(count), holds.c.expires_at <= moment)


def _pending(count: int) -> tuple[ColumnElement[bool], ...]:
    return holds.c.wallet_id.in_(_keys(count)), holds.c.status == "pending"


def _keys(count: int) -> list[BindParameter[int]]:
    return [bindparam(f"wallet_m{index}") for index in range(count)]
