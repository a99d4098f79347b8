"""The journal of holds is sealed as that of balances is, in the one chain."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.ledger.damage import MARK, damage, money
from wallet_transaction_api.ledger import holds, sealing, verification
from wallet_transaction_api.ledger.verification import Violation
from wallet_transaction_api.models import Seal, Wallet

pytestmark = MARK


@pytest.fixture
def rent(open_wallet: Callable[..., Wallet]) -> Wallet:
    """Keep sealed books: two holds placed, one voided, in the order 1, 2, 3; return the wallet."""
    rent = open_wallet("100.00", label="Rent")
    first, _ = (holds.place(wallet_id=rent.pk, amount=Decimal(amount)) for amount in (30, 5))
    holds.void(hold_id=first.pk)
    _seal()
    return rent


def _seal() -> list[tuple[str, int, int]]:
    names = ("journal", "first_sequence", "last_sequence")
    return [tuple(seal[name] for name in names) for seal in sealing.extend()]  # type: ignore[misc]


def _found(anchor: str | None = None) -> list[Violation]:
    return [item for item in verification.walk(anchor=anchor) if isinstance(item, Violation)]


def _about_seals(anchor: str | None = None) -> list[tuple[str, str]]:
    return [(item.name, item.subject) for item in _found(anchor) if "seal" in item.name]


def test_each_entry_of_a_hold_is_sealed_once(rent: Wallet) -> None:
    assert list(Seal.objects.values_list("number", "journal", "last_sequence")) == [
        (1, "entries", 1),
        (2, "holds", 3),
    ]
    assert _seal() == []
    hold = holds.place(wallet_id=rent.pk, amount=Decimal(1))
    holds.capture(hold_id=hold.pk)
    assert _seal() == [("entries", 2, 2), ("holds", 4, 5)]
    assert _found(sealing.head().digest) == []


@pytest.mark.parametrize(
    "change",
    [
        f"amount = {money('30.000000000000000001')}",
        f"captured_amount = {money('1')}",
        "status = 'expired'",
        "hold_id = hold_id + 1",
        "transaction_id = 987654",
        "expires_at = '2090-01-01 00:00:00.000001'",
        "created_at = '2020-01-01 00:00:00.000001'",
        "id = id + 1000",
    ],
)
def test_a_changed_entry_of_a_hold_is_named(rent: Wallet, change: str) -> None:
    damage(f"UPDATE hold_entries SET {change} WHERE sequence = 3")
    found = _about_seals()
    damage("DELETE FROM hold_entries WHERE sequence = 3")
    assert found == [("sealed_entry_is_unchanged", f"wallet {rent.pk} hold entry 3")]


def test_a_hold_that_went_with_its_journal_is_missed(rent: Wallet) -> None:
    hold = holds.place(wallet_id=rent.pk, amount=Decimal(1))
    holds.void(hold_id=hold.pk)
    _seal()
    damage(
        f"DELETE FROM hold_entries WHERE hold_id = {hold.pk}",
        f"DELETE FROM holds WHERE id = {hold.pk}",
    )
    assert [(item.name, item.subject) for item in _found()] == [
        ("sealed_entry_exists", f"wallet {rent.pk} hold entry {sequence}") for sequence in (4, 5)
    ]


def test_a_hold_changed_together_with_its_journal_is_named(rent: Wallet) -> None:
    """Nothing but the seal knows better."""
    damage(
        f"UPDATE hold_entries SET amount = {money('31')} WHERE sequence IN (1, 3)",
        f"UPDATE holds SET amount = {money('31')} WHERE status = 'voided'",
    )
    assert [(item.name, item.subject) for item in _found()] == [
        ("sealed_entry_is_unchanged", f"wallet {rent.pk} hold entry {sequence}")
        for sequence in (1, 3)
    ]


def test_a_seal_of_another_journal_is_named(rent: Wallet) -> None:
    damage("UPDATE seals SET journal = 'entries' WHERE number = 2")
    assert _about_seals() == [("seal_is_unchanged", "seal 2")]


def test_a_seal_of_no_journal_is_named(rent: Wallet) -> None:
    changed = sealing.digest_of({**Seal.objects.values().get(number=2), "journal": "none"})
    damage(f"UPDATE seals SET journal = 'none', digest = '{changed}' WHERE number = 2")
    assert _about_seals() == [("seal_is_of_a_journal", "seal 2")]


def test_a_hole_in_the_journal_of_holds_is_not_sealed_over(rent: Wallet) -> None:
    holds.void(hold_id=holds.place(wallet_id=rent.pk, amount=Decimal(1)).pk)
    damage("DELETE FROM hold_entries WHERE sequence = 4")
    with pytest.raises(sealing.JournalBroken, match=f"wallet {rent.pk}: a hold entry"):
        _seal()
