"""What must be true of a hold and of what a wallet says about its holds: a function per promise.

As in `checks`: each takes rows as read and returns what is wrong, or None.
"""

from collections.abc import Callable

from wallet_transaction_api import money
from wallet_transaction_api.ledger.verification.checks import Tally, Violation
from wallet_transaction_api.sql import Row

_ENDED_UNCAPTURED = {"voided", "expired", "pending"}


def of_hold(hold: Row, tally: Tally | None) -> list[Violation]:
    """Check one hold against the transaction that it names, and count it if it is pending."""
    subject = f"hold {hold['id']}"
    if tally is None:
        return [Violation("wallet_exists", subject, "its wallet is missing")]
    if hold["status"] == "pending":
        _count(hold, tally)
    return [
        Violation(check.__name__, subject, detail)
        for check in HOLD_CHECKS
        if (detail := check(hold))
    ]


def of_wallet(tally: Tally) -> list[Violation]:
    """Check a wallet whose holds have all been counted."""
    return [
        Violation(check.__name__, f"wallet {tally.wallet['id']}", detail)
        for check in WALLET_CHECKS
        if (detail := check(tally))
    ]


def hold_is_of_a_positive_amount(hold: Row) -> str | None:
    """Expect something to be held."""
    return None if hold["amount"] > 0 else f"amount {hold['amount']:f}"


def hold_ended_in_one_way(hold: Row) -> str | None:
    """Expect a captured hold to name what it captured, and no other hold to."""
    named = [hold["captured_amount"] is not None, hold["transaction_id"] is not None]
    if hold["status"] == "captured":
        return None if all(named) else "captured, but its amount or transaction is missing"
    if hold["status"] not in _ENDED_UNCAPTURED:
        return f"status {hold['status']}"
    return f"{hold['status']}, but it names what it captured" if any(named) else None


def captured_hold_is_its_transaction(hold: Row) -> str | None:
    """Expect what was captured to be what the hold's visible transaction took from its wallet."""
    captured = hold["captured_amount"]
    if hold["status"] != "captured" or captured is None:
        return None
    if hold["taken"] is None or hold["taken_deleted_at"] is not None:
        return "its transaction is missing or reversed"
    expected = (money.negate(captured), hold["wallet_id"], "capture")
    found = (hold["taken"], hold["taken_wallet_id"], hold["taken_kind"])
    return None if found == expected else f"captured {captured:f}, transaction {hold['taken']:f}"


def captured_hold_took_no_more_than_it_held(hold: Row) -> str | None:
    """Expect a capture of all of the hold or of less."""
    captured = hold["captured_amount"]
    if captured is None or 0 < captured <= hold["amount"]:
        return None
    return f"captured {captured:f}, amount {hold['amount']:f}"


def held_is_sum_of_pending_holds(tally: Tally) -> str | None:
    """Expect what a wallet holds to be what its pending holds say."""
    held = tally.wallet["held"]
    return None if held == tally.pending else f"held {held:f}, pending holds {tally.pending:f}"


def next_expiry_is_the_first_holds(tally: Tally) -> str | None:
    """Expect a wallet to know when the first of its pending holds is due: else none expires."""
    known, first = tally.wallet["next_expiry_at"], tally.next_expiry_at
    return None if known == first else f"next_expiry_at {known}, first pending hold {first}"


def limited_wallet_says_so(tally: Tally) -> str | None:
    """Expect a wallet to know whether it has limits: else they are not asked."""
    known, has_limits = bool(tally.wallet["is_limited"]), bool(tally.wallet["limits"])
    return None if known == has_limits else f"is_limited {known}, has limits {has_limits}"


def _count(hold: Row, tally: Tally) -> None:
    tally.pending = money.add(tally.pending, hold["amount"])
    tally.next_expiry_at = min(tally.next_expiry_at or hold["expires_at"], hold["expires_at"])


HOLD_CHECKS: tuple[Callable[[Row], str | None], ...] = (
    hold_is_of_a_positive_amount,
    hold_ended_in_one_way,
    captured_hold_is_its_transaction,
    captured_hold_took_no_more_than_it_held,
)
WALLET_CHECKS: tuple[Callable[[Tally], str | None], ...] = (
    held_is_sum_of_pending_holds,
    next_expiry_is_the_first_holds,
    limited_wallet_says_so,
)
