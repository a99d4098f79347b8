"""Wallets of the model: what they hold, what counts against their limits, what they refuse."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

Verdict = tuple[int, str]
ZERO = Decimal(0)
INVALID: Verdict = (422, "amount_invalid")
NOT_FOUND: Verdict = (404, "not_found")
#: What a calendar window's first moment has for these.
_HOUR = {"minute": 0, "second": 0, "microsecond": 0}
_FIRST = {"hour": _HOUR, "day": {"hour": 0, **_HOUR}, "month": {"day": 1, "hour": 0, **_HOUR}}


@dataclass
class Use:
    """What counts against limits: a signed amount, how often, and the whole it is part of."""

    at: datetime
    amount: Decimal
    whole: Decimal
    times: int = 1

    @property
    def direction(self) -> str:
        """Tell what it counts as."""
        return "debit" if self.amount < 0 else "credit"


@dataclass
class ModelLimit:
    """A limit of a wallet."""

    wallet: int
    direction: str
    window: str
    max_amount: Decimal | None
    max_count: int | None

    def admits(self, use: Use, earlier: list[Use]) -> bool:
        """Tell whether a use still fits, given the wallet's earlier ones."""
        if use.direction != self.direction:
            return True
        if self.window == "transaction":
            return self.max_amount is None or abs(use.whole) <= self.max_amount
        start = use.at.replace(**_FIRST[self.window])
        running = [u for u in earlier if u.direction == self.direction and u.at >= start]
        amount = sum((abs(u.amount) for u in [*running, use]), ZERO)
        count = sum(u.times for u in [*running, use])
        too_often = bool(use.times) and self.max_count is not None and count > self.max_count
        return not too_often and (self.max_amount is None or amount <= self.max_amount)


@dataclass
class ModelWallet:
    """A wallet; `moved` tells whether it has history, `uses` is all that ever counted."""

    balance: Decimal = ZERO
    held: Decimal = ZERO
    limit: Decimal = ZERO
    status: str = "active"
    moved: bool = False
    uses: list[Use] = field(default_factory=list)
    limits: dict[int, ModelLimit] = field(default_factory=dict)

    @property
    def available(self) -> Decimal:
        """Return what is not held."""
        return self.balance - self.held

    @property
    def is_empty(self) -> bool:
        """Tell whether it may be closed."""
        return not self.balance and not self.held

    def refusal(self, amount: Decimal, use: Use | None = None) -> Verdict | None:
        """Return what taking or adding the amount is refused with."""
        if self.status != "active":
            return 409, f"wallet_{self.status}"
        if amount < 0 and self.available + amount < -self.limit:
            return 422, "insufficient_funds"
        if use and not all(limit.admits(use, self.uses) for limit in self.limits.values()):
            return 422, "limit_exceeded"
        return None

    def move(self, amount: Decimal, use: Use | None = None) -> None:
        """Move the balance."""
        self.balance += amount
        self.moved = True
        self.uses += [use] if use else []
