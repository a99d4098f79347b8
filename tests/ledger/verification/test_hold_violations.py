"""Every kind of damage to holds is found and named, and nothing else is."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.ledger.damage import MARK, damage, money
from wallet_transaction_api import paging
from wallet_transaction_api.ledger import holds, limits, verification
from wallet_transaction_api.ledger.verification import Violation
from wallet_transaction_api.models import Wallet

pytestmark = MARK
Rows = dict[str, int]


@pytest.fixture
def rows(open_wallet: Callable[..., Wallet]) -> Rows:
    """Keep proper books and return their ids: 37.00 is held, 25.00 of 40.00 was captured."""
    rent, other = open_wallet("100.00", label="Rent"), open_wallet("10.00", label="Other")
    kept = {"rent": rent.pk, "other": other.pk, "opening": other.transactions.get().pk}
    for name, amount in {"pending": 30, "captured": 40, "voided": 5, "twin": 7}.items():
        kept[name] = holds.place(wallet_id=rent.pk, amount=Decimal(amount)).pk
    taken = holds.capture(hold_id=kept["captured"], amount=Decimal(25)).transaction_id
    holds.void(hold_id=kept["voided"])
    limits.set_limit(wallet_id=rent.pk, direction="debit", window="day", max_count=9)
    return {**kept, "taken": taken or 0}


def _found(batch: int = 500) -> list[Violation]:
    return [item for item in verification.walk(batch=batch) if isinstance(item, Violation)]


def _hold(change: str, which: str) -> str:
    return f"UPDATE holds SET {change} WHERE id = {{{which}}}"


def _wallet(change: str, which: str = "rent") -> str:
    return f"UPDATE wallets SET {change} WHERE id = {{{which}}}"


def _journal(change: str, which: str) -> str:
    return f"UPDATE hold_entries SET {change} WHERE hold_id = {{{which}}} AND status = 'voided'"


LESS, MORE = f"amount = {money('29')}", f"amount = {money('8')}"
LATER, EARLIER = "2090-01-01 00:00:00.000001", "2020-01-01 00:00:00.000001"
#: All but its key: the row is copied.
COLUMNS = (
    "wallet_id, amount, status, expires_at, description, metadata, version, created_at, updated_at"
)
ENDED = "captured_hold_is_its_transaction"
JOURNAL = "hold_is_what_its_journal_says"
LIFE = "hold_was_placed_and_ended_once"
GAP = "hold_sequence_has_no_gap"
LOST = "journaled_hold_exists"
WHOLE = "hold_ended_in_one_way"
HELD = "held_is_sum_of_pending_holds"
FIRST = "next_expiry_is_the_first_holds"
DAMAGE = {
    "a pending hold changed": (_hold(f"amount = {money('31')}", "pending"), {HELD, JOURNAL}),
    "a pending hold lost": ("DELETE FROM holds WHERE id = {pending}", {HELD, FIRST, LOST}),
    "a hold ended past its wallet": (
        _hold("status = 'expired'", "pending"),
        {HELD, FIRST, JOURNAL},
    ),
    "a voided hold revived": (_hold("status = 'pending'", "voided"), {HELD, JOURNAL}),
    "an unknown status": (_hold("status = 'lost'", "voided"), {WHOLE, JOURNAL}),
    "a hold of nothing": (
        _hold(f"amount = {money('0')}", "voided"),
        {"hold_is_of_a_positive_amount", JOURNAL},
    ),
    "a capture raised": (_hold(f"captured_amount = {money('26')}", "captured"), {ENDED, JOURNAL}),
    "a capture beyond its hold": (
        _hold(f"amount = {money('24')}", "captured"),
        {"captured_hold_took_no_more_than_it_held", JOURNAL},
    ),
    "a capture without its transaction": (
        _hold("transaction_id = NULL", "captured"),
        {WHOLE, ENDED, JOURNAL},
    ),
    "a capture of another transaction": (
        _hold("transaction_id = {opening}", "captured"),
        {ENDED, JOURNAL},
    ),
    "a void that names a transaction": (
        _hold("transaction_id = {opening}", "voided"),
        {WHOLE, JOURNAL},
    ),
    "a captured hold's amount changed": (_hold(f"amount = {money('41')}", "captured"), {JOURNAL}),
    "a voided hold's amount changed": (_hold(f"amount = {money('6')}", "voided"), {JOURNAL}),
    "pending holds that trade amounts": (
        f"{_hold(LESS, 'pending')}; {_hold(MORE, 'twin')}",
        {JOURNAL},
    ),
    "a void called an expiry": (_hold("status = 'expired'", "voided"), {JOURNAL}),
    "a capture called a void": (
        _hold("status = 'voided', captured_amount = NULL, transaction_id = NULL", "captured"),
        {JOURNAL},
    ),
    "the later expiry moved": (_hold(f"expires_at = '{LATER}'", "twin"), {JOURNAL}),
    "the first expiry moved": (_hold(f"expires_at = '{LATER}'", "pending"), {FIRST, JOURNAL}),
    "a captured hold's expiry moved": (_hold(f"expires_at = '{LATER}'", "captured"), {JOURNAL}),
    "an ended hold of another wallet": (_hold("wallet_id = {other}", "voided"), {JOURNAL}),
    "a captured hold of another wallet": (
        _hold("wallet_id = {other}", "captured"),
        {ENDED, JOURNAL},
    ),
    "a pending hold of another wallet": (
        _hold("wallet_id = {other}", "twin"),
        {HELD, FIRST, JOURNAL},
    ),
    "a hold dated anew": (_hold(f"created_at = '{EARLIER}'", "voided"), {JOURNAL}),
    "a hold's end dated anew": (_hold(f"updated_at = '{LATER}'", "voided"), {JOURNAL}),
    "a version counted on": (_hold("version = 3", "voided"), {JOURNAL}),
    "a captured hold lost": ("DELETE FROM holds WHERE id = {captured}", {LOST}),
    "a voided hold lost": ("DELETE FROM holds WHERE id = {voided}", {LOST}),
    "a hold lost with its journal": (
        "DELETE FROM hold_entries WHERE hold_id = {voided}; DELETE FROM holds WHERE id = {voided}",
        {GAP},
    ),
    "a hold that nobody journaled": (
        f"INSERT INTO holds ({COLUMNS}) SELECT {COLUMNS} FROM holds WHERE id = {{voided}}",
        {LIFE},
    ),
    "a journaled amount changed": (_journal(f"amount = {money('6')}", "voided"), {JOURNAL}),
    "a journaled end changed": (_journal("status = 'expired'", "voided"), {JOURNAL}),
    "a placing forgotten": (
        "DELETE FROM hold_entries WHERE hold_id = {voided} AND status = 'pending'",
        {GAP, LIFE, JOURNAL},
    ),
    "an end forgotten": (
        "DELETE FROM hold_entries WHERE hold_id = {voided} AND status = 'voided'",
        {JOURNAL},
    ),
    "an expiry forgotten": (_wallet("next_expiry_at = NULL"), {FIRST}),
    "limits forgotten": (_wallet("is_limited = {{false}}"), {"limited_wallet_says_so"}),
    "limits lost": ("DELETE FROM limits", {"limited_wallet_says_so"}),
}


def test_nothing_is_wrong_with_proper_books(rows: Rows) -> None:
    assert _found() == []


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_found_and_named(rows: Rows, name: str) -> None:
    statement, expected = DAMAGE[name]
    damage(*statement.replace("{{false}}", "false").format(**rows).split("; "))
    found = {violation.name for violation in _found()}
    damage("DELETE FROM hold_entries WHERE hold_id NOT IN (SELECT id FROM holds)")
    assert found == expected


@pytest.mark.parametrize("batch", [1, 2])
def test_each_is_found_once_whatever_the_range_and_page(
    rows: Rows, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    holds.place(wallet_id=rows["other"], amount=Decimal(1))
    damage("UPDATE holds SET status = 'lost' WHERE status <> 'captured'")
    whole = sorted(map(str, _found()))
    assert whole
    monkeypatch.setattr(paging, "SIZE", 1)
    assert sorted(map(str, _found(batch))) == whole


def test_the_hold_and_both_amounts_are_named(rows: Rows) -> None:
    damage(_hold(f"captured_amount = {money('26')}", "captured").format(**rows))
    found = {violation.name: violation for violation in _found()}
    assert {violation.subject for violation in found.values()} == {f"hold {rows['captured']}"}
    assert found[ENDED].detail.startswith("captured 26")
    assert found[JOURNAL].detail == "captured_amount 26, journal 25"
