"""Pure decisions on holds, and on what they do to a wallet's columns."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet_transaction_api.ledger import errors, hold_errors, hold_rules, rules
from wallet_transaction_api.ledger.hold_rules import HoldState
from wallet_transaction_api.ledger.rules import WalletState

NOW = datetime(2030, 1, 15, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
HOLD = HoldState(
    id=1,
    wallet_id=1,
    amount=Decimal(30),
    status="pending",
    expires_at=LATER,
    created_at=NOW,
)
AMOUNTS = st.decimals("0.01", "1000000", places=2)


def _wallet(balance: object, *, floor: object = 0, status: str = "active") -> WalletState:
    return WalletState(
        id=1,
        uuid=UUID(int=1),
        owner_id=1,
        currency="USD",
        balance=Decimal(str(balance)),
        held=Decimal(0),
        available=Decimal(str(balance)),
        floor=Decimal(str(floor)),
        status=status,
        version=1,
        last_sequence=1,
        updated_at=NOW,
    )


def _held(wallet: WalletState, amount: object, until: datetime = LATER) -> WalletState:
    return rules.held(wallet, Decimal(str(amount)), expires_at=until, now=NOW)


def test_a_hold_moves_available_to_held() -> None:
    wallet = _held(_wallet(100), 30)
    assert (wallet.balance, wallet.available, wallet.held) == (100, 70, 30)
    assert (wallet.version, wallet.last_sequence) == (2, 1)
    assert wallet.next_expiry_at == LATER


def test_the_first_expiry_is_the_earliest() -> None:
    sooner = LATER - timedelta(hours=1)
    assert _held(_held(_wallet(100), 1), 1, sooner).next_expiry_at == sooner
    assert _held(_held(_wallet(100), 1, sooner), 1).next_expiry_at == sooner


def test_a_hold_to_the_last_cent_passes_and_a_cent_more_does_not() -> None:
    assert _held(_wallet("0.01"), "0.01").available == 0
    assert _held(_wallet(0, floor=-5), 5).available == -5
    with pytest.raises(errors.InsufficientFunds) as refusal:
        _held(_wallet(0, floor=-5), "5.01")
    assert refusal.value.data == {"available": 0, "currency": "USD"}


@pytest.mark.parametrize("amount", [0, -1])
def test_a_hold_is_of_a_positive_amount(amount: int) -> None:
    with pytest.raises(errors.AmountInvalid):
        _held(_wallet(100), amount)


def test_holds_that_leave_the_range_are_refused() -> None:
    deep = replace(_wallet(0), floor=-rules.money.RANGE, available=-rules.money.RANGE + 1)
    with pytest.raises(errors.BalanceOutOfRange):
        _held(deep, 1)


@pytest.mark.parametrize(
    ("status", "refusal"), [("frozen", errors.WalletFrozen), ("closed", errors.WalletClosed)]
)
def test_no_hold_is_placed_on_a_frozen_or_closed_wallet(
    status: str, refusal: type[errors.LedgerError]
) -> None:
    with pytest.raises(refusal):
        _held(_wallet(100, status=status), 1)


def test_a_frozen_wallet_lets_holds_be_captured_and_released() -> None:
    frozen = replace(_held(_wallet(100), 30), status="frozen")
    assert rules.captured(frozen, Decimal(30), now=NOW).balance == 70
    assert rules.released(frozen, Decimal(30), next_expiry_at=None, now=NOW).available == 100


@given(balance=AMOUNTS, share=st.decimals(0, 1, places=4), taken=st.decimals(0, 1, places=4))
def test_balance_is_available_plus_held_through_a_holds_life(
    balance: Decimal, share: Decimal, taken: Decimal
) -> None:
    amount = max((balance * share).quantize(Decimal("0.01"), "ROUND_DOWN"), Decimal("0.01"))
    capture = max((amount * taken).quantize(Decimal("0.01"), "ROUND_DOWN"), Decimal("0.01"))
    held = _held(_wallet(balance), amount)
    done = rules.released(
        rules.captured(held, capture, now=NOW), amount - capture, next_expiry_at=None, now=NOW
    )
    for wallet in (held, done):
        assert wallet.balance == wallet.available + wallet.held
    assert (done.balance, done.held) == (balance - capture, 0)
    assert done.last_sequence == held.last_sequence + 1


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        ("captured", hold_errors.HoldAlreadyCaptured),
        ("voided", hold_errors.HoldAlreadyVoided),
        ("expired", hold_errors.HoldExpired),
    ],
)
def test_a_hold_that_ended_says_how(status: str, refusal: type[errors.LedgerError]) -> None:
    with pytest.raises(refusal):
        hold_rules.refuse_unless_pending(replace(HOLD, status=status), now=NOW)


def test_a_hold_expires_at_its_moment_not_after() -> None:
    moment = timedelta(microseconds=1)
    hold_rules.refuse_unless_pending(HOLD, now=LATER - moment)
    with pytest.raises(hold_errors.HoldExpired):
        hold_rules.refuse_unless_pending(HOLD, now=LATER)


def test_how_a_hold_ended_counts_more_than_the_clock() -> None:
    with pytest.raises(hold_errors.HoldAlreadyVoided):
        hold_rules.refuse_unless_pending(replace(HOLD, status="voided"), now=LATER)


def test_an_expiry_is_in_the_future() -> None:
    hold_rules.refuse_past_expiry(LATER, now=NOW)
    with pytest.raises(hold_errors.ExpiryPassed):
        hold_rules.refuse_past_expiry(NOW, now=NOW)


def test_a_capture_takes_all_or_less() -> None:
    assert hold_rules.capture_amount(HOLD, None, 2) == 30
    assert hold_rules.capture_amount(HOLD, Decimal("29.99"), 2) == Decimal("29.99")


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        ("30.01", errors.AmountInvalid),
        ("-1", errors.AmountInvalid),
        ("0", errors.AmountInvalid),
        ("NaN", errors.AmountInvalid),
        ("1.001", errors.AmountPrecision),
    ],
)
def test_other_captures_are_refused(wanted: str, refusal: type[errors.LedgerError]) -> None:
    with pytest.raises(refusal):
        hold_rules.capture_amount(HOLD, Decimal(wanted), 2)
