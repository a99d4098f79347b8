"""The SQL of sealing: what is not sealed yet, the entries of a range, the chain."""

from typing import Any

from sqlalchemy import BigInteger, Insert, Select, Table, bindparam, func, insert, select
from sqlalchemy.sql.elements import ColumnElement

from wallet_transaction_api.tables import entries, hold_entries, seals, wallets


def head() -> Select[Any]:
    """Read the last seal's place and digest."""
    return select(seals.c.number, seals.c.digest).order_by(seals.c.number.desc()).limit(1)


def unsealed_entries() -> Select[Any]:
    """Read a page of wallets after `after`: the last entry, and the last sealed one or NULL."""
    return _unsealed(wallets.c.last_sequence, "entries")


def unsealed_holds() -> Select[Any]:
    """As `unsealed_entries`, of the journal of holds: NULL for a wallet without any."""
    last = select(func.max(hold_entries.c.sequence)).where(hold_entries.c.wallet_id == wallets.c.id)
    return _unsealed(last.scalar_subquery().label("last_sequence"), "holds")


def entries_of_range() -> Select[Any]:
    """Read all that the wallet's entries from `first` to `last` say, by sequence."""
    return _of_range(entries)


def holds_of_range() -> Select[Any]:
    """As `entries_of_range`, of the journal of holds."""
    return _of_range(hold_entries)


def insert_seal() -> Insert:
    """Append a seal to the chain."""
    return insert(seals).values({c.name: bindparam(c.name, type_=c.type) for c in seals.c})


def seals_after() -> Select[Any]:
    """Read a page of the chain behind the number `after`."""
    return (
        select(*seals.c)
        .where(seals.c.number > bindparam("after"))
        .order_by(seals.c.number)
        .limit(bindparam("count", type_=BigInteger))
    )


def _unsealed(last: ColumnElement[Any], journal: str) -> Select[Any]:
    sealed = select(func.max(seals.c.last_sequence)).where(
        seals.c.wallet_id == wallets.c.id, seals.c.journal == journal
    )
    return (
        select(wallets.c.id, last, sealed.scalar_subquery().label("sealed"))
        .where(wallets.c.id > bindparam("after"))
        .order_by(wallets.c.id)
        .limit(bindparam("count", type_=BigInteger))
    )


def _of_range(journal: Table) -> Select[Any]:
    return (
        select(*journal.c)
        .where(journal.c.wallet_id == bindparam("wallet"))
        .where(journal.c.sequence.between(bindparam("first"), bindparam("last")))
        .order_by(journal.c.sequence)
    )
