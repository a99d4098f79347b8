"""A clock stepped back and forward: holds expire by it, limits count what they counted."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.books import assert_in_order
from tests.ledger.conftest import Clock
from wallet_transaction_api.ledger import errors, hold_errors, holds, limit_uses, limits, posting
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import Hold, Limit, Wallet

Open = Callable[..., Wallet]
HOUR, JUST = timedelta(hours=1), timedelta(microseconds=1)


@pytest.fixture
def wallet(open_wallet: Open, clock: Clock) -> Wallet:
    """Return a wallet with 100.00 in it; it is noon."""
    return open_wallet("100.00")


def _place(wallet: Wallet, clock: Clock, amount: int = 30) -> Hold:
    """Place a hold for an hour."""
    until = clock.now + HOUR
    return holds.place(wallet_id=wallet.pk, amount=Decimal(amount), expires_at=until)


def _post(wallet: Wallet, amount: int) -> None:
    posting.post_one(Posting(wallet_id=wallet.pk, amount=Decimal(amount)))


def _available(wallet: Wallet) -> Decimal:
    return Wallet.objects.values_list("available", flat=True).get(pk=wallet.pk)


def test_a_clock_stepped_back_makes_no_hold_end_sooner(wallet: Wallet, clock: Clock) -> None:
    hold = _place(wallet, clock)
    clock.tick(hours=-5)
    _post(wallet, 1)
    assert _available(wallet) == 71
    clock.tick(hours=6, microseconds=-1)
    assert holds.capture(hold_id=hold.pk).status == "captured"
    assert_in_order()


def test_a_hold_that_was_written_as_expired_stays_so(wallet: Wallet, clock: Clock) -> None:
    hold = _place(wallet, clock)
    clock.tick(hours=1)
    _post(wallet, -100)
    clock.tick(hours=-3)
    for end in (holds.capture, holds.void):
        with pytest.raises(hold_errors.HoldExpired):
            end(hold_id=hold.pk)
    with pytest.raises(errors.InsufficientFunds):
        _place(wallet, clock)
    assert (_available(wallet), Hold.objects.get().status) == (0, "expired")
    assert_in_order()


def test_a_hold_of_which_nothing_was_written_is_pending_again(wallet: Wallet, clock: Clock) -> None:
    hold = _place(wallet, clock)
    clock.tick(hours=2)
    assert Hold.objects.as_of(clock.now).get().current_status == "expired"
    clock.tick(hours=-2)
    assert Hold.objects.as_of(clock.now).get().current_status == "pending"
    assert holds.capture(hold_id=hold.pk).status == "captured"
    assert _available(wallet) == 70
    assert_in_order()


def test_a_hold_placed_by_a_clock_that_is_behind_expires_by_it(
    wallet: Wallet, clock: Clock
) -> None:
    clock.tick(hours=-24)
    hold = _place(wallet, clock)
    assert hold.created_at == wallet.updated_at
    clock.tick(hours=1, microseconds=-1)
    assert _available(wallet) == 70
    assert Hold.objects.as_of(clock.now).get().current_status == "pending"
    clock.now += JUST
    assert holds.expire() == 1
    assert (_available(wallet), Hold.objects.get().status) == (100, "expired")
    assert_in_order()


def test_a_hold_voided_by_a_clock_stepped_back_gives_back_to_its_window(
    wallet: Wallet, clock: Clock
) -> None:
    limit = limits.set_limit(
        wallet_id=wallet.pk, direction="debit", window="day", max_amount=Decimal(30)
    )
    clock.tick(days=1)
    hold = _place(wallet, clock)
    clock.tick(days=-1)
    with pytest.raises(hold_errors.LimitExceeded):
        _post(wallet, -1)
    holds.void(hold_id=hold.pk)
    _post(wallet, -30)
    clock.tick(days=1)
    assert _used(limit) == (30, 1)
    with pytest.raises(hold_errors.LimitExceeded):
        _post(wallet, -1)


def _used(limit: Limit) -> tuple[Decimal, int]:
    """Return what is used, having checked that the journals say the same."""
    stored = Limit.objects.get(pk=limit.pk)
    assert stored.window_started_at is not None
    used = stored.used_amount, stored.used_count
    assert used == limit_uses.used_since(
        stored.wallet_id, stored.direction, stored.window_started_at
    )
    return used


steps = st.tuples(
    st.sampled_from(["place", "void", "capture", "post", "tidy"]), st.integers(-180, 240)
)


@pytest.mark.django_db
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(story=st.lists(steps, min_size=8, max_size=16))
def test_limits_count_what_the_journals_say_however_the_clock_is_stepped(
    open_wallet: Open, clock: Clock, story: list[tuple[str, int]]
) -> None:
    wallet = open_wallet("1000.00", label=f"W{Wallet.objects.count()}")
    limit = limits.set_limit(
        wallet_id=wallet.pk, direction="debit", window="hour", max_amount=Decimal(70), max_count=4
    )
    placed: list[int] = []
    acts: dict[str, Callable[[], object]] = {
        "place": lambda: placed.append(_place(wallet, clock).pk),
        "void": lambda: placed and holds.void(hold_id=placed[-1]),
        "capture": lambda: placed and holds.capture(hold_id=placed[-1], amount=Decimal(10)),
        "post": lambda: _post(wallet, -25),
        "tidy": holds.expire,
    }
    for act, minutes in story:
        clock.tick(minutes=minutes)
        try:
            acts[act]()
        except errors.StateRefusal:
            continue
        amount, count = _used(limit)
        assert (amount <= 70, count <= 4) == (True, True)
    assert_in_order()
