"""The pure rules, on states made up here."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from wallet_transaction_api.ledger import errors, rules
from wallet_transaction_api.ledger.rules import WalletState

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def _state(balance: str = "100", **more: Any) -> WalletState:
    money = {name: Decimal(more.pop(name, "0")) for name in ("held", "floor")}
    columns: dict[str, Any] = {
        "id": 1, "uuid": uuid.UUID(int=1), "owner_id": 1, "currency": "USD", "status": "active",
        "version": 7, "last_sequence": 3, "updated_at": NOON, **money,
        "balance": Decimal(balance), "available": Decimal(balance) - money["held"], **more,
    }  # fmt: skip
    return WalletState(**columns)


def _posted(wallet: WalletState, amount: str) -> WalletState:
    return rules.posted(wallet, Decimal(amount), now=NOON)


def test_a_movement_counts_in_balance_available_version_and_sequence() -> None:
    after = _posted(_state(held="30"), "-20")
    assert (after.balance, after.available, after.held) == (80, 50, 30)
    assert (after.version, after.last_sequence) == (8, 4)


@pytest.mark.parametrize("amount", ["-100", "100", "-0.01"])
def test_takes_everything_down_to_the_floor(amount: str) -> None:
    assert _posted(_state(), amount).balance == 100 + Decimal(amount)


def test_refuses_an_overdraft_and_says_what_there_was() -> None:
    with pytest.raises(errors.InsufficientFunds) as caught:
        _posted(_state(), "-100.01")
    assert caught.value.data == {"available": 100, "currency": "USD"}


def test_what_is_held_cannot_be_spent() -> None:
    with pytest.raises(errors.InsufficientFunds):
        _posted(_state(held="30"), "-70.01")


def test_spends_up_to_the_overdraft_limit() -> None:
    assert _posted(_state("0", floor="-50"), "-50").balance == -50
    with pytest.raises(errors.InsufficientFunds):
        _posted(_state("0", floor="-50"), "-50.01")


def test_a_deposit_is_taken_also_where_it_does_not_lift_above_the_floor() -> None:
    below = _state("-10")
    assert _posted(below, "5").balance == -5
    assert _posted(below, "0.01").balance == Decimal("-9.99")


@pytest.mark.parametrize(
    ("balance", "amount"), [("999999999999999999.99", "0.01"), ("999999999999999999", "1")]
)
def test_refuses_a_balance_out_of_range(balance: str, amount: str) -> None:
    with pytest.raises(errors.BalanceOutOfRange):
        _posted(_state(balance), amount)


def test_refuses_a_debt_out_of_range() -> None:
    lowest = "-999999999999999999"
    with pytest.raises(errors.BalanceOutOfRange):
        _posted(_state("-999999999999999998", floor=lowest, available=Decimal(5)), "-2")


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        ("frozen", errors.WalletFrozen),
        ("closed", errors.WalletClosed),
        ("Frozen", errors.WalletClosed),
    ],
)
@pytest.mark.parametrize("amount", ["1", "-1"])
def test_refuses_both_directions_unless_active(
    status: str, refusal: type[errors.LedgerError], amount: str
) -> None:
    with pytest.raises(refusal):
        _posted(_state(status=status), amount)
    with pytest.raises(refusal):
        rules.touched(_state(status=status), now=NOON)


def test_a_clock_that_steps_back_reorders_nothing() -> None:
    early = rules.posted(_state(), Decimal(1), now=NOON - timedelta(hours=1))
    late = rules.posted(_state(), Decimal(1), now=NOON + timedelta(hours=1))
    assert (early.updated_at, late.updated_at) == (NOON, NOON + timedelta(hours=1))


@pytest.mark.parametrize(("balance", "held"), [("1", "0"), ("-1", "0"), ("0", "5")])
def test_a_wallet_with_money_debt_or_a_hold_is_not_empty(balance: str, held: str) -> None:
    with pytest.raises(errors.WalletNotEmpty):
        rules.refuse_unless_empty(_state(balance, held=held))


def test_lowers_the_limit_as_far_as_it_is_not_in_use() -> None:
    assert rules.lowest_available(_state("-10", floor="-50"), Decimal(10)) == -10
    with pytest.raises(errors.OverdraftInUse):
        rules.lowest_available(_state("-10", floor="-50"), Decimal("9.99"))
    with pytest.raises(errors.AmountInvalid):
        rules.lowest_available(_state(), Decimal(-1))


@pytest.mark.parametrize(
    ("amount", "kind", "result"),
    [
        ("1", "", "deposit"),
        ("-1", "", "withdrawal"),
        ("1", "deposit", "deposit"),
        ("-1", "withdrawal", "withdrawal"),
        ("-1", "transfer", "transfer"),
        ("1", "opening", "opening"),
    ],
)
def test_the_sign_says_the_kind_unless_it_is_given(amount: str, kind: str, result: str) -> None:
    assert rules.kind_of(Decimal(amount), kind) == result


@pytest.mark.parametrize(("amount", "kind"), [("-1", "deposit"), ("1", "withdrawal")])
def test_refuses_a_kind_that_disagrees_with_the_sign(amount: str, kind: str) -> None:
    with pytest.raises(errors.KindInvalid):
        rules.kind_of(Decimal(amount), kind)


@pytest.mark.parametrize("kind", ["transfer", "payment"])
def test_a_legs_kind_is_for_what_names_a_transfer(kind: str) -> None:
    rules.refuse_lone_leg(kind, 1)
    with pytest.raises(errors.KindInvalid, match=f"A {kind} is one side of a transfer"):
        rules.refuse_lone_leg(kind, None)


@pytest.mark.parametrize("kind", ["", "deposit", "withdrawal", "opening", "capture"])
def test_every_other_kind_is_without_one(kind: str) -> None:
    rules.refuse_lone_leg(kind, None)


def test_an_amended_sign_changes_the_clients_kinds_only() -> None:
    assert rules.kind_amended(Decimal(-1), "deposit") == "withdrawal"
    assert rules.kind_amended(Decimal(1), "withdrawal") == "deposit"
    assert rules.kind_amended(Decimal(1), "opening") == "opening"
    with pytest.raises(errors.AmountInvalid):
        rules.kind_amended(Decimal(-1), "opening")


def test_only_a_raise_needs_the_permission_to_raise() -> None:
    rules.refuse_raise(Decimal(-1), may_raise=False)
    rules.refuse_raise(Decimal(1), may_raise=True)
    with pytest.raises(errors.SelfCreditDisabled):
        rules.refuse_raise(Decimal(1), may_raise=False)


@pytest.mark.parametrize("value", [0, "0.00", "", None, True, 1.5, "1e3", Decimal("NaN")])
def test_refuses_what_is_no_amount_or_zero(value: object) -> None:
    with pytest.raises(errors.AmountInvalid):
        rules.exact_amount(value, 2)


def test_takes_a_zero_where_one_is_meant() -> None:
    assert rules.exact_amount("0", 2, zero=True) == 0


def test_refuses_to_round() -> None:
    with pytest.raises(errors.AmountPrecision, match="more than 2 decimals"):
        rules.exact_amount("1.001", 2)
