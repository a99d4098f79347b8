"""Holds of the model, and its clock: they expire when it says so."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from tests.api.model.postings import Post, Postings
from tests.api.model.wallets import INVALID, NOT_FOUND, Use, Verdict

_ENDED = {
    "captured": "hold_already_captured",
    "voided": "hold_already_voided",
    "expired": "hold_expired",
}


@dataclass
class ModelHold:
    """A hold, and what it counts as against limits while it is not given back."""

    wallet: int
    amount: Decimal
    expires_at: datetime
    use: Use
    status: str = "pending"
    captured: Decimal | None = None


class Holds(Postings):
    """Holds by their ids; none is ever gone."""

    def __init__(self) -> None:
        super().__init__()
        self.holds: dict[int, ModelHold] = {}

    def pass_time(self, length: timedelta) -> None:
        """Move the clock on; holds that are due by then have expired."""
        self.now += length
        for hold in self.holds.values():
            if hold.status == "pending" and hold.expires_at <= self.now:
                self._release(hold, "expired")

    def first_expiry(self) -> datetime | None:
        """Return when the first pending hold is due."""
        pending = (hold.expires_at for hold in self.holds.values() if hold.status == "pending")
        return min(pending, default=None)

    def place(self, wallet: int, amount: Decimal) -> Verdict:
        """Judge a hold; the caller notes it by `placed`."""
        if wallet not in self.wallets:
            return NOT_FOUND
        if not amount:
            return INVALID
        if amount < 0:
            return self.wallets[wallet].refusal(-amount) or INVALID
        return self.wallets[wallet].refusal(-amount, self._use(-amount)) or (201, "")

    def placed(self, key: int, wallet: int, amount: Decimal, length: timedelta) -> None:
        """Note a hold that was placed."""
        use = self._use(-amount)
        self.holds[key] = ModelHold(wallet, amount, self.now + length, use)
        kept = self.wallets[wallet]
        kept.held += amount
        kept.uses.append(use)
        kept.moved = True

    def void(self, key: int) -> Verdict:
        """Release all of a hold."""
        hold = self.holds[key]
        if hold.status != "pending":
            return 409, _ENDED[hold.status]
        self._release(hold, "voided")
        return 200, ""

    def capture(self, key: int, amount: Decimal | None) -> Verdict:
        """Judge a capture of all, or of an amount; the caller notes it by `captured`."""
        hold = self.holds[key]
        if amount is not None and not amount:
            return INVALID
        if hold.status != "pending":
            return 409, _ENDED[hold.status]
        return INVALID if amount is not None and not 0 < amount <= hold.amount else (200, "")

    def captured(self, key: int, transaction: int, amount: Decimal | None) -> None:
        """Note what was captured: it counts against limits since the hold was placed."""
        hold = self.holds[key]
        hold.status, hold.captured = "captured", hold.amount if amount is None else amount
        hold.use.amount = hold.use.whole = -hold.captured
        self.wallets[hold.wallet].held -= hold.amount
        self.noted(transaction, Post(hold.wallet, -hold.captured, part_of="hold"))

    def _release(self, hold: ModelHold, status: str) -> None:
        hold.status = status
        wallet = self.wallets[hold.wallet]
        wallet.held -= hold.amount
        wallet.uses = [use for use in wallet.uses if use is not hold.use]
