"""Every kind of damage is found and named, and nothing else is."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from tests.ledger.damage import MARK, damage, money
from wallet_transaction_api import paging
from wallet_transaction_api.ledger import amending, posting, sealing, verification
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.ledger.verification import Progress, Violation
from wallet_transaction_api.models import Entry, Transaction, Wallet

pytestmark = MARK
#: Rows of the books below, for the statements: {rent}, {other} wallets; {paid}, {undone} and
#: {others} transactions. Rent has 100.00 - 30.00 + 5.00 - 5.00 (reversed), the other 10.00.
Rows = dict[str, int]


@pytest.fixture
def rows(open_wallet: Callable[..., Wallet]) -> Rows:
    """Keep proper books and return their ids."""
    rent, other = open_wallet("100.00", label="Rent"), open_wallet("10.00", label="Other")
    paid = posting.post_one(Posting(wallet_id=rent.pk, amount=Decimal(-30)))
    undone = posting.post_one(Posting(wallet_id=rent.pk, amount=Decimal(5)))
    amending.reverse(transaction_id=undone.transaction_id)
    return {
        "rent": rent.pk,
        "other": other.pk,
        "paid": paid.transaction_id,
        "undone": undone.transaction_id,
        "others": other.transactions.get().pk,
    }


def _found(batch: int = 500) -> list[Violation]:
    return [item for item in verification.walk(batch=batch) if isinstance(item, Violation)]


def _balance_becomes(amount: str) -> str:
    pair = f"balance = {money(amount)}, available = {money(amount)}"
    return f"UPDATE wallets SET {pair} WHERE id = {{rent}}"


SUMS = {"balance_is_sum_of_transactions", "balance_is_sum_of_entries"}
DAMAGE = {
    "a balance raised": (
        _balance_becomes("120"),
        {*SUMS, "balance_is_the_last_entrys"},
    ),
    "a balance raised by less than a cent": (
        _balance_becomes("70.000000000000000001"),
        {*SUMS, "balance_is_the_last_entrys", "wallet_fits_the_currency"},
    ),
    "available lost": (
        f"UPDATE wallets SET available = {money('60')} WHERE id = {{rent}}",
        {"balance_is_available_plus_held"},
    ),
    "an overdraft": (
        f"UPDATE wallets SET available = {money('-1')}, held = {money('71')} WHERE id = {{rent}}",
        {"available_is_not_below_the_floor", "held_is_sum_of_pending_holds"},
    ),
    "an entry changed": (
        f"UPDATE entries SET amount = {money('-31')} WHERE transaction_id = {{paid}}",
        {"entry_adds_up", "balance_is_sum_of_entries", "transaction_is_sum_of_its_entries"},
    ),
    "an entry changed by less than a cent": (
        f"UPDATE entries SET amount = {money('-30.001')} WHERE transaction_id = {{paid}}",
        {
            "entry_adds_up",
            "entry_fits_the_currency",
            "balance_is_sum_of_entries",
            "transaction_is_sum_of_its_entries",
        },
    ),
    "the last entry's balance changed": (
        f"UPDATE entries SET balance_after = {money('71')} WHERE sequence = 4",
        {"entry_adds_up", "balance_is_the_last_entrys"},
    ),
    "an entry removed": (
        "DELETE FROM entries WHERE transaction_id = {paid}",
        {
            "sequence_has_no_gap",
            "entry_adds_up",
            "balance_is_sum_of_entries",
            "transaction_is_sum_of_its_entries",
        },
    ),
    "the last entry removed": (
        "DELETE FROM entries WHERE wallet_id = {rent} AND sequence = 4",
        {
            "balance_is_sum_of_entries",
            "balance_is_the_last_entrys",
            "last_sequence_is_the_last_entrys",
            "reversed_transaction_moved_nothing",
        },
    ),
    "an entry moved up": (
        "UPDATE entries SET sequence = 9 WHERE wallet_id = {rent} AND sequence = 4",
        {"sequence_has_no_gap", "last_sequence_is_the_last_entrys"},
    ),
    "an entry dated back": (
        "UPDATE entries SET created_at = '2020-01-01 00:00:00' WHERE transaction_id = {paid}",
        {"entry_is_no_older_than_the_last"},
    ),
    "a counter ahead": (
        "UPDATE wallets SET last_sequence = 9 WHERE id = {rent}",
        {"last_sequence_is_the_last_entrys"},
    ),
    "a transaction changed": (
        f"UPDATE transactions SET amount = {money('-31')} WHERE id = {{paid}}",
        {"transaction_is_sum_of_its_entries", "balance_is_sum_of_transactions"},
    ),
    "a transaction changed by less than a cent": (
        f"UPDATE transactions SET amount = {money('-30.001')} WHERE id = {{paid}}",
        {
            "transaction_is_sum_of_its_entries",
            "transaction_fits_the_currency",
            "balance_is_sum_of_transactions",
        },
    ),
    "a transaction hidden": (
        "UPDATE transactions SET deleted_at = created_at WHERE id = {paid}",
        {"reversed_transaction_moved_nothing", "balance_is_sum_of_transactions"},
    ),
    "a reversed transaction shown again": (
        "UPDATE transactions SET deleted_at = NULL WHERE id = {undone}",
        {"transaction_is_sum_of_its_entries", "balance_is_sum_of_transactions"},
    ),
    "a transaction moved to another wallet": (
        "UPDATE transactions SET wallet_id = {other} WHERE id = {paid}",
        {"entry_belongs_to_the_transactions_wallet", "balance_is_sum_of_transactions"},
    ),
    "an entry given to another transaction": (
        "UPDATE entries SET transaction_id = {others} WHERE transaction_id = {paid}",
        {
            "entry_belongs_to_the_transactions_wallet",
            "transaction_is_sum_of_its_entries",
            "balance_after_is_its_entrys",
        },
    ),
    "the balance that a transaction shows": (
        f"UPDATE transactions SET balance_after = {money('123456')} WHERE id = {{paid}}",
        {"balance_after_is_its_entrys"},
    ),
    "the balance that a reversed transaction shows": (
        f"UPDATE transactions SET balance_after = {money('70')} WHERE id = {{undone}}",
        {"balance_after_is_its_entrys"},
    ),
}


def test_finds_nothing_in_proper_books(rows: Rows) -> None:
    assert _found() == []


@pytest.mark.parametrize("kind", DAMAGE)
def test_names_the_damage(rows: Rows, kind: str) -> None:
    statement, names = DAMAGE[kind]
    damage(statement.format(**rows))
    assert {violation.name for violation in _found()} == names


def test_says_where_and_how_much(rows: Rows) -> None:
    damage(f"UPDATE entries SET amount = {money('-31')} WHERE transaction_id = {rows['paid']}")
    assert [str(violation) for violation in _found()] == [
        f"entry_adds_up: wallet {rows['rent']} entry 2: balance_after 70, expected 69",
        f"transaction_is_sum_of_its_entries: transaction {rows['paid']}: amount -30, entries -31",
        f"balance_is_sum_of_entries: wallet {rows['rent']}: balance 70, entries 69",
    ]


def test_an_amended_transaction_shows_what_its_amendment_left(rows: Rows) -> None:
    for amount in (-20, -25):
        amending.amend(transaction_id=rows["paid"], changes={"amount": Decimal(amount)})
    list(sealing.extend())
    assert _found() == []
    damage(f"UPDATE transactions SET balance_after = {money('70')} WHERE id = {rows['paid']}")
    assert [str(violation) for violation in _found()] == [
        f"balance_after_is_its_entrys: transaction {rows['paid']}: balance_after 70, entry 75"
    ]


def test_a_reversal_leaves_the_balance_that_was_shown(rows: Rows) -> None:
    amending.amend(transaction_id=rows["paid"], changes={"amount": Decimal(-20)})
    amending.reverse(transaction_id=rows["paid"])
    assert _found() == []
    damage(f"UPDATE transactions SET balance_after = {money('100')} WHERE id = {rows['paid']}")
    assert [str(violation) for violation in _found()] == [
        f"balance_after_is_its_entrys: transaction {rows['paid']}: balance_after 100, entry 80"
    ]


def test_finds_entries_and_transactions_of_no_wallet(rows: Rows) -> None:
    tables = ("entries", "transactions")
    damage(
        *(f"UPDATE {t} SET wallet_id = 987654 WHERE wallet_id = {rows['other']}" for t in tables)
    )
    found = {(violation.name, violation.subject) for violation in _found()}
    damage(
        *(f"UPDATE {t} SET wallet_id = {rows['other']} WHERE wallet_id = 987654" for t in tables)
    )
    assert ("wallet_exists", "wallet 987654 entry 1") in found
    assert ("wallet_exists", f"transaction {rows['others']}") in found


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_finds_the_same_whatever_the_range_and_page(
    rows: Rows, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(f"UPDATE entries SET amount = {money('-31')} WHERE transaction_id = {rows['paid']}")
    whole = _found()
    monkeypatch.setattr(paging, "SIZE", 2)
    assert _found(batch) == whole


@pytest.mark.parametrize("batch", [1, 500])
def test_says_how_much_it_has_checked(rows: Rows, batch: int) -> None:
    seals = len(list(sealing.extend()))
    ranges = [item for item in verification.walk(batch=batch) if isinstance(item, Progress)]
    for name, model in {"wallets": Wallet, "transactions": Transaction, "entries": Entry}.items():
        assert sum(getattr(item, name) for item in ranges) == model.objects.count()
    assert sum(item.seals for item in ranges) == seals == 2


def test_says_which_amount_is_too_fine(rows: Rows) -> None:
    damage(f"UPDATE entries SET amount = {money('-30.001')} WHERE transaction_id = {rows['paid']}")
    damage(f"UPDATE transactions SET amount = {money('-30.001')} WHERE id = {rows['paid']}")
    details = {item.name: item.detail for item in _found() if "fits" in item.name}
    assert {name: detail.split()[:2] for name, detail in details.items()} == {
        "entry_fits_the_currency": ["amount", "-30.001"],
        "transaction_fits_the_currency": ["amount", "-30.001"],
    }


def test_an_asset_no_longer_configured_is_no_violation(
    rows: Rows, alice: User, settings: object
) -> None:
    settings.ASSETS = {"BTC": 8}  # type: ignore[attr-defined]
    coins = Wallet.objects.create(owner=alice, label="Coins", currency="BTC", balance="0.12345678")
    settings.ASSETS = {}  # type: ignore[attr-defined]
    assert coins.balance == Decimal("0.12345678")
    assert _found() == []
