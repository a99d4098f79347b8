"""The checks that a column's type makes hard to break, asked with rows made up here."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from wallet_transaction_api.ledger.verification import checks
from wallet_transaction_api.ledger.verification.checks import Tally

ZERO = Decimal(0)
NOW = datetime(2026, 11, 25, tzinfo=UTC)


def _wallet(**columns: Any) -> dict[str, Any]:
    money = dict.fromkeys(("balance", "available", "held", "floor"), ZERO)
    return {"id": 1, "currency": "USD", "last_sequence": 0, **money, **columns}


@pytest.mark.parametrize("balance", ["1000000000000000000", "-1000000000000000000"])
def test_a_balance_out_of_range_is_named(balance: str) -> None:
    assert checks.balance_is_in_range(Tally(_wallet(balance=Decimal(balance))))


@pytest.mark.parametrize("balance", ["999999999999999999.99", "-999999999999999999.99"])
def test_the_largest_balance_is_in_range(balance: str) -> None:
    assert checks.balance_is_in_range(Tally(_wallet(balance=Decimal(balance)))) is None


def test_an_entry_whose_transaction_is_missing_is_named() -> None:
    entry = {
        "wallet_id": 1,
        "sequence": 1,
        "amount": ZERO,
        "balance_after": ZERO,
        "created_at": NOW,
    }
    found = checks.of_entry({**entry, "transaction_wallet_id": None}, Tally(_wallet()))
    assert [item.name for item in found] == ["entry_belongs_to_the_transactions_wallet"]


def test_a_wallet_without_any_history_is_fine() -> None:
    assert checks.of_wallet(Tally(_wallet())) == []


def test_sums_are_exact_beyond_pythons_default_28_digits() -> None:
    tally = Tally(_wallet())
    tally.moved = Decimal("123456789012345678.123456789012345678")
    entry = {
        "wallet_id": 1,
        "sequence": 1,
        "amount": Decimal("0.000000000000000001"),
        "created_at": NOW,
    }
    checks.of_entry({**entry, "balance_after": ZERO, "transaction_wallet_id": 1}, tally)
    assert tally.moved == Decimal("123456789012345678.123456789012345679")


def test_each_of_a_wallets_violations_says_both_figures() -> None:
    columns = {"balance": Decimal("5.001"), "available": Decimal(-2), "floor": Decimal(-1)}
    tally = Tally(_wallet(**columns, held=Decimal(3), last_sequence=4))
    tally.visible, tally.moved, tally.balance_after = Decimal(6), Decimal(7), Decimal(8)
    assert [str(violation) for violation in checks.of_wallet(tally)] == [
        "balance_is_sum_of_transactions: wallet 1: balance 5.001, transactions 6",
        "balance_is_sum_of_entries: wallet 1: balance 5.001, entries 7",
        "balance_is_the_last_entrys: wallet 1: balance 5.001, last entry 8",
        "last_sequence_is_the_last_entrys: wallet 1: last_sequence 4, last entry 0",
        "balance_is_available_plus_held: wallet 1: balance 5.001, available + held 1",
        "available_is_not_below_the_floor: wallet 1: available -2, floor -1",
        "wallet_fits_the_currency: wallet 1: balance 5.001 has more than 2 decimals",
    ]


@pytest.mark.parametrize("name", ["balance", "available", "held", "floor"])
def test_each_money_column_of_a_wallet_is_no_finer_than_its_currency(name: str) -> None:
    assert checks.wallet_fits_the_currency(Tally(_wallet(**{name: Decimal("0.001")})))
    assert checks.wallet_fits_the_currency(Tally(_wallet(**{name: Decimal("0.01")}))) is None


def test_each_of_an_entrys_violations_says_both_figures() -> None:
    tally = Tally(_wallet())
    tally.last_moment, tally.last_sequence, tally.balance_after = NOW, 2, Decimal(1)
    entry = {"wallet_id": 1, "sequence": 4, "amount": Decimal("0.001"), "balance_after": ZERO}
    moments = {"created_at": NOW.replace(year=2025), "transaction_wallet_id": 3}
    assert [(item.name, item.detail) for item in checks.of_entry(entry | moments, tally)] == [
        ("sequence_has_no_gap", "sequence 4, expected 3"),
        ("entry_adds_up", "balance_after 0, expected 1.001"),
        (
            "entry_is_no_older_than_the_last",
            "created_at 2025-11-25 00:00:00+00:00, the one before it 2026-11-25 00:00:00+00:00",
        ),
        (
            "entry_belongs_to_the_transactions_wallet",
            "wallet of the transaction 3, wallet of the entry 1",
        ),
        ("entry_fits_the_currency", "amount 0.001 has more than 2 decimals"),
    ]


@pytest.mark.parametrize(
    ("reversed_at", "expected"),
    [
        (
            None,
            [
                ("transaction_is_sum_of_its_entries", "amount 0.001, entries 2"),
                ("balance_after_is_its_entrys", "balance_after 3, entry 4"),
                ("transaction_fits_the_currency", "amount 0.001 has more than 2 decimals"),
            ],
        ),
        (
            NOW,
            [
                ("reversed_transaction_moved_nothing", "entries 2, expected 0"),
                ("balance_after_is_its_entrys", "balance_after 3, entry 4"),
                ("transaction_fits_the_currency", "amount 0.001 has more than 2 decimals"),
            ],
        ),
    ],
)
def test_each_of_a_transactions_violations_says_both_figures(
    reversed_at: datetime | None, expected: list[tuple[str, str]]
) -> None:
    columns = {"amount": Decimal("0.001"), "moved": Decimal(2), "deleted_at": reversed_at}
    balances = {"balance_after": Decimal(3), "balance_left": Decimal(4)}
    row = {"id": 9, "wallet_id": 1, **columns, **balances}
    found = checks.of_transaction(row, Tally(_wallet()))
    assert [(item.name, item.detail) for item in found] == expected
    assert {item.subject for item in found} == {"transaction 9"}


@pytest.mark.parametrize("kind", ["entry", "transaction"])
def test_a_row_whose_wallet_is_missing_is_named(kind: str) -> None:
    row = {"id": 7, "wallet_id": 1, "sequence": 4}
    found = {
        "entry": (checks.of_entry, "wallet 1 entry 4"),
        "transaction": (checks.of_transaction, "transaction 7"),
    }
    check, subject = found[kind]
    assert [str(item) for item in check(row, None)] == [
        f"wallet_exists: {subject}: its wallet is missing"
    ]
