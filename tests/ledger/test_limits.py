"""Limits: what counts against them, what gives back, and what they refuse."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.ledger.conftest import Clock
from wallet_transaction_api.ledger import (
    amending,
    errors,
    hold_errors,
    holds,
    limit_uses,
    limits,
    posting,
    wallets,
)
from wallet_transaction_api.ledger.posting import Posted, Posting
from wallet_transaction_api.models import Hold, Limit, Transaction, Wallet
from wallet_transaction_api.querysets import MoneyIsPosted

Open = Callable[..., Wallet]


@pytest.fixture
def wallet(open_wallet: Open, clock: Clock) -> Wallet:
    """Return a wallet with 1000.00 in it, of the day before."""
    clock.tick(days=-1)
    opened = open_wallet("1000.00")
    clock.tick(days=1)
    return opened


def _limit(wallet: Wallet, **more: Any) -> Limit:
    given = {"direction": "debit", "window": "day", "max_amount": Decimal(100), **more}
    return limits.set_limit(wallet_id=wallet.pk, **given)


def _post(wallet: Wallet, amount: str) -> Posted:
    return posting.post_one(Posting(wallet_id=wallet.pk, amount=Decimal(amount)))


def _hold(wallet: Wallet, amount: str, **more: Any) -> Hold:
    return holds.place(wallet_id=wallet.pk, amount=Decimal(amount), **more)


def _amend(posted: Posted, amount: str) -> Transaction:
    key = posted.transaction_id
    return amending.amend(transaction_id=key, changes={"amount": Decimal(amount)})


def _used(limit: Limit) -> tuple[Decimal, int]:
    """Return what is used, having checked that the journal says the same."""
    stored = Limit.objects.get(pk=limit.pk)
    used = stored.used_amount, stored.used_count
    assert stored.window_started_at is not None
    start = stored.window_started_at
    assert used == limit_uses.used_since(stored.wallet_id, stored.direction, start)
    return used


def test_what_leaves_counts_up_to_the_limit(wallet: Wallet) -> None:
    limit = _limit(wallet)
    _post(wallet, "-60")
    _post(wallet, "500")
    with pytest.raises(hold_errors.LimitExceeded) as refusal:
        _post(wallet, "-40.01")
    assert refusal.value.data == {"window_ends_at": datetime(2030, 1, 16, tzinfo=UTC)}
    _post(wallet, "-40")
    assert _used(limit) == (100, 2)
    assert Wallet.objects.get(pk=wallet.pk).balance == 1400


def test_funds_are_asked_before_limits_also_by_an_edit(wallet: Wallet) -> None:
    _limit(wallet)
    posted = _post(wallet, "-10")
    with pytest.raises(errors.InsufficientFunds):
        _amend(posted, "-2000")
    wallets.edit(wallet_id=wallet.pk, changes={"status": "frozen"})
    with pytest.raises(errors.WalletFrozen):
        _amend(posted, "-200")


def test_what_enters_counts_against_a_limit_of_credits(wallet: Wallet) -> None:
    limit = _limit(wallet, direction="credit", max_amount=None, max_count=2)
    _post(wallet, "1")
    _post(wallet, "-1")
    _post(wallet, "1")
    with pytest.raises(hold_errors.LimitExceeded):
        _post(wallet, "1")
    assert _used(limit) == (2, 2)


def test_a_limit_per_transaction_looks_at_each_alone(wallet: Wallet) -> None:
    limit = _limit(wallet, window="transaction")
    assert (limit.used_amount, limit.used_count) == (0, 0)
    for _ in range(3):
        _post(wallet, "-100")
    with pytest.raises(hold_errors.LimitExceeded) as refusal:
        _post(wallet, "-100.01")
    assert refusal.value.data == {}


def test_every_limit_of_the_direction_has_to_let_it_pass(wallet: Wallet) -> None:
    by_day, by_hour = _limit(wallet), _limit(wallet, window="hour", max_amount=Decimal(50))
    with pytest.raises(hold_errors.LimitExceeded, match="hour"):
        _post(wallet, "-51")
    _post(wallet, "-50")
    assert (_used(by_day), _used(by_hour)) == ((50, 1), (50, 1))


def test_a_batch_passes_as_far_as_the_limit_goes(wallet: Wallet) -> None:
    limit = _limit(wallet)
    batch = [Posting(wallet_id=wallet.pk, amount=Decimal(-40)) for _ in range(3)]
    outcomes = posting.post([*batch, Posting(wallet_id=wallet.pk, amount=Decimal(-20))])
    assert [isinstance(item, Posted) for item in outcomes] == [True, True, False, True]
    assert _used(limit) == (100, 3)


@pytest.mark.parametrize(
    ("window", "last", "first"),
    [
        ("hour", "2030-01-15 12:59:59.999999", "2030-01-15 13:00"),
        ("day", "2030-01-15 23:59:59.999999", "2030-01-16 00:00"),
        ("month", "2030-01-31 23:59:59.999999", "2030-02-01 00:00"),
    ],
)
def test_a_window_ends_at_its_edge(
    wallet: Wallet, clock: Clock, window: str, last: str, first: str
) -> None:
    limit = _limit(wallet, window=window)
    _post(wallet, "-100")
    clock.set(last)
    with pytest.raises(hold_errors.LimitExceeded) as refusal:
        _post(wallet, "-1")
    clock.set(first)
    assert refusal.value.data == {"window_ends_at": clock.now}
    _post(wallet, "-1")
    assert _used(limit) == (1, 1)


def test_a_clock_that_steps_back_opens_no_old_window(wallet: Wallet, clock: Clock) -> None:
    _limit(wallet)
    _post(wallet, "-100")
    clock.tick(days=-1)
    with pytest.raises(hold_errors.LimitExceeded):
        _post(wallet, "-1")


def test_an_edit_upward_counts_its_difference_once(wallet: Wallet) -> None:
    limit = _limit(wallet, max_count=1)
    posted = _post(wallet, "-60")
    _amend(posted, "-90")
    assert _used(limit) == (90, 1)
    with pytest.raises(hold_errors.LimitExceeded):
        _amend(posted, "-100.01")
    assert _used(limit) == (90, 1)


def test_an_edit_downward_and_a_reversal_neither_count_nor_give_back(wallet: Wallet) -> None:
    limit, credits_ = _limit(wallet), _limit(wallet, direction="credit")
    posted, deposit = _post(wallet, "-60"), _post(wallet, "50")
    _amend(posted, "-10")
    _amend(deposit, "10")
    amending.reverse(transaction_id=posted.transaction_id)
    amending.reverse(transaction_id=deposit.transaction_id)
    assert (_used(limit), _used(credits_)) == ((60, 1), (50, 1))


def test_an_edit_up_again_counts_again(wallet: Wallet) -> None:
    limit = _limit(wallet)
    posted = _post(wallet, "-10")
    for amount in ("-30", "-20", "-25"):
        _amend(posted, amount)
    assert _used(limit) == (35, 1)


def test_an_old_transaction_edited_today_counts_today(wallet: Wallet, clock: Clock) -> None:
    posted = _post(wallet, "-10")
    clock.tick(days=1)
    limit = _limit(wallet)
    _amend(posted, "-30")
    assert _used(limit) == (20, 0)


def test_a_limit_per_transaction_refuses_an_edit_in_small_steps(wallet: Wallet) -> None:
    _limit(wallet, window="transaction")
    posted = _post(wallet, "-90")
    with pytest.raises(hold_errors.LimitExceeded):
        _amend(posted, "-101")


def test_a_hold_and_its_capture_count_once(wallet: Wallet) -> None:
    limit = _limit(wallet, max_count=2)
    hold = _hold(wallet, "60")
    assert _used(limit) == (60, 1)
    with pytest.raises(hold_errors.LimitExceeded):
        _hold(wallet, "41")
    holds.capture(hold_id=hold.pk, amount=Decimal(45))
    assert _used(limit) == (45, 1)
    _post(wallet, "-55")
    assert _used(limit) == (100, 2)


def test_a_released_hold_gives_back(wallet: Wallet, clock: Clock) -> None:
    limit = _limit(wallet)
    voided, _ = _hold(wallet, "60"), _hold(wallet, "40", expires_at=clock.now + timedelta(hours=1))
    holds.void(hold_id=voided.pk)
    assert _used(limit) == (40, 1)
    clock.tick(hours=1)
    _post(wallet, "-100")
    assert _used(limit) == (100, 1)


def test_a_hold_of_an_earlier_window_gives_nothing_back(wallet: Wallet, clock: Clock) -> None:
    limit = _limit(wallet)
    voided, captured = _hold(wallet, "60"), _hold(wallet, "40")
    clock.set("2030-01-16 00:00")
    _post(wallet, "-90")
    holds.void(hold_id=voided.pk)
    holds.capture(hold_id=captured.pk, amount=Decimal(1))
    assert _used(limit) == (90, 1)


def test_a_capture_passes_whatever_the_limit_is_by_then(wallet: Wallet, clock: Clock) -> None:
    hold = _hold(wallet, "60")
    clock.tick(days=1)
    limit = _limit(wallet, max_amount=Decimal(1))
    holds.capture(hold_id=hold.pk)
    assert _used(limit) == (0, 0)


def test_a_new_limit_counts_what_its_window_has_seen(wallet: Wallet, clock: Clock) -> None:
    _post(wallet, "-500")
    clock.tick(days=1)
    posted, _ = _post(wallet, "-10"), _post(wallet, "7")
    _amend(posted, "-15")
    _hold(wallet, "20")
    holds.capture(hold_id=_hold(wallet, "30").pk, amount=Decimal(25))
    holds.void(hold_id=_hold(wallet, "40").pk)
    assert _used(_limit(wallet)) == (15 + 20 + 25, 3)
    assert _used(_limit(wallet, direction="credit")) == (7, 1)
    assert _used(_limit(wallet, window="month", max_amount=Decimal(1))) == (560, 4)
    with pytest.raises(hold_errors.LimitExceeded):
        _post(wallet, "-0.01")


def test_what_other_wallets_did_is_nothing_to_a_new_limit(
    wallet: Wallet, open_wallet: Open, clock: Clock
) -> None:
    clock.tick(days=-1)
    other = open_wallet("1000.00", label="Other")
    posted = [_post(other, "-1") for _ in range(3)]
    clock.tick(days=1)
    _post(wallet, "-10")
    _post(other, "-500")
    _amend(posted[0], "-300")
    _hold(other, "100")
    assert _used(_limit(wallet)) == (10, 1)


def test_a_refusal_leaves_no_trace(wallet: Wallet) -> None:
    limit = _limit(wallet)
    before = Wallet.objects.filter(pk=wallet.pk).values().get()
    with pytest.raises(hold_errors.LimitExceeded):
        _post(wallet, "-101")
    with pytest.raises(hold_errors.LimitExceeded):
        _hold(wallet, "101")
    assert Wallet.objects.filter(pk=wallet.pk).values().get() == before
    assert _used(limit) == (0, 0)
    assert not Hold.objects.exists()


def test_what_the_funds_refuse_counts_nothing(wallet: Wallet) -> None:
    limit = _limit(wallet, max_amount=Decimal(5000))
    with pytest.raises(errors.InsufficientFunds):
        _post(wallet, "-1000.01")
    with pytest.raises(errors.InsufficientFunds):
        _hold(wallet, "1000.01")
    assert _used(limit) == (0, 0)


def test_plain_django_code_is_limited_too(wallet: Wallet) -> None:
    _limit(wallet)
    with pytest.raises(hold_errors.LimitExceeded):
        Transaction.objects.create(wallet=wallet, amount=Decimal(-101))
    with pytest.raises(hold_errors.LimitExceeded):
        Transaction.objects.bulk_create([Transaction(wallet=wallet, amount=Decimal(-101))])


def test_changing_a_limit_counts_anew(wallet: Wallet) -> None:
    _post(wallet, "-60")
    limit = limits.change(limit_id=_limit(wallet).pk, changes={"max_amount": Decimal(60)})
    assert (limit.max_amount, limit.version, _used(limit)) == (60, 2, (60, 1))
    with pytest.raises(hold_errors.LimitExceeded):
        _post(wallet, "-1")
    limits.change(limit_id=limit.pk, changes={"direction": "credit"})
    _post(wallet, "-1")
    limit = limits.change(limit_id=limit.pk, changes={"max_amount": None, "max_count": 1})
    assert _used(limit) == (0, 0)


def test_whatever_is_done_to_a_limit_the_wallets_version_grows(wallet: Wallet) -> None:
    def version() -> int:
        return Wallet.objects.get(pk=wallet.pk).version

    versions = [version()]
    limit = _limit(wallet)
    versions.append(version())
    limits.change(limit_id=limit.pk, changes={"max_amount": Decimal(60)})
    versions.append(version())
    limits.remove(limit_id=limit.pk)
    versions.append(version())
    assert versions == [versions[0] + number for number in range(4)]


def test_without_limits_a_wallet_is_asked_for_none(wallet: Wallet) -> None:
    def is_limited() -> bool:
        return bool(Wallet.objects.get(pk=wallet.pk).is_limited)

    first, second = _limit(wallet), _limit(wallet)
    limits.remove(limit_id=first.pk)
    assert is_limited()
    limits.remove(limit_id=second.pk)
    assert not is_limited()
    _post(wallet, "-500")
    with pytest.raises(hold_errors.LimitNotFound):
        limits.remove(limit_id=second.pk)
    with pytest.raises(hold_errors.LimitNotFound):
        limits.change(limit_id=second.pk, changes={"max_count": 1})


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"max_amount": None}, hold_errors.LimitMissing),
        ({"max_amount": Decimal(0)}, errors.AmountInvalid),
        ({"max_amount": Decimal("0.001")}, errors.AmountPrecision),
        ({"window": "transaction", "max_count": 1}, hold_errors.LimitVain),
    ],
)
def test_a_limit_of_nothing_is_refused(
    wallet: Wallet, more: dict[str, Any], refusal: type[errors.LedgerError]
) -> None:
    with pytest.raises(refusal):
        _limit(wallet, **more)
    assert not Limit.objects.exists()


def test_a_frozen_wallet_may_be_limited_and_a_closed_one_not(
    wallet: Wallet, open_wallet: Open
) -> None:
    wallets.edit(wallet_id=wallet.pk, changes={"status": "frozen"})
    _limit(wallet)
    empty = open_wallet(label="Empty")
    wallets.edit(wallet_id=empty.pk, changes={"status": "closed"})
    with pytest.raises(errors.WalletClosed):
        _limit(empty)


def test_a_wallet_without_history_is_erased_with_its_limits(open_wallet: Open) -> None:
    empty = open_wallet()
    _limit(empty)
    wallets.close(wallet_id=empty.pk)
    assert not Wallet.objects.filter(pk=empty.pk).exists()
    assert not Limit.objects.exists()


def test_plain_django_code_writes_no_limits(wallet: Wallet) -> None:
    limit = _limit(wallet)
    attempts: list[Callable[[], Any]] = [
        limit.save,
        limit.delete,
        lambda: Limit.objects.create(wallet=wallet, direction="debit", window="day", max_count=1),
        lambda: Limit.objects.update(max_count=1),
        lambda: Limit.objects.all().delete(),
        lambda: Wallet.objects.update(is_limited=False),
    ]
    for attempt in attempts:
        with pytest.raises(MoneyIsPosted):
            attempt()
