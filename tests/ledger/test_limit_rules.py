"""Pure decisions on limits: windows, counting, giving back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet_transaction_api.ledger import errors, hold_errors, limit_rules
from wallet_transaction_api.ledger.limit_rules import LimitState, Use

NOON = datetime(2030, 1, 15, 12, tzinfo=UTC)
PER_DAY = LimitState(
    id=1,
    wallet_id=1,
    direction="debit",
    window="day",
    max_amount=Decimal(100),
    max_count=3,
    window_started_at=datetime(2030, 1, 15, tzinfo=UTC),
    used_amount=Decimal(0),
    used_count=0,
)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 Hypothesis adds the zone


def _spent(limit: LimitState, amount: object, at: datetime = NOON) -> LimitState:
    return limit_rules.counted(limit, limit_rules.use_of(-Decimal(str(amount))), at=at)


@pytest.mark.parametrize(
    ("window", "start", "end"),
    [
        ("hour", "2030-01-31T23:00", "2030-02-01T00:00"),
        ("day", "2030-01-31T00:00", "2030-02-01T00:00"),
        ("month", "2030-01-01T00:00", "2030-02-01T00:00"),
    ],
)
def test_windows_are_calendar_windows(window: str, start: str, end: str) -> None:
    moment = datetime(2030, 1, 31, 23, 59, 59, 999999, tzinfo=UTC)
    started_at = limit_rules.window_start(window, moment)
    assert started_at is not None
    assert started_at.isoformat(timespec="minutes") == f"{start}+00:00"
    assert (
        limit_rules.window_end(window, started_at).isoformat(timespec="minutes") == f"{end}+00:00"
    )


def test_windows_are_in_utc_wherever_the_moment_was_read() -> None:
    moment = datetime(2030, 1, 16, 1, tzinfo=timezone(timedelta(hours=2)))
    assert limit_rules.window_start("day", moment) == datetime(2030, 1, 15, tzinfo=UTC)


@given(window=st.sampled_from(["hour", "day", "month"]), moment=MOMENTS)
def test_every_moment_is_in_one_window(window: str, moment: datetime) -> None:
    start = limit_rules.window_start(window, moment)
    assert start is not None
    end = limit_rules.window_end(window, start)
    assert start <= moment < end
    assert limit_rules.window_start(window, end) == end
    assert limit_rules.window_start(window, end - timedelta(microseconds=1)) == start


def test_one_transaction_has_no_window() -> None:
    assert limit_rules.window_start("transaction", NOON) is None


def test_amounts_add_up_to_the_limit_and_not_beyond() -> None:
    used = _spent(_spent(PER_DAY, 60), 40)
    assert (used.used_amount, used.used_count) == (100, 2)
    with pytest.raises(hold_errors.LimitExceeded) as refusal:
        _spent(used, "0.01")
    assert refusal.value.data == {"window_ends_at": datetime(2030, 1, 16, tzinfo=UTC)}


def test_so_do_counts() -> None:
    used = _spent(_spent(_spent(PER_DAY, 1), 1), 1)
    with pytest.raises(hold_errors.LimitExceeded):
        _spent(used, 1)
    assert _spent(replace(used, max_count=None), 1).used_count == 4


def test_a_new_window_has_used_nothing() -> None:
    full = _spent(PER_DAY, 100)
    last = NOON.replace(hour=23, minute=59, second=59, microsecond=999999)
    with pytest.raises(hold_errors.LimitExceeded):
        _spent(full, 1, at=last)
    fresh = _spent(full, 1, at=last + timedelta(microseconds=1))
    assert (fresh.used_amount, fresh.used_count) == (1, 1)
    assert fresh.window_started_at == datetime(2030, 1, 16, tzinfo=UTC)


def test_a_clock_that_steps_back_does_not_open_an_old_window_again() -> None:
    full = _spent(PER_DAY, 100)
    with pytest.raises(hold_errors.LimitExceeded):
        _spent(full, 1, at=NOON - timedelta(days=1))


def test_a_limit_per_transaction_adds_nothing_up() -> None:
    each = replace(PER_DAY, window="transaction", max_count=None, window_started_at=None)
    assert _spent(_spent(each, 100), 100) == each
    with pytest.raises(hold_errors.LimitExceeded) as refusal:
        _spent(each, "100.01")
    assert refusal.value.data == {}


@pytest.mark.parametrize(
    ("before", "after", "direction", "amount"),
    [
        ("-10", "-15", "debit", 5),
        ("10", "15", "credit", 5),
        ("0.25", "0.75", "credit", Decimal("0.50")),
        ("-0.25", "-0.75", "debit", Decimal("0.50")),
        ("-10", "5", "credit", 5),
        ("10", "-5", "debit", 5),
    ],
)
def test_an_edit_upward_uses_its_difference_and_no_time(
    before: str, after: str, direction: str, amount: int
) -> None:
    use = limit_rules.use_of_edit(Decimal(before), Decimal(after))
    whole = Decimal(after).copy_abs()
    assert use == Use(direction=direction, amount=Decimal(amount), whole=whole, times=0)


@pytest.mark.parametrize(("before", "after"), [("-15", "-10"), ("15", "10"), ("10", "10")])
def test_an_edit_downward_uses_nothing(before: str, after: str) -> None:
    assert limit_rules.use_of_edit(Decimal(before), Decimal(after)) is None


def test_an_edit_passes_a_full_count_but_not_a_full_amount() -> None:
    counted_out = replace(PER_DAY, used_count=3, used_amount=Decimal(90))
    use = limit_rules.use_of_edit(Decimal(-10), Decimal(-20))
    assert use is not None
    assert limit_rules.counted(counted_out, use, at=NOON).used_amount == 100
    with pytest.raises(hold_errors.LimitExceeded):
        limit_rules.counted(replace(counted_out, used_amount=Decimal(91)), use, at=NOON)


@pytest.mark.parametrize(("amount", "direction"), [("0.01", "credit"), ("-0.01", "debit")])
def test_the_sign_of_the_least_amount_says_its_direction(amount: str, direction: str) -> None:
    assert limit_rules.use_of(Decimal(amount)) == Use(
        direction=direction, amount=Decimal("0.01"), whole=Decimal("0.01"), times=1
    )


def test_an_edit_passes_a_count_that_was_lowered_meanwhile() -> None:
    beyond = replace(PER_DAY, used_count=4, used_amount=Decimal(10))
    use = limit_rules.use_of_edit(Decimal(-10), Decimal(-20))
    assert use is not None
    assert limit_rules.counted(beyond, use, at=NOON).used_count == 4


def test_a_limit_per_transaction_looks_at_the_whole_edited_amount() -> None:
    each = replace(PER_DAY, window="transaction", window_started_at=None)
    use = limit_rules.use_of_edit(Decimal(-60), Decimal(-101))
    assert use is not None
    with pytest.raises(hold_errors.LimitExceeded):
        limit_rules.counted(each, use, at=NOON)


def test_what_was_used_in_this_window_is_given_back() -> None:
    used = _spent(PER_DAY, 40)
    use = Use(direction="debit", amount=Decimal(30), whole=Decimal(30), times=1)
    back = limit_rules.given_back(used, use, placed_at=NOON, at=NOON)
    assert (back.used_amount, back.used_count) == (10, 0)


def test_what_was_used_at_the_windows_first_moment_is_given_back() -> None:
    start = NOON.replace(hour=0)
    back = limit_rules.given_back(
        _spent(PER_DAY, 40, at=start), limit_rules.use_of(Decimal(-40)), placed_at=start, at=NOON
    )
    assert (back.used_amount, back.used_count) == (0, 0)


def test_what_was_used_in_an_earlier_window_is_not() -> None:
    used = _spent(PER_DAY, 40, at=NOON + timedelta(days=1))
    use = limit_rules.use_of(Decimal(-30))
    tomorrow = NOON + timedelta(days=1)
    assert limit_rules.given_back(used, use, placed_at=NOON, at=tomorrow) == used


def test_giving_back_starts_a_new_window_first() -> None:
    used, use = _spent(PER_DAY, 40), limit_rules.use_of(Decimal(-30))
    back = limit_rules.given_back(used, use, placed_at=NOON, at=NOON + timedelta(days=1))
    assert (back.used_amount, back.used_count) == (0, 0)


@given(amounts=st.lists(st.decimals("0.01", "80", places=2), max_size=8))
def test_whatever_comes_the_limit_holds(amounts: list[Decimal]) -> None:
    limit, passed = PER_DAY, []
    for amount in amounts:
        try:
            limit = _spent(limit, amount)
            passed.append(amount)
        except hold_errors.LimitExceeded:
            assert sum(passed) + amount > 100 or len(passed) == 3
    assert (limit.used_amount, limit.used_count) == (sum(passed), len(passed))


@pytest.mark.parametrize(
    ("window", "amount", "count", "refusal"),
    [
        ("day", None, None, hold_errors.LimitMissing),
        ("transaction", None, 1, hold_errors.LimitVain),
        ("transaction", 1, 1, hold_errors.LimitVain),
        ("day", 0, None, errors.AmountInvalid),
        ("day", -1, 5, errors.AmountInvalid),
    ],
)
def test_a_limit_of_nothing_is_refused(
    window: str, amount: int | None, count: int | None, refusal: type[errors.LedgerError]
) -> None:
    with pytest.raises(refusal):
        limit_rules.refuse_empty(window, None if amount is None else Decimal(amount), count)
