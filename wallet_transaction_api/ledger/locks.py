"""Locking wallets: always in id order, in one statement, by one of three ways.

A wallet is *foreign* to a unit whose caller knows nothing of it but its handle. Whoever holds a
foreign wallet waits for nobody: it is locked last, and at once or not at all.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import Enum, auto

from django.db import connection
from sqlalchemy import Executable

from wallet_transaction_api import sql
from wallet_transaction_api.ledger import statements, together

_TOO_LARGE = 2**63


class Way(Enum):
    """What becomes of a wallet that somebody else has locked."""

    WAIT = auto()  #: it is waited for: one's own
    SKIP = auto()  #: it is left out: shared commits, tidying
    AT_ONCE = auto()  #: an error, which runs the unit again: a foreign one


_BY_IDS: Mapping[Way, Callable[[int], Executable]] = {
    Way.WAIT: statements.lock_wallets,
    Way.SKIP: statements.lock_free_wallets,
    Way.AT_ONCE: statements.lock_wallets_at_once,
}
#: The same for PostgreSQL, planned once for any number of ids.
_BY_ARRAY: Mapping[Way, Callable[[], Executable]] = {
    Way.WAIT: together.lock_listed,
    Way.SKIP: together.lock_free_listed,
    Way.AT_ONCE: together.lock_listed_at_once,
}


def lock(wallet_ids: Iterable[int], way: Way = Way.WAIT) -> list[sql.Row]:
    """Lock the wallets that there are, in id order; return their columns as locked."""
    # An id that no database can hold is an error to some drivers, not an id of nobody.
    ids = sorted({key for key in wallet_ids if isinstance(key, int) and 0 < key < _TOO_LARGE})
    if not ids:
        return []
    if connection.vendor == "postgresql":
        return sql.fetch_planned(_BY_ARRAY[way], params={"ids": together.array(ids)})
    return [row for chunk in sql.chunks(ids) for row in _by_ids(chunk, _BY_IDS[way])]


def look_at(wallet_id: int) -> list[sql.Row]:
    """Return the wallet's columns as they are, without a lock."""
    return sql.fetch(statements.read_wallet, params={"wallet": wallet_id})


def _by_ids(ids: Iterable[int], build: Callable[[int], Executable]) -> list[sql.Row]:
    params = {f"id_m{index}": key for index, key in enumerate(ids)}
    return sql.fetch(build, len(params), params=params)
