"""What is sealed cannot change unseen: each damage is found, and the row is named."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.ledger.damage import MARK, damage, money
from wallet_transaction_api.ledger import posting, sealing, verification
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.ledger.verification import Violation, seals
from wallet_transaction_api.models import Seal, Wallet

pytestmark = MARK
#: Rent has the entries 100.00, 1, 2, 3; the other 10.00. Four seals: rent 1, other 1, rent 2 and
#: 3, rent 4.
OTHER_HASH = "0123456789abcdef" * 4


@pytest.fixture
def rent(open_wallet: Callable[..., Wallet]) -> Wallet:
    """Keep sealed books and return the first wallet."""
    rent = open_wallet("100.00", label="Rent")
    open_wallet("10.00", label="Other")
    _seal()
    for amounts in ((1, 2), (3,)):
        posting.post_all([Posting(wallet_id=rent.pk, amount=Decimal(a)) for a in amounts])
        _seal()
    return rent


def _seal() -> None:
    for _ in sealing.extend():
        pass


def _found(anchor: str | None = None) -> list[tuple[str, str]]:
    """Return what is said about seals, of all that is said."""
    of_seals = {check.__name__ for check in seals.CHECKS} | {
        *("sealed_entry_exists", "sealed_entry_is_unchanged", "anchor_is_in_the_chain")
    }
    return [
        (item.name, item.subject)
        for item in verification.walk(anchor=anchor)
        if isinstance(item, Violation) and item.name in of_seals
    ]


def _break(statement: str, wallet: Wallet) -> list[tuple[str, str]]:
    damage(statement.format(rent=wallet.pk))
    return _found()


def test_sealed_books_are_in_order(rent: Wallet) -> None:
    assert Seal.objects.count() == 4
    assert [item for item in verification.walk() if isinstance(item, Violation)] == []


@pytest.mark.parametrize(
    "change",
    [
        f"amount = {money('2.000000000000000001')}",
        f"balance_after = {money('102')}",
        "reason = 'amended'",
        "actor_id = 987654",
        "request_id = 'r-9'",
        "transaction_id = transaction_id - 1",
        "created_at = '2020-01-01 00:00:00.000001'",
        "id = id + 1000",
    ],
)
def test_a_changed_entry_is_named(rent: Wallet, change: str) -> None:
    statement = f"UPDATE entries SET {change} WHERE wallet_id = {{rent}} AND sequence = 3"
    found = _break(statement, rent)
    damage(f"DELETE FROM entries WHERE wallet_id = {rent.pk} AND sequence = 3")
    assert found == [("sealed_entry_is_unchanged", f"wallet {rent.pk} entry 3")]


def test_a_removed_entry_is_named(rent: Wallet) -> None:
    found = _break("DELETE FROM entries WHERE wallet_id = {rent} AND sequence = 3", rent)
    assert found == [("sealed_entry_exists", f"wallet {rent.pk} entry 3")]


def test_swapped_entries_are_named(rent: Wallet) -> None:
    renumber = "UPDATE entries SET sequence = {} WHERE wallet_id = {} AND sequence = {}"
    damage(*(renumber.format(new, rent.pk, old) for old, new in ((2, 9), (3, 2), (9, 3))))
    assert _found() == [
        ("sealed_entry_is_unchanged", f"wallet {rent.pk} entry {sequence}") for sequence in (2, 3)
    ]


@pytest.mark.parametrize(
    "change",
    [
        "last_sequence = 2",
        "first_sequence = 1",
        "created_at = '2020-01-01 00:00:00.000001'",
        f"digest = '{OTHER_HASH}'",
        "leaves = (SELECT leaves FROM (SELECT leaves FROM seals WHERE number = 4) AS others)",
    ],
)
def test_a_changed_seal_is_named(rent: Wallet, change: str) -> None:
    found = _break(f"UPDATE seals SET {change} WHERE number = 3", rent)
    assert found == [("seal_is_unchanged", "seal 3")]


def test_a_seal_made_to_follow_another_is_named(rent: Wallet) -> None:
    found = _break(f"UPDATE seals SET previous = '{OTHER_HASH}' WHERE number = 3", rent)
    assert found == [("seal_follows_the_last", "seal 3"), ("seal_is_unchanged", "seal 3")]


def test_a_removed_seal_is_missed(rent: Wallet) -> None:
    found = _break("DELETE FROM seals WHERE number = 3", rent)
    assert found == [("seal_has_no_gap", "seal 4"), ("seal_follows_the_last", "seal 4")]


def test_swapped_seals_are_named(rent: Wallet) -> None:
    renumber = "UPDATE seals SET number = {} WHERE number = {}"
    damage(*(renumber.format(new, old) for old, new in ((2, 9), (3, 2), (9, 3))))
    found = _found()
    assert {("seal_is_unchanged", "seal 2"), ("seal_is_unchanged", "seal 3")} <= set(found)


def test_a_seal_made_anew_breaks_the_chain(rent: Wallet) -> None:
    damage("DELETE FROM seals WHERE number > 2")
    _seal()
    kept = Seal.objects.get(number=3).digest
    damage("DELETE FROM seals WHERE number > 2")
    _seal()
    assert _found() == []
    assert _found(kept) == [("anchor_is_in_the_chain", f"seal {kept}")]


def test_a_kept_head_shows_a_tail_cut_off(rent: Wallet) -> None:
    kept = sealing.head().digest
    assert _found(kept) == []
    posting.post_one(Posting(wallet_id=rent.pk, amount=Decimal(5)))
    _seal()
    assert _found(kept) == []
    damage("DELETE FROM seals WHERE number >= 4")
    assert _found() == []
    assert _found(kept) == [("anchor_is_in_the_chain", f"seal {kept}")]


def test_each_says_which_seal_is_the_witness(rent: Wallet) -> None:
    damage(
        f"DELETE FROM entries WHERE wallet_id = {rent.pk} AND sequence = 4",
        f"UPDATE entries SET reason = 'amended' WHERE wallet_id = {rent.pk} AND sequence = 3",
        "UPDATE seals SET last_sequence = 2 WHERE number = 1",
    )
    found = [str(it) for it in verification.walk(anchor="abc") if isinstance(it, Violation)]
    place = f"wallet {rent.pk} entry"
    cut = "no sound seal has this digest: the chain was cut or remade"
    for said in (
        f"sealed_entry_is_unchanged: {place} 3: differs from what seal 3 has",
        f"sealed_entry_exists: {place} 4: seal 4 has it",
        f"anchor_is_in_the_chain: seal abc: {cut}",
    ):
        assert said in found
    changed = next(text for text in found if text.startswith("seal_is_unchanged: seal 1: "))
    assert "None" not in changed


def test_finds_the_same_whatever_the_page(rent: Wallet, monkeypatch: pytest.MonkeyPatch) -> None:
    damage(f"DELETE FROM entries WHERE wallet_id = {rent.pk}", "DELETE FROM seals WHERE number = 2")
    whole = _found()
    monkeypatch.setattr(seals, "PAGE", 1)
    assert _found() == whole
