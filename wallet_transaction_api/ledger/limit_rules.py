"""How limits count: pure decisions on a limit's state. No framework, clock or I/O.

Windows are calendar windows in UTC. A movement counts in the window of its own moment, which
never goes back within a wallet (`rules.never_back`), so neither do its limits' windows.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from wallet_transaction_api import money
from wallet_transaction_api.ledger import errors, hold_errors

#: The parts of a moment that are zero, or the first, where such a window starts.
_FIRST = {
    "hour": {"minute": 0, "second": 0, "microsecond": 0},
    "day": {"hour": 0, "minute": 0, "second": 0, "microsecond": 0},
    "month": {"day": 1, "hour": 0, "minute": 0, "second": 0, "microsecond": 0},
}
#: A length that ends in the next window, wherever a window of the kind starts.
_INTO_NEXT = {"hour": timedelta(hours=1), "day": timedelta(days=1), "month": timedelta(days=31)}


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitState:
    """A limit's columns as read under its wallet's lock."""

    id: int
    wallet_id: int
    direction: str
    window: str
    max_amount: Decimal | None
    max_count: int | None
    window_started_at: datetime | None
    used_amount: Decimal
    used_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What counts against a limit: an amount, `times`, and the whole transaction's amount.

    The three agree except for an edit, whose difference counts no time, and whose whole
    new amount is what a limit per transaction looks at.
    """

    direction: str
    amount: Decimal
    whole: Decimal
    times: int = 1


def use_of(amount: Decimal) -> Use:
    """Return what a new signed amount uses."""
    size = amount.copy_abs()
    return Use(direction="debit" if amount < 0 else "credit", amount=size, whole=size)


def use_of_edit(before: Decimal, after: Decimal) -> Use | None:
    """Return what editing a transaction's signed amount uses; an edit downward nothing."""
    new = use_of(after)
    same_direction = (before < 0) == (after < 0)
    more = money.subtract(new.whole, before.copy_abs()) if same_direction else new.whole
    return replace(new, amount=more, times=0) if more > 0 else None


def window_start(window: str, moment: datetime) -> datetime | None:
    """Return when the window of the moment started; None for one transaction."""
    first = _FIRST.get(window)
    return moment.astimezone(UTC).replace(**first) if first else None  # type: ignore[arg-type]


def window_end(window: str, started_at: datetime) -> datetime:
    """Return when the window ends: the next one's start."""
    following = window_start(window, started_at + _INTO_NEXT[window])
    return following or started_at


def running(limit: LimitState, moment: datetime) -> LimitState:
    """Return the limit in the window of the moment: a new window has used nothing."""
    start = window_start(limit.window, moment)
    known = limit.window_started_at
    if start is None or (known is not None and start <= known):
        return limit
    return replace(limit, window_started_at=start, used_amount=money.ZERO, used_count=0)


def counted(limit: LimitState, use: Use, *, at: datetime) -> LimitState:
    """Return the limit with the use counted, or refuse what would exceed it."""
    limit = running(limit, at)
    if limit.window == "transaction":
        _refuse_beyond(limit, use.whole, use.times)
        return limit
    amount = money.add(limit.used_amount, use.amount)
    count = limit.used_count + use.times
    _refuse_beyond(limit, amount, count if use.times else 0)
    return replace(limit, used_amount=amount, used_count=count)


def given_back(limit: LimitState, use: Use, *, placed_at: datetime, at: datetime) -> LimitState:
    """Return the limit without a use that was counted at `placed_at`, if in this window."""
    limit = running(limit, at)
    start = limit.window_started_at
    if start is None or placed_at < start:
        return limit
    return replace(
        limit,
        used_amount=max(money.ZERO, money.subtract(limit.used_amount, use.amount)),
        used_count=max(0, limit.used_count - use.times),
    )


def refuse_empty(window: str, max_amount: Decimal | None, max_count: int | None) -> None:
    """Refuse a limit that would limit nothing, and a negative one."""
    if max_amount is None and max_count is None:
        raise hold_errors.LimitMissing("A limit has a maxAmount or a maxCount.")
    if max_amount is not None and max_amount <= 0:
        raise errors.AmountInvalid("A limit is of a positive amount.")
    if window == "transaction" and max_count is not None:
        raise hold_errors.LimitVain("A limit per transaction is of an amount, not of a count.")


def _refuse_beyond(limit: LimitState, amount: Decimal, count: int) -> None:
    too_much = limit.max_amount is not None and amount > limit.max_amount
    too_often = limit.max_count is not None and count > limit.max_count
    if too_much or too_often:
        detail = f"The wallet's limit of {limit.direction}s per {limit.window} is exceeded."
        raise hold_errors.LimitExceeded(detail, **_window_ends(limit))


def _window_ends(limit: LimitState) -> dict[str, datetime]:
    started_at = limit.window_started_at
    if started_at is None:
        return {}
    return {"window_ends_at": window_end(limit.window, started_at)}
