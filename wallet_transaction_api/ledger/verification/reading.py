"""Reads the rows of a range of wallets, in pages: however many there are, few are in memory."""

from collections.abc import Callable, Iterator

from sqlalchemy import Executable

from wallet_transaction_api import paging, sql
from wallet_transaction_api.ledger.verification import statements
from wallet_transaction_api.ledger.verification.progress import Progress
from wallet_transaction_api.sql import Row

#: Bounds beyond every id that a database can hold.
BEFORE_ALL = -(2**63)
AFTER_ALL = 2**63 - 1


def sizes() -> Progress:
    """Return how many rows there are to check."""
    counts = sql.fetch(statements.sizes, params={})[0]
    return Progress(**{name: int(count) for name, count in counts.items()})


def last_of_batch(after: int, count: int) -> int | None:
    """Return the id of the last of the next `count` wallets, or None when none is left."""
    rows = sql.fetch(statements.last_of_batch, params={"after": after, "count": count})
    upto: int | None = rows[0]["upto"]
    return upto


def wallets(after: int, upto: int) -> list[Row]:
    """Return the wallets of the range; its size is the caller's."""
    return sql.fetch(statements.wallets_within, params={"after": after, "upto": upto})


def entries(after: int, upto: int) -> Iterator[list[Row]]:
    """Yield pages of the range's entries by wallet and sequence."""
    key = ("wallet_id", "sequence")
    return _walk(statements.entries_within, key, after, upto)


def transactions(after: int, upto: int) -> Iterator[list[Row]]:
    """Yield pages of the range's transactions by wallet and id, with what their entries left."""
    key = ("wallet_id", "id")
    return _walk(statements.transactions_within, key, after, upto)


def transfers(after: int, upto: int) -> Iterator[list[Row]]:
    """Yield pages of the transfers from the range's wallets, each with its `legs`."""
    key = ("source_id", "id")
    for page in _walk(statements.transfers_within, key, after, upto):
        legs = _belonging(statements.legs_of, "transfer_id", page)
        yield [{**row, "legs": legs[row["id"]]} for row in page]


def holds(after: int, upto: int) -> Iterator[list[Row]]:
    """Yield pages of the range's holds, with what they name of their transaction, and `entries`."""
    key = ("wallet_id", "id")
    for page in _walk(statements.holds_within, key, after, upto):
        journal = _belonging(statements.entries_of_holds, "hold_id", page)
        yield [{**row, "entries": journal[row["id"]]} for row in page]


def hold_entries(after: int, upto: int) -> Iterator[list[Row]]:
    """Yield pages of the range's journal of holds by wallet and sequence."""
    key = ("wallet_id", "sequence")
    return _walk(statements.hold_entries_within, key, after, upto)


def _walk(
    build: Callable[[], Executable], key: tuple[str, str], after: int, upto: int
) -> Iterator[list[Row]]:
    """Read by wallet and place in it, from behind the wallet `after` to the wallet `upto`."""
    return paging.walk(build, *key, start=(after, AFTER_ALL), upto=upto)


def _belonging(
    build: Callable[[int], Executable], name: str, page: list[Row]
) -> dict[int, list[Row]]:
    """Return the rows that name a row of the page in the column `name`, by its id."""
    found: dict[int, list[Row]] = {row["id"]: [] for row in page}
    ids = {f"id_m{index}": key for index, key in enumerate(found)}
    for row in sql.fetch(build, len(page), params=ids):
        found[row[name]].append(row)
    return found
