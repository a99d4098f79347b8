"""What is said of a hold and its journal that differ, asked with rows made up here."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from wallet_transaction_api.ledger.verification import hold_entries
from wallet_transaction_api.ledger.verification.checks import Tally

ZERO = Decimal(0)
NOW = datetime(2026, 11, 25, tzinfo=UTC)
TERMS = {"wallet_id": 1, "amount": Decimal(5), "expires_at": NOW}
END = {"status": "voided", "captured_amount": None, "transaction_id": None}
PLACED = {**TERMS, **END, "status": "pending", "created_at": NOW}
ENDED = {**PLACED, "status": "voided"}
MOMENTS = {"version": 2, "created_at": NOW, "updated_at": NOW}
HOLD = {"id": 7, **TERMS, **END, **MOMENTS, "entries": [PLACED, ENDED]}
ENTRY = {"wallet_id": 1, "sequence": 1, "hold_id": 7, "found_id": 7}
LIFE, TOLD = "hold_was_placed_and_ended_once", "hold_is_what_its_journal_says"


def _tally() -> Tally:
    money = dict.fromkeys(("balance", "available", "held", "floor"), ZERO)
    return Tally({"id": 1, "currency": "USD", "last_sequence": 0, **money})


def test_sound_ones_are_silent() -> None:
    tally = _tally()
    assert hold_entries.of_hold(HOLD) == []
    assert hold_entries.of_hold_entry(ENTRY, tally) == []
    assert hold_entries.of_hold_entry(ENTRY | {"sequence": 2}, tally) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sequence": 2}, ["hold_sequence_has_no_gap: {2}: sequence 2, expected 1"]),
        ({"found_id": None}, ["journaled_hold_exists: {1}: hold 7 is missing"]),
    ],
)
def test_an_entry_out_of_order_says_what_was_expected(
    change: dict[str, Any], said: list[str]
) -> None:
    found = hold_entries.of_hold_entry(ENTRY | change, _tally())
    places = {str(number): f"wallet 1 hold entry {number}" for number in (1, 2)}
    expected = [text.replace("{1}", places["1"]).replace("{2}", places["2"]) for text in said]
    assert [str(violation) for violation in found] == expected


def test_an_entry_of_no_wallet_says_so() -> None:
    found = [str(violation) for violation in hold_entries.of_hold_entry(ENTRY, None)]
    assert found == ["wallet_exists: wallet 1 hold entry 1: its wallet is missing"]


@pytest.mark.parametrize(
    ("journal", "said"),
    [
        ([], "nothing"),
        ([ENDED], "voided"),
        ([PLACED, PLACED], "pending, pending"),
        ([PLACED, ENDED, ENDED], "pending, voided, voided"),
    ],
)
def test_a_life_that_no_hold_has_is_told(journal: list[Any], said: str) -> None:
    hold = HOLD | {"entries": journal, "version": len(journal)}
    first = str(hold_entries.of_hold(hold)[0])
    assert first == f"{LIFE}: hold 7: journaled as {said}"


def test_each_difference_is_told_with_both_sides() -> None:
    found = hold_entries.of_hold(HOLD | {"amount": Decimal(6), "status": "expired", "version": 3})
    assert [str(violation) for violation in found] == [
        f"{TOLD}: hold 7: amount 6, journal 5; status expired, journal voided; version 3, journal 2"
    ]
