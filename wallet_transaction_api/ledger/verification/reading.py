"""Reads the rows of a range of wallets, in pages: however many there are, few are in memory."""

from collections.abc import Callable, Iterator

from sqlalchemy import Executable

from wallet_transaction_api import money, sql
from wallet_transaction_api.ledger.verification import statements
from wallet_transaction_api.sql import Row

#: Bounds beyond every id that a database can hold.
BEFORE_ALL = -(2**63)
AFTER_ALL = 2**63 - 1
PAGE = 1000
_UNMOVED: Row = {"moved": money.ZERO, "balance_left": None}


def last_of_batch(after: int, count: int) -> int | None:
    """Return the id of the last of the next `count` wallets, or None when none is left."""
    rows = sql.fetch(statements.last_of_batch, params={"after": after, "count": count})
    upto: int | None = rows[0]["upto"]
    return upto


def wallets(after: int, upto: int) -> list[Row]:
    """Return the wallets of the range; its size is the caller's."""
    return sql.fetch(statements.wallets_within, params={"after": after, "upto": upto})


def entries(after: int, upto: int) -> Iterator[Row]:
    """Yield the range's entries by wallet and sequence."""
    keys = ("wallet_id", "sequence", "id")
    for page in _pages(statements.entries_within, keys, after, upto):
        yield from page


def transactions(after: int, upto: int) -> Iterator[Row]:
    """Yield the range's transactions, each with what its entries sum up to and left.

    `moved` is their sum, `balance_left` the balance after the last, before any reversal.
    """
    for page in _pages(statements.transactions_within, ("wallet_id", "id"), after, upto):
        ids = {f"id_m{index}": row["id"] for index, row in enumerate(page)}
        moved = {
            row["transaction_id"]: row
            for row in sql.fetch(statements.movements_of, len(page), params=ids)
        }
        for row in page:
            yield {**row, **moved.get(row["id"], _UNMOVED)}


def transfers(after: int, upto: int) -> Iterator[Row]:
    """Yield the transfers from the range's wallets, each with its `legs`."""
    for page in _pages(statements.transfers_within, ("source_id", "id"), after, upto):
        ids = {f"id_m{index}": row["id"] for index, row in enumerate(page)}
        legs: dict[int, list[Row]] = {row["id"]: [] for row in page}
        for leg in sql.fetch(statements.legs_of, len(page), params=ids):
            legs[leg["transfer_id"]].append(leg)
        for row in page:
            yield {**row, "legs": legs[row["id"]]}


def holds(after: int, upto: int) -> Iterator[Row]:
    """Yield the range's holds, each with what it names of its transaction, and its `entries`."""
    for page in _pages(statements.holds_within, ("wallet_id", "id"), after, upto):
        ids = {f"id_m{index}": row["id"] for index, row in enumerate(page)}
        found: dict[int, list[Row]] = {row["id"]: [] for row in page}
        for entry in sql.fetch(statements.entries_of_holds, len(page), params=ids):
            found[entry["hold_id"]].append(entry)
        for row in page:
            yield {**row, "entries": found[row["id"]]}


def hold_entries(after: int, upto: int) -> Iterator[Row]:
    """Yield the range's journal of holds by wallet and sequence."""
    keys = ("wallet_id", "sequence", "id")
    for page in _pages(statements.hold_entries_within, keys, after, upto):
        yield from page


def _pages(
    build: Callable[[], Executable], keys: tuple[str, ...], after: int, upto: int
) -> Iterator[list[Row]]:
    last = [BEFORE_ALL] * len(keys)
    page = [Row()]
    while page:
        bounds = {f"key_m{index}": key for index, key in enumerate(last)}
        params = {"after": after, "upto": upto, "count": PAGE, **bounds}
        page = sql.fetch(build, params=params)
        if page:
            yield page
            last = [page[-1][key] for key in keys]
