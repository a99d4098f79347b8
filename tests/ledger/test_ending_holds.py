"""How holds end: captured, voided, expired; once, and with what is due given back."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.ledger.conftest import Clock
from wallet_transaction_api.ledger import amending, errors, hold_errors, holds, posting, wallets
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import Entry, Hold, Transaction, Wallet

Open = Callable[..., Wallet]
HOUR = timedelta(hours=1)


def _columns(wallet: Wallet) -> tuple[Decimal, Decimal, Decimal]:
    stored = Wallet.objects.get(pk=wallet.pk)
    return stored.balance, stored.available, stored.held


def _place(wallet: Wallet, amount: str = "30", **more: Any) -> Hold:
    return holds.place(wallet_id=wallet.pk, amount=Decimal(amount), **more)


def test_a_capture_posts_a_transaction_with_its_entry(open_wallet: Open) -> None:
    wallet = open_wallet("100.00")
    hold = _place(wallet, description="Hotel", metadata={"room": 7})
    hold = holds.capture(hold_id=hold.pk, actor_id=wallet.owner_id)
    taken = hold.transaction
    assert taken is not None
    assert (hold.status, hold.captured_amount, hold.version) == ("captured", 30, 2)
    assert (taken.amount, taken.kind, taken.balance_after) == (-30, "capture", 70)
    assert (taken.description, taken.metadata) == ("Hotel", {"room": 7})
    entry = Entry.objects.get(transaction=taken)
    assert (entry.amount, entry.balance_after, entry.sequence) == (-30, 70, 2)
    assert entry.actor_id == wallet.owner_id
    assert _columns(wallet) == (70, 70, 0)


def test_a_capture_of_less_releases_the_rest(open_wallet: Open) -> None:
    wallet = open_wallet("100.00")
    hold = holds.capture(hold_id=_place(wallet).pk, amount=Decimal("12.50"))
    assert hold.captured_amount == Decimal("12.50")
    assert _columns(wallet) == (Decimal("87.50"), Decimal("87.50"), 0)


@pytest.mark.parametrize("amount", ["30.01", "0", "-1", "0.001"])
def test_other_captures_are_refused_and_leave_no_trace(open_wallet: Open, amount: str) -> None:
    wallet = open_wallet("100.00")
    hold = _place(wallet)
    with pytest.raises((errors.AmountInvalid, errors.AmountPrecision)):
        holds.capture(hold_id=hold.pk, amount=Decimal(amount))
    assert _columns(wallet) == (100, 70, 30)
    assert Hold.objects.get().status == "pending"
    assert Transaction.objects.count() == 1


def test_voiding_releases_all(open_wallet: Open) -> None:
    wallet = open_wallet("100.00")
    assert holds.void(hold_id=_place(wallet).pk).status == "voided"
    assert _columns(wallet) == (100, 100, 0)
    assert Transaction.objects.count() == 1


ENDS: dict[str, Callable[[int], Any]] = {
    "capture": lambda key: holds.capture(hold_id=key),
    "void": lambda key: holds.void(hold_id=key),
}


@pytest.mark.parametrize("again", ENDS)
@pytest.mark.parametrize(
    ("first", "refusal"),
    [
        ("capture", hold_errors.HoldAlreadyCaptured),
        ("void", hold_errors.HoldAlreadyVoided),
        ("expire", hold_errors.HoldExpired),
    ],
)
def test_a_hold_ends_once_and_says_how_ever_after(
    open_wallet: Open, clock: Clock, first: str, again: str, refusal: type[errors.LedgerError]
) -> None:
    wallet = open_wallet("100.00")
    hold = _place(wallet, expires_at=clock.now + HOUR)
    if first == "expire":
        clock.tick(hours=1)
        holds.expire()
    else:
        ENDS[first](hold.pk)
    columns = _columns(wallet)
    for _ in range(2):
        with pytest.raises(refusal):
            ENDS[again](hold.pk)
        clock.tick(days=30)
    assert _columns(wallet) == columns
    assert Transaction.objects.count() == 2 - (first != "capture")


@pytest.mark.parametrize("end", ENDS)
def test_a_missing_hold_is_not_found(db: None, end: str) -> None:
    with pytest.raises(hold_errors.HoldNotFound):
        ENDS[end](1)


@pytest.mark.parametrize("end", ENDS)
def test_expiry_is_judged_by_the_clock_not_by_the_command(
    open_wallet: Open, clock: Clock, end: str
) -> None:
    hold = _place(open_wallet("100.00"), expires_at=clock.now + HOUR)
    clock.tick(hours=1)
    assert Hold.objects.get().status == "pending"
    assert Hold.objects.get().status_at(clock.now) == "expired"
    with pytest.raises(hold_errors.HoldExpired):
        ENDS[end](hold.pk)


@pytest.mark.parametrize("end", ENDS)
def test_a_moment_before_its_expiry_a_hold_still_lives(
    open_wallet: Open, clock: Clock, end: str
) -> None:
    hold = _place(open_wallet("100.00"), expires_at=clock.now + HOUR)
    clock.tick(minutes=60, microseconds=-1)
    ENDS[end](hold.pk)


def test_money_whose_hold_has_expired_can_be_spent_at_once(open_wallet: Open, clock: Clock) -> None:
    wallet = open_wallet("100.00")
    _place(wallet, "60", expires_at=clock.now + HOUR)
    _place(wallet, "40", expires_at=clock.now + 2 * HOUR)
    clock.tick(hours=1)
    posting.post_one(Posting(wallet_id=wallet.pk, amount=Decimal(-60)))
    assert _columns(wallet) == (40, 0, 40)
    assert [hold.status for hold in Hold.objects.order_by("pk")] == ["expired", "pending"]
    assert Wallet.objects.get(pk=wallet.pk).next_expiry_at == clock.now + HOUR


def test_a_refused_posting_still_leaves_a_true_wallet(open_wallet: Open, clock: Clock) -> None:
    """The refusal is an outcome of its unit, which commits: the expiry has to be whole."""
    wallet = open_wallet("100.00")
    _place(wallet, "60", expires_at=clock.now + HOUR)
    clock.tick(hours=1)
    outcome = posting.post([Posting(wallet_id=wallet.pk, amount=Decimal(-101))])[0]
    assert isinstance(outcome, errors.InsufficientFunds)
    assert Hold.objects.get().status == "expired"
    assert _columns(wallet) == (100, 100, 0)


def test_the_first_expiry_follows_the_holds_that_are_left(open_wallet: Open, clock: Clock) -> None:
    wallet = open_wallet("100.00")
    moments = [clock.now + hours * HOUR for hours in (3, 1, 2)]
    third, first, second = (_place(wallet, "1", expires_at=moment) for moment in moments)

    def next_expiry() -> Any:
        return Wallet.objects.get(pk=wallet.pk).next_expiry_at

    assert next_expiry() == first.expires_at
    holds.void(hold_id=third.pk)
    assert next_expiry() == first.expires_at
    holds.capture(hold_id=first.pk)
    assert next_expiry() == second.expires_at
    holds.void(hold_id=second.pk)
    assert next_expiry() is None


def test_a_frozen_wallet_lets_holds_end(open_wallet: Open, clock: Clock) -> None:
    wallet = open_wallet("100.00")
    captured, voided, expired = (
        _place(wallet, "1"),
        _place(wallet, "2"),
        _place(wallet, "4", expires_at=clock.now + HOUR),
    )
    wallets.edit(wallet_id=wallet.pk, changes={"status": "frozen"})
    holds.capture(hold_id=captured.pk)
    holds.void(hold_id=voided.pk)
    clock.tick(hours=1)
    assert holds.expire() == 1
    assert _columns(wallet) == (99, 99, 0)
    assert Hold.objects.get(pk=expired.pk).status == "expired"


def test_a_wallet_with_a_live_hold_is_not_closed(open_wallet: Open, clock: Clock) -> None:
    wallet = open_wallet()
    wallets.edit(wallet_id=wallet.pk, changes={"floor": Decimal(-50)})
    hold = _place(wallet, expires_at=clock.now + HOUR)
    with pytest.raises(errors.WalletNotEmpty):
        wallets.close(wallet_id=wallet.pk)
    with pytest.raises(errors.WalletNotEmpty):
        wallets.edit(wallet_id=wallet.pk, changes={"status": "closed"})
    clock.tick(hours=1)
    wallets.close(wallet_id=wallet.pk)
    stored = Wallet.objects.get(pk=wallet.pk)
    assert (stored.status, stored.held, stored.next_expiry_at) == ("closed", 0, None)
    assert Hold.objects.get(pk=hold.pk).status == "expired"


def test_a_captured_transaction_is_not_moved_alone(open_wallet: Open) -> None:
    wallet = open_wallet("100.00")
    taken = holds.capture(hold_id=_place(wallet).pk).transaction_id
    assert taken is not None
    with pytest.raises(hold_errors.PartOfHold):
        amending.amend(transaction_id=taken, changes={"amount": Decimal(-1)})
    with pytest.raises(hold_errors.PartOfHold):
        amending.reverse(transaction_id=taken)
    changes = {"description": "Hotel", "metadata": {"room": 7}, "amount": Decimal(-30)}
    assert amending.amend(transaction_id=taken, changes=changes).description == "Hotel"
    assert _columns(wallet) == (70, 70, 0)


def test_tidying_leaves_live_holds_alone_and_is_repeatable(open_wallet: Open, clock: Clock) -> None:
    wallets_ = [open_wallet("10.00", label=f"W{number}") for number in range(5)]
    for number, wallet in enumerate(wallets_):
        _place(wallet, "1", expires_at=clock.now + HOUR * (1 + number % 2))
    clock.tick(hours=1)
    assert holds.expire(batch=2) == 3
    assert [_columns(wallet)[2] for wallet in wallets_] == [0, 1, 0, 1, 0]
    assert holds.expire(batch=2) == 0
