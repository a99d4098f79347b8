"""What may be done to a hold: pure decisions on its state. No framework, clock or I/O."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from wallet_transaction_api.ledger import errors, hold_errors, rules


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldState:
    """A hold's columns as read under its wallet's lock."""

    id: int
    wallet_id: int
    amount: Decimal
    status: str
    expires_at: datetime
    created_at: datetime


def refuse_unless_pending(hold: HoldState, *, now: datetime) -> None:
    """Refuse on a hold that has ended, by what was written or by the clock."""
    if hold.status == "captured":
        raise hold_errors.HoldAlreadyCaptured
    if hold.status == "voided":
        raise hold_errors.HoldAlreadyVoided
    if hold.status == "expired" or hold.expires_at <= now:
        raise hold_errors.HoldExpired


def refuse_past_expiry(expires_at: datetime, *, now: datetime) -> None:
    """Refuse a hold that would have expired before it was placed."""
    if expires_at <= now:
        raise hold_errors.ExpiryPassed


def capture_amount(hold: HoldState, wanted: Decimal | None, exponent: int) -> Decimal:
    """Return what a capture takes: what is wanted of the hold, or all of it.

    Refuses zero and less, more than the hold, and amounts finer than the currency.
    """
    amount = hold.amount if wanted is None else rules.exact_amount(wanted, exponent)
    if amount < 0:
        raise errors.AmountInvalid("A capture is of a positive amount.")
    if amount > hold.amount:
        raise errors.AmountInvalid("A capture takes at most the amount of its hold.")
    return amount
