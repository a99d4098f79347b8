"""What must be true of the journal of holds, and of a hold beside it: as in `checks`."""

from collections.abc import Callable

from wallet_transaction_api.ledger.verification.checks import Tally, Violation, shown
from wallet_transaction_api.sql import Row

#: What a hold keeps for as long as it is there.
_TERMS = ("wallet_id", "amount", "expires_at")
#: What a hold's last entry says of how it ended.
_END = ("status", "captured_amount", "transaction_id")


def of_hold_entry(entry: Row, tally: Tally | None) -> list[Violation]:
    """Check one entry of the journal of holds against the one before it."""
    subject = f"wallet {entry['wallet_id']} hold entry {entry['sequence']}"
    if tally is None:
        return [Violation("wallet_exists", subject, "its wallet is missing")]
    found = [
        Violation(check.__name__, subject, detail)
        for check in ENTRY_CHECKS
        if (detail := check(entry, tally))
    ]
    tally.last_hold_sequence = entry["sequence"]
    return found


def of_hold(hold: Row) -> list[Violation]:
    """Check one hold against its `entries`, in their order."""
    return [
        Violation(check.__name__, f"hold {hold['id']}", detail)
        for check in HOLD_CHECKS
        if (detail := check(hold))
    ]


def hold_sequence_has_no_gap(entry: Row, tally: Tally) -> str | None:
    """Expect the journal of holds to be numbered from 1 up without a gap."""
    sequence, expected = entry["sequence"], tally.last_hold_sequence + 1
    return None if sequence == expected else f"sequence {sequence}, expected {expected}"


def journaled_hold_exists(entry: Row, tally: Tally) -> str | None:
    """Expect the hold that an entry is of: none is ever removed."""
    return None if entry["found_id"] is not None else f"hold {entry['hold_id']} is missing"


def hold_was_placed_and_ended_once(hold: Row) -> str | None:
    """Expect a hold to be journaled when it was placed, and once more if it has ended."""
    told = [entry["status"] for entry in hold["entries"]]
    is_one_life = told[:1] == ["pending"] and len(told[1:]) <= 1 and "pending" not in told[1:]
    return None if is_one_life else f"journaled as {', '.join(told) or 'nothing'}"


def hold_is_what_its_journal_says(hold: Row) -> str | None:
    """Expect the hold's terms in each of its entries, its end and its moments in the right ones."""
    if not hold["entries"]:
        return None  # which has a check of its own
    first, last = hold["entries"][0], hold["entries"][-1]
    pairs = [
        *((name, entry[name]) for entry in hold["entries"] for name in _TERMS),
        *((name, last[name]) for name in _END),
        ("version", len(hold["entries"])),
        ("created_at", first["created_at"]),
        ("updated_at", last["created_at"]),
    ]
    different = {name: said for name, said in pairs if hold[name] != said}
    return "; ".join(
        f"{name} {shown(hold[name])}, journal {shown(said)}" for name, said in different.items()
    )


ENTRY_CHECKS: tuple[Callable[[Row, Tally], str | None], ...] = (
    hold_sequence_has_no_gap,
    journaled_hold_exists,
)
HOLD_CHECKS: tuple[Callable[[Row], str | None], ...] = (
    hold_was_placed_and_ended_once,
    hold_is_what_its_journal_says,
)
