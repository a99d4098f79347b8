"""The SQL of the daily totals: functions that build a statement, run by `sql` like the ledger's."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Delete,
    Insert,
    Select,
    bindparam,
    case,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement

from wallet_transaction_api import money
from wallet_transaction_api.analytics.tables import Day, daily_totals
from wallet_transaction_api.tables import Money, entries, wallets

_COLUMNS = (
    "wallet_id",
    "day",
    "credits",
    "debits",
    "movements",
    "closing_balance",
    "first_sequence",
    "last_sequence",
)


class utc_day(FunctionElement[Any]):  # noqa: N801 written like SQL's own functions
    """The UTC calendar day of an instant, as each database stores one."""

    type = Day()
    inherit_cache = True


@compiles(utc_day)
def _stored_without_zone(element: utc_day, compiler: SQLCompiler, **options: Any) -> str:
    return f"date({compiler.process(element.clauses, **options)})"


@compiles(utc_day, "postgresql")
def _stored_with_zone(element: utc_day, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(timezone('UTC', {compiler.process(element.clauses, **options)}) AS date)"


def last_of_batch() -> Select[tuple[object]]:
    """Find the last of the next `count` wallets after the id `after`; NULL when none is left."""
    following = select(wallets.c.id).where(wallets.c.id > bindparam("after"))
    batch = following.order_by(wallets.c.id).limit(bindparam("count", type_=BigInteger)).subquery()
    return select(func.max(batch.c.id).label("upto"))


def stale_wallets() -> Select[tuple[object, ...]]:
    """Find wallets whose journal has grown past their totals, and where to sum up from.

    The last day covered is summed up anew from its first entry on: it may have grown.
    """
    newest = daily_totals.alias("newest")
    others = daily_totals.alias("others")
    latest = select(func.max(others.c.day)).where(others.c.wallet_id == wallets.c.id)
    covered = (newest.c.wallet_id == wallets.c.id) & (newest.c.day == latest.scalar_subquery())
    resume = func.coalesce(newest.c.first_sequence, 1, type_=BigInteger).label("resume")
    return (
        select(wallets.c.id.label("wallet"), resume)
        .select_from(wallets.outerjoin(newest, covered))
        .where(_within(wallets.c.id))
        .where(wallets.c.last_sequence > func.coalesce(newest.c.last_sequence, 0))
    )


def forget_days() -> Delete:
    """Remove the totals of the batch's wallets from the day `since` on."""
    return delete(daily_totals).where(
        _within(daily_totals.c.wallet_id),
        daily_totals.c.day >= bindparam("since", type_=daily_totals.c.day.type),
    )


def forget_wallet() -> Delete:
    """Remove the totals of the wallet `wallet` that begin at the sequence `resume` or later."""
    return delete(daily_totals).where(
        daily_totals.c.wallet_id == bindparam("wallet"),
        daily_totals.c.first_sequence >= bindparam("resume"),
    )


def sum_up_wallet() -> Insert:
    """Insert the totals of the wallet `wallet` from the sequence `resume` on."""
    day = utc_day(entries.c.created_at).label("day")
    days = (
        select(
            day,
            _total(entries.c.amount > _zero()).label("credits"),
            _total(entries.c.amount < _zero()).label("debits"),
            func.count().label("movements"),
            func.min(entries.c.sequence).label("first_sequence"),
            func.max(entries.c.sequence).label("last_sequence"),
        )
        .where(entries.c.wallet_id == bindparam("wallet"))
        .where(entries.c.sequence >= bindparam("resume"))
        .group_by(utc_day(entries.c.created_at))
        .subquery("days")
    )
    last = entries.alias("last")
    closing = (last.c.wallet_id == bindparam("wallet")) & (last.c.sequence == days.c.last_sequence)
    named = {**days.c, "wallet_id": last.c.wallet_id, "closing_balance": last.c.balance_after}
    summed = select(*(named[name] for name in _COLUMNS)).select_from(days.join(last, closing))
    return insert(daily_totals).from_select(list(_COLUMNS), summed)


def _total(chosen: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(case((chosen, entries.c.amount))), _zero())


def _zero() -> ColumnElement[Any]:
    return bindparam("zero", money.ZERO, type_=Money())


def _within(column: ColumnElement[Any]) -> ColumnElement[bool]:
    return (column > bindparam("after")) & (column <= bindparam("upto"))
