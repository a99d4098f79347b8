"""What must be true of the seals: one small function per promise, named as the violation."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from wallet_transaction_api import sql
from wallet_transaction_api.ledger.sealing import statements
from wallet_transaction_api.ledger.sealing.digests import GENESIS, digest_of, leaf_at
from wallet_transaction_api.ledger.sealing.journals import JOURNALS
from wallet_transaction_api.ledger.verification.checks import Violation
from wallet_transaction_api.ledger.verification.progress import Progress
from wallet_transaction_api.sql import Row

#: Seals in memory at a time; each has up to `sealing.RANGE` digests.
PAGE = 50


@dataclass(slots=True)
class Chain:
    """What the seals so far say: the last place, and what the next may name as its digest.

    After a changed seal that is what it says or what it should say: its change is named once.
    """

    number: int = 0
    digests: frozenset[str] = field(default_factory=lambda: frozenset({GENESIS}))
    is_anchored: bool = False


def walk(anchor: str | None) -> Iterator[Violation | Progress]:
    """Check the chain and every sealed entry; yield violations, and what a page of seals had.

    `anchor` is a digest kept elsewhere: the chain has to have a seal with it.
    """
    chain, page = Chain(), [Row()]
    while page:
        page = sql.fetch(statements.seals_after, params={"after": chain.number, "count": PAGE})
        for seal in page:
            yield from _of_seal(seal, chain, anchor)
        sealed = sum(seal["last_sequence"] - seal["first_sequence"] + 1 for seal in page)
        yield Progress(seals=len(page), sealed=sealed)
    if anchor is not None and not chain.is_anchored:
        detail = "no sound seal has this digest: the chain was cut or remade"
        yield Violation("anchor_is_in_the_chain", f"seal {anchor}", detail)


def seal_has_no_gap(seal: Row, chain: Chain) -> str | None:
    """Expect seals to be numbered from 1 up without a gap."""
    expected = chain.number + 1
    return None if seal["number"] == expected else f"seal {expected} is missing"


def seal_follows_the_last(seal: Row, chain: Chain) -> str | None:
    """Expect a seal to name the digest of the one before it."""
    if seal["previous"] in chain.digests:
        return None
    return f"names {seal['previous']}, which the seal before it is not"


def seal_is_unchanged(seal: Row, chain: Chain) -> str | None:
    """Expect a seal's digest to be that of what it says."""
    digest = digest_of(seal)
    return None if digest == seal["digest"] else f"says {seal['digest']}, is {digest}"


def seal_is_of_a_journal(seal: Row, chain: Chain) -> str | None:
    """Expect a seal to be of a journal that there is."""
    return None if seal["journal"] in JOURNALS else f"journal {seal['journal']}"


CHECKS: tuple[Callable[[Row, Chain], str | None], ...] = (
    seal_has_no_gap,
    seal_follows_the_last,
    seal_is_unchanged,
    seal_is_of_a_journal,
)


def _of_seal(seal: Row, chain: Chain, anchor: str | None) -> Iterator[Violation]:
    subject = f"seal {seal['number']}"
    found = [
        Violation(check.__name__, subject, detail)
        for check in CHECKS
        if (detail := check(seal, chain))
    ]
    yield from found
    is_sound = not {"seal_is_unchanged", "seal_is_of_a_journal"} & {item.name for item in found}
    if is_sound:  # a changed seal is no witness
        yield from _of_entries(seal)
    chain.number, chain.digests = seal["number"], frozenset({seal["digest"], digest_of(seal)})
    chain.is_anchored |= is_sound and seal["digest"] == anchor


def _of_entries(seal: Row) -> Iterator[Violation]:
    journal, first, last = JOURNALS[seal["journal"]], seal["first_sequence"], seal["last_sequence"]
    params = {"wallet": seal["wallet_id"], "first": first, "last": last}
    rows = {row["sequence"]: row for row in sql.fetch(journal.of_range, params=params)}
    for sequence in range(first, last + 1):
        subject = f"wallet {seal['wallet_id']} {journal.noun} {sequence}"
        if sequence not in rows:
            yield Violation("sealed_entry_exists", subject, f"seal {seal['number']} has it")
        elif journal.leaf_of(rows[sequence]) != leaf_at(seal, sequence):
            detail = f"differs from what seal {seal['number']} has"
            yield Violation("sealed_entry_is_unchanged", subject, detail)
