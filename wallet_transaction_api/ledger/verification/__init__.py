"""Does the ledger hold what it promises? Questions only: nothing here locks or changes a row.

`walk` reads everything, a range of wallets at a time, each range in one consistent snapshot, and
yields what it finds, and how far it came. Memory stays constant: rows come in pages, the sums in
one tally per wallet of the range.

What is asked of a wallet, a transaction and an entry are the functions of `checks`, of a transfer
and its legs those of `transfers`, of a hold those of `hold_checks` and `hold_entries`.
"""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from wallet_transaction_api.ledger.verification import (
    checks,
    hold_checks,
    hold_entries,
    reading,
    seals,
)
from wallet_transaction_api.ledger.verification.checks import Tally, Violation
from wallet_transaction_api.ledger.verification.progress import Progress
from wallet_transaction_api.ledger.verification.reading import sizes
from wallet_transaction_api.ledger.verification.snapshots import snapshot
from wallet_transaction_api.ledger.verification.transfers import of_leg, of_transfer
from wallet_transaction_api.sql import Row

__all__ = ["Progress", "Violation", "sizes", "walk"]

#: Wallets read in one snapshot: short enough that a database keeps few old rows for it.
BATCH = 500

_Read: TypeAlias = Callable[[int, int], Iterator[list[Row]]]
_Check: TypeAlias = Callable[[Row, Tally | None], list[Violation]]


def walk(*, batch: int = BATCH, anchor: str | None = None) -> Iterator[Violation | Progress]:
    """Check everything, in order of wallet ids, a range of `batch` wallets at a time.

    Yields each violation as it is found, and a `Progress` after each page of rows. The last
    range is open-ended: it also holds entries and transactions of no wallet at all. Then the
    seals are checked, which have to lead to the digest `anchor`, if one is given.
    """
    after: int | None = reading.BEFORE_ALL
    while after is not None:
        with snapshot():
            upto = reading.last_of_batch(after, batch)
            yield from _check(after, reading.AFTER_ALL if upto is None else upto)
        after = upto
    yield from seals.walk(anchor)


def _of_transaction(row: Row, tally: Tally | None) -> list[Violation]:
    return [*checks.of_transaction(row, tally), *of_leg(row)]


def _of_transfer(row: Row, tally: Tally | None) -> list[Violation]:
    return of_transfer(row)


def _of_hold(row: Row, tally: Tally | None) -> list[Violation]:
    return [*hold_checks.of_hold(row, tally), *hold_entries.of_hold(row)]


#: Rows of each kind: what reads a range of them, and what checks one with its wallet's tally.
_KINDS: dict[str, tuple[_Read, _Check]] = {
    "entries": (reading.entries, checks.of_entry),
    "transactions": (reading.transactions, _of_transaction),
    "transfers": (reading.transfers, _of_transfer),
    "hold_entries": (reading.hold_entries, hold_entries.of_hold_entry),
    "holds": (reading.holds, _of_hold),
}


def _check(after: int, upto: int) -> Iterator[Violation | Progress]:
    """Check the rows of a range, then its wallets against what they added up to."""
    tallies = {row["id"]: Tally(row) for row in reading.wallets(after, upto)}
    for kind, (read, check) in _KINDS.items():
        for page in read(after, upto):
            for row in page:
                yield from check(row, tallies.get(row.get("wallet_id")))
            yield Progress(**{kind: len(page)})
    for tally in tallies.values():
        yield from checks.of_wallet(tally)
        yield from hold_checks.of_wallet(tally)
    yield Progress(wallets=len(tallies))
