"""The SQL of the verification: one range of wallets, in pages, in key order."""

from typing import Any

from sqlalchemy import BigInteger, Select, bindparam, func, select
from sqlalchemy.sql.elements import ColumnElement, Label

from wallet_transaction_api import money
from wallet_transaction_api.paging import Paged, page
from wallet_transaction_api.tables import (
    Money,
    entries,
    hold_entries,
    holds,
    limits,
    seals,
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


def sizes() -> Select[Any]:
    """Count the rows of each table, and the entries that the seals say they cover."""
    tables = (wallets, transactions, entries, transfers, holds, hold_entries, seals)
    counts = [
        select(func.count()).select_from(table).scalar_subquery().label(table.name)
        for table in tables
    ]
    covered = func.sum(seals.c.last_sequence - seals.c.first_sequence + 1, type_=BigInteger)
    return select(*counts, select(func.coalesce(covered, 0)).scalar_subquery().label("sealed"))


def wallets_within() -> Select[Any]:
    """Read the wallets of the range, with the number of their limits."""
    columns = [wallets.c[name] for name in _WALLET]
    count = select(func.count()).select_from(limits).where(limits.c.wallet_id == wallets.c.id)
    return (
        select(*columns, count.scalar_subquery().label("limits"))
        .where(_within(wallets.c.id))
        .order_by(wallets.c.id)
    )


def entries_within() -> Paged:
    """Read a page of entries by wallet and sequence, with the wallet that the transaction names."""
    columns = [entries.c[name] for name in _ENTRY]
    owner = transactions.c.wallet_id.label("transaction_wallet_id")
    rows = select(*columns, owner).select_from(
        entries.outerjoin(transactions, entries.c.transaction_id == transactions.c.id)
    )
    return page(rows, entries.c.wallet_id, entries.c.sequence)


def transactions_within() -> Paged:
    """Read a page of transactions by wallet and id, with the transfer if it is there.

    `moved` is the sum of its entries, `balance_left` the balance after the last of them before any
    reversal, NULL without any.
    """
    columns = [transactions.c[name] for name in _TRANSACTION]
    rows = select(
        *columns, transfers.c.id.label("found_transfer_id"), _moved(), _balance_left()
    ).select_from(transactions.outerjoin(transfers, transactions.c.transfer_id == transfers.c.id))
    return page(rows, transactions.c.wallet_id, transactions.c.id)


def transfers_within() -> Paged:
    """Read a page of transfers by source wallet and id."""
    rows = select(*(transfers.c[name] for name in _TRANSFER))
    return page(rows, transfers.c.source_id, transfers.c.id)


def holds_within() -> Paged:
    """Read a page of holds by wallet and id, with the transactions that they name."""
    taken = [
        transactions.c.amount.label("taken"),
        transactions.c.wallet_id.label("taken_wallet_id"),
        transactions.c.kind.label("taken_kind"),
        transactions.c.deleted_at.label("taken_deleted_at"),
    ]
    rows = select(*(holds.c[name] for name in _HOLD), *taken).select_from(
        holds.outerjoin(transactions, holds.c.transaction_id == transactions.c.id)
    )
    return page(rows, holds.c.wallet_id, holds.c.id)


def hold_entries_within() -> Paged:
    """Read a page of the journal of holds by wallet and sequence, with the hold if it is there."""
    columns = [hold_entries.c[name] for name in ("id", "wallet_id", "sequence", "hold_id")]
    rows = select(*columns, holds.c.id.label("found_id")).select_from(
        hold_entries.outerjoin(holds, hold_entries.c.hold_id == holds.c.id)
    )
    return page(rows, hold_entries.c.wallet_id, hold_entries.c.sequence)


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


def _moved() -> Label[Any]:
    total = select(func.sum(entries.c.amount, type_=entries.c.amount.type))
    of_it = total.where(entries.c.transaction_id == transactions.c.id).scalar_subquery()
    zero = bindparam("zero", money.ZERO, type_=Money())
    return func.coalesce(of_it, zero, type_=Money()).label("moved")


def _balance_left() -> Label[Any]:
    newest = (entries.c.reason == "reversal", entries.c.sequence.desc())
    of_it = select(entries.c.balance_after).where(entries.c.transaction_id == transactions.c.id)
    return of_it.order_by(*newest).limit(1).scalar_subquery().label("balance_left")


def _within(column: ColumnElement[Any]) -> ColumnElement[bool]:
    return (column > bindparam("after")) & (column <= bindparam("upto"))
