"""Does the ledger hold what it promises? Questions only: nothing here locks or changes a row.

`walk` reads everything, a range of wallets at a time, each range in one consistent snapshot, and
yields what it finds. Memory stays constant: rows come in pages, the sums in one tally per wallet
of the range. What is asked of a wallet, a transaction and an entry are the functions of `checks`,
of a transfer and its legs those of `transfers`, of a hold those of `hold_checks` and
`hold_entries`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from wallet_transaction_api.ledger.verification import (
    checks,
    hold_checks,
    hold_entries,
    reading,
    seals,
)
from wallet_transaction_api.ledger.verification.checks import Tally, Violation
from wallet_transaction_api.ledger.verification.snapshots import snapshot
from wallet_transaction_api.ledger.verification.transfers import of_leg, of_transfer

__all__ = ["Progress", "Violation", "walk"]

#: Wallets read in one snapshot: short enough that a database keeps few old rows for it.
BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many rows a range had, all of them checked."""

    wallets: int = 0
    transactions: int = 0
    entries: int = 0
    seals: int = 0


def walk(*, batch: int = BATCH, anchor: str | None = None) -> Iterator[Violation | Progress]:
    """Check everything, in order of wallet ids, a range of `batch` wallets at a time.

    Yields each violation as it is found and a `Progress` at the end of each range. The last
    range is open-ended: it also holds entries and transactions of no wallet at all. Then the
    seals are checked, which have to lead to the digest `anchor`, if one is given.
    """
    after: int | None = reading.BEFORE_ALL
    while after is not None:
        with snapshot():
            upto = reading.last_of_batch(after, batch)
            yield from _check(after, reading.AFTER_ALL if upto is None else upto)
        after = upto
    for item in seals.walk(anchor):
        yield item if isinstance(item, Violation) else Progress(seals=item)


def _check(after: int, upto: int) -> Iterator[Violation | Progress]:
    tallies = {row["id"]: Tally(row) for row in reading.wallets(after, upto)}
    entries = transactions = 0
    for row in reading.entries(after, upto):
        entries += 1
        yield from checks.of_entry(row, tallies.get(row["wallet_id"]))
    for row in reading.transactions(after, upto):
        transactions += 1
        yield from checks.of_transaction(row, tallies.get(row["wallet_id"]))
        yield from of_leg(row)
    for row in reading.transfers(after, upto):
        yield from of_transfer(row)
    for row in reading.hold_entries(after, upto):
        yield from hold_entries.of_hold_entry(row, tallies.get(row["wallet_id"]))
    for row in reading.holds(after, upto):
        yield from hold_checks.of_hold(row, tallies.get(row["wallet_id"]))
        yield from hold_entries.of_hold(row)
    for tally in tallies.values():
        yield from checks.of_wallet(tally)
        yield from hold_checks.of_wallet(tally)
    yield Progress(wallets=len(tallies), transactions=transactions, entries=entries)
