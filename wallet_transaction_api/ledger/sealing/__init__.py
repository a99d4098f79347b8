"""A tamper-evident seal over the journals, made off the hot path.

A seal keeps the digest of each entry of a range of one wallet, and names the seal before it: one
chain over all wallets and both journals. Whoever changes, removes or swaps what is sealed has to
make every later seal anew, and a digest that was kept elsewhere shows even that.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone

from wallet_transaction_api import sql
from wallet_transaction_api.ledger.sealing import statements
from wallet_transaction_api.ledger.sealing.digests import GENESIS, digest_of
from wallet_transaction_api.ledger.sealing.journals import JOURNALS
from wallet_transaction_api.sql import Row

#: Entries in one seal, at most: so many are in memory and in one row.
RANGE = 500
#: Wallets looked at in one statement.
BATCH = 500


class JournalBroken(Exception):
    """An entry to be sealed is missing; `verify_ledger` says more."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: what proves, kept elsewhere, that nothing was cut off or remade."""

    number: int = 0
    digest: str = GENESIS


def head() -> Head:
    """Return the end of the chain."""
    rows = sql.fetch(statements.head, params={})
    return Head(**rows[0]) if rows else Head()


def extend(*, batch: int = BATCH) -> Iterator[Row]:
    """Seal every entry that is not sealed yet; yield each seal once it is stored.

    Beside writers: a wallet's entries become visible in the order of their sequence, so a range
    is complete up to its wallet's last. Each seal is one INSERT that commits by itself; a
    process that dies leaves a shorter chain, which the next run continues. Callers see to it
    that nobody else extends the chain meanwhile. Raises `JournalBroken`.
    """
    last = head()
    for journal, wallet_id, first, upto in _ranges(batch):
        seal = _sealed(last, journal, wallet_id, first, upto)
        sql.execute(statements.insert_seal, params=seal)
        last = Head(seal["number"], seal["digest"])
        yield seal


def _ranges(batch: int) -> Iterator[tuple[str, int, int, int]]:
    for name in JOURNALS:
        for wallet_id, first, upto in _ranges_of(name, batch):
            yield name, wallet_id, first, upto


def _ranges_of(journal: str, batch: int) -> Iterator[tuple[int, int, int]]:
    after, page = 0, [Row()]
    while page:
        params = {"after": after, "count": batch}
        page = sql.fetch(JOURNALS[journal].unsealed, params=params)
        for row in page:
            after = row["id"]
            last = row["last_sequence"] or 0
            for first in range((row["sealed"] or 0) + 1, last + 1, RANGE):
                yield after, first, min(first + RANGE - 1, last)


def _sealed(last: Head, journal: str, wallet_id: int, first: int, upto: int) -> Row:
    seal = {
        "number": last.number + 1,
        "journal": journal,
        "wallet_id": wallet_id,
        "first_sequence": first,
        "last_sequence": upto,
        "leaves": _leaves(journal, wallet_id, first, upto),
        "previous": last.digest,
        "created_at": timezone.now(),
    }
    return {**seal, "digest": digest_of(seal)}


def _leaves(name: str, wallet_id: int, first: int, upto: int) -> bytes:
    journal = JOURNALS[name]
    params = {"wallet": wallet_id, "first": first, "last": upto}
    rows = sql.fetch(journal.of_range, params=params)
    if [row["sequence"] for row in rows] != list(range(first, upto + 1)):
        raise JournalBroken(f"wallet {wallet_id}: a {journal.noun} of {first} to {upto} is missing")
    return b"".join(map(journal.leaf_of, rows))
