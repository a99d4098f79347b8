"""The SQL of the verification: one range of wallets, in pages, in key order."""

from typing import Any

from sqlalchemy import BigInteger, Select, bindparam, case, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from wallet_transaction_api.tables import (
    entries,
    hold_entries,
    holds,
    limits,
    transactions,
    transfers,
    wallets,
)

_WALLET = (
    "id",
    "currency",
    "balance",
    "available",
    "held",
    "floor",
    "last_sequence",
    "next_expiry_at",
    "is_limited",
)
_ENTRY = (
    *("id", "wallet_id", "transaction_id", "sequence"),
    *("amount", "balance_after", "created_at"),
)
_TRANSFER = (
    *("id", "txid", "source_id", "destination_id"),
    *("amount", "destination_amount", "deleted_at"),
)
_LEG = ("id", "transfer_id", "wallet_id", "amount", "client_txid", "deleted_at")
_HOLD_TERMS = ("wallet_id", "amount", "status", "expires_at", "captured_amount", "transaction_id")
_HOLD = ("id", *_HOLD_TERMS, "version", "created_at", "updated_at")
_HOLD_ENTRY = ("id", "hold_id", *_HOLD_TERMS, "sequence", "created_at")
_TRANSACTION = (
    *("id", "wallet_id", "transfer_id"),
    *("amount", "kind", "balance_after", "deleted_at"),
)


def last_of_batch() -> Select[Any]:
    """Find the last of the next `count` wallets after the id `after`; NULL when none is left."""
    following = select(wallets.c.id).where(wallets.c.id > bindparam("after"))
    batch = following.order_by(wallets.c.id).limit(bindparam("count", type_=BigInteger)).subquery()
    return select(func.max(batch.c.id).label("upto"))


def wallets_within() -> Select[Any]:
    """Read the wallets of the range, with the number of their limits."""
    columns = [wallets.c[name] for name in _WALLET]
    count = select(func.count()).select_from(limits).where(limits.c.wallet_id == wallets.c.id)
    return (
        select(*columns, count.scalar_subquery().label("limits"))
        .where(_within(wallets.c.id))
        .order_by(wallets.c.id)
    )


def entries_within() -> Select[Any]:
    """Read a page of entries by wallet and sequence, with the wallet that the transaction names."""
    columns = [entries.c[name] for name in _ENTRY]
    owner = transactions.c.wallet_id.label("transaction_wallet_id")
    keys = (entries.c.wallet_id, entries.c.sequence, entries.c.id)
    return (
        select(*columns, owner)
        .select_from(entries.outerjoin(transactions, entries.c.transaction_id == transactions.c.id))
        .where(_within(entries.c.wallet_id), _behind(*keys))
        .order_by(*keys)
        .limit(bindparam("count", type_=BigInteger))
    )


def transactions_within() -> Select[Any]:
    """Read a page of transactions by wallet and id, with the transfer if it is there."""
    keys = (transactions.c.wallet_id, transactions.c.id)
    columns = [transactions.c[name] for name in _TRANSACTION]
    return (
        select(*columns, transfers.c.id.label("found_transfer_id"))
        .select_from(
            transactions.outerjoin(transfers, transactions.c.transfer_id == transfers.c.id)
        )
        .where(_within(transactions.c.wallet_id), _behind(*keys))
        .order_by(*keys)
        .limit(bindparam("count", type_=BigInteger))
    )


def transfers_within() -> Select[Any]:
    """Read a page of transfers by source wallet and id."""
    keys = (transfers.c.source_id, transfers.c.id)
    return (
        select(*(transfers.c[name] for name in _TRANSFER))
        .where(_within(transfers.c.source_id), _behind(*keys))
        .order_by(*keys)
        .limit(bindparam("count", type_=BigInteger))
    )


def holds_within() -> Select[Any]:
    """Read a page of holds by wallet and id, with the transactions that they name."""
    keys = (holds.c.wallet_id, holds.c.id)
    taken = [
        transactions.c.amount.label("taken"),
        transactions.c.wallet_id.label("taken_wallet_id"),
        transactions.c.kind.label("taken_kind"),
        transactions.c.deleted_at.label("taken_deleted_at"),
    ]
    return (
        select(*(holds.c[name] for name in _HOLD), *taken)
        .select_from(holds.outerjoin(transactions, holds.c.transaction_id == transactions.c.id))
        .where(_within(holds.c.wallet_id), _behind(*keys))
        .order_by(*keys)
        .limit(bindparam("count", type_=BigInteger))
    )


def hold_entries_within() -> Select[Any]:
    """Read a page of the journal of holds by wallet and sequence, with the hold if it is there."""
    keys = (hold_entries.c.wallet_id, hold_entries.c.sequence, hold_entries.c.id)
    return (
        select(*keys, hold_entries.c.hold_id, holds.c.id.label("found_id"))
        .select_from(hold_entries.outerjoin(holds, hold_entries.c.hold_id == holds.c.id))
        .where(_within(hold_entries.c.wallet_id), _behind(*keys))
        .order_by(*keys)
        .limit(bindparam("count", type_=BigInteger))
    )


def entries_of_holds(count: int) -> Select[Any]:
    """Read what the journal of holds says of the holds `id_m0 … id_mN`, in its order."""
    ids = [bindparam(f"id_m{index}", type_=BigInteger) for index in range(count)]
    columns = [hold_entries.c[name] for name in _HOLD_ENTRY]
    chosen = select(*columns).where(hold_entries.c.hold_id.in_(ids))
    return chosen.order_by(hold_entries.c.sequence, hold_entries.c.id)


def legs_of(count: int) -> Select[Any]:
    """Read the transactions of the transfers `id_m0 … id_mN`."""
    ids = [bindparam(f"id_m{index}", type_=BigInteger) for index in range(count)]
    columns = [transactions.c[name] for name in _LEG]
    return select(*columns).where(transactions.c.transfer_id.in_(ids))


def movements_of(count: int) -> Select[Any]:
    """Sum up the entries of the transactions `id_m0 … id_mN`, with the balance that they left."""
    ranked = _ranked(count).subquery()
    left = case((ranked.c.place == 1, ranked.c.balance_after))
    return select(
        ranked.c.transaction_id,
        func.sum(ranked.c.amount, type_=entries.c.amount.type).label("moved"),
        func.max(left, type_=entries.c.balance_after.type).label("balance_left"),
    ).group_by(ranked.c.transaction_id)


def _ranked(count: int) -> Select[Any]:
    """Rank a transaction's entries, newest first and reversals last: one scan, and no join."""
    ids = [bindparam(f"id_m{index}", type_=BigInteger) for index in range(count)]
    newest = (entries.c.reason == "reversal", entries.c.sequence.desc())
    place = func.row_number().over(partition_by=entries.c.transaction_id, order_by=newest)
    columns = (entries.c.transaction_id, entries.c.amount, entries.c.balance_after)
    return select(*columns, place.label("place")).where(entries.c.transaction_id.in_(ids))


def _within(column: ColumnElement[Any]) -> ColumnElement[bool]:
    return (column > bindparam("after")) & (column <= bindparam("upto"))


def _behind(*columns: ColumnElement[Any]) -> ColumnElement[bool]:
    """Continue behind the keys `key_m0 … key_mN`, written out: MySQL scans for row comparisons."""
    last = [bindparam(f"key_m{index}", type_=BigInteger) for index in range(len(columns))]
    condition: ColumnElement[bool] = columns[-1] > last[-1]
    for column, key in zip(columns[-2::-1], last[-2::-1], strict=True):
        condition = or_(column > key, (column == key) & condition)
    return condition
