"""What is said of damaged holds: asked with rows made up here."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from wallet_transaction_api.ledger.verification import hold_checks
from wallet_transaction_api.ledger.verification.checks import Tally

ZERO = Decimal(0)
NOW = datetime(2026, 11, 25, tzinfo=UTC)
WALLET = {"id": 1, "currency": "USD", "held": ZERO, "next_expiry_at": None, "is_limited": False}


def test_each_of_a_holds_violations_says_what_is_wrong() -> None:
    hold = {"id": 7, "wallet_id": 1, "amount": ZERO, "status": "captured", "expires_at": NOW}
    found = {"captured_amount": Decimal(2), "transaction_id": 3, "taken": Decimal(-1)}
    named = {"taken_wallet_id": 1, "taken_kind": "capture", "taken_deleted_at": None}
    assert [str(item) for item in hold_checks.of_hold(hold | found | named, Tally(WALLET))] == [
        "hold_is_of_a_positive_amount: hold 7: amount 0",
        "captured_hold_is_its_transaction: hold 7: captured 2, transaction -1",
        "captured_hold_took_no_more_than_it_held: hold 7: captured 2, amount 0",
    ]


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"captured_amount": None}, "captured, but its amount or transaction is missing"),
        ({"transaction_id": None}, "captured, but its amount or transaction is missing"),
        ({"status": "voided"}, "voided, but it names what it captured"),
        ({"status": "lost"}, "status lost"),
    ],
)
def test_a_hold_that_ended_in_no_one_way_says_how(change: dict[str, Any], detail: str) -> None:
    hold = {"status": "captured", "captured_amount": Decimal(1), "transaction_id": 3}
    assert hold_checks.hold_ended_in_one_way(hold | change) == detail


@pytest.mark.parametrize(
    "change",
    [{"taken": None}, {"taken_deleted_at": NOW}],
)
def test_a_capture_whose_transaction_is_gone_says_so(change: dict[str, Any]) -> None:
    hold = {"wallet_id": 1, "status": "captured", "captured_amount": Decimal(1)}
    taken = {"taken": Decimal(-1), "taken_wallet_id": 1, "taken_kind": "capture"}
    found = hold_checks.captured_hold_is_its_transaction(
        {**hold, **taken, "taken_deleted_at": None, **change}
    )
    assert found == "its transaction is missing or reversed"


@pytest.mark.parametrize("change", [{"taken_kind": "withdrawal"}, {"taken_wallet_id": 2}])
def test_a_capture_is_a_capture_from_its_holds_wallet(change: dict[str, Any]) -> None:
    hold = {"wallet_id": 1, "status": "captured", "captured_amount": Decimal(1)}
    taken = {"taken": Decimal(-1), "taken_wallet_id": 1, "taken_kind": "capture"}
    whole = {**hold, **taken, "taken_deleted_at": None}
    assert hold_checks.captured_hold_is_its_transaction(whole) is None
    assert hold_checks.captured_hold_is_its_transaction(whole | change)


def test_what_a_wallet_forgot_of_its_holds_and_limits_says_both_sides() -> None:
    tally = Tally({**WALLET, "held": Decimal(2), "limits": 1})
    tally.pending, tally.next_expiry_at = Decimal(3), NOW
    assert [str(item) for item in hold_checks.of_wallet(tally)] == [
        "held_is_sum_of_pending_holds: wallet 1: held 2, pending holds 3",
        f"next_expiry_is_the_first_holds: wallet 1: next_expiry_at None, first pending hold {NOW}",
        "limited_wallet_says_so: wallet 1: is_limited False, has limits True",
    ]


def test_a_hold_whose_wallet_is_missing_is_named() -> None:
    assert [str(item) for item in hold_checks.of_hold({"id": 7}, None)] == [
        "wallet_exists: hold 7: its wallet is missing"
    ]
