"""Sealing: what is sealed by what, again and again, and the text that is hashed."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.ledger.damage import MARK, damage
from wallet_transaction_api.ledger import sealing
from wallet_transaction_api.ledger.sealing import digests
from wallet_transaction_api.models import Seal, Wallet

pytestmark = MARK
Pay = Callable[..., Any]


def _extend(batch: int = 500) -> list[tuple[int, int, int]]:
    names = ("wallet_id", "first_sequence", "last_sequence")
    return [tuple(seal[name] for name in names) for seal in sealing.extend(batch=batch)]


def test_each_entry_is_sealed_once(rent: Wallet, pay: Pay) -> None:
    assert _extend() == [(rent.pk, 1, 1)]
    assert _extend() == []
    pay(rent, "1.00")
    pay(rent, "2.00")
    assert _extend() == [(rent.pk, 2, 3)]


def test_a_long_history_is_sealed_in_ranges(
    rent: Wallet, pay: Pay, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        pay(rent, "1.00")
    monkeypatch.setattr(sealing, "RANGE", 2)
    assert _extend() == [(rent.pk, 1, 2), (rent.pk, 3, 4), (rent.pk, 5, 5)]


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_every_wallet_is_sealed_whatever_the_batch(
    open_wallet: Callable[..., Wallet], batch: int
) -> None:
    keys = [open_wallet("1.00", label=f"W{number}").pk for number in range(3)]
    assert _extend(batch) == [(key, 1, 1) for key in keys]


def test_an_interrupted_run_is_continued(open_wallet: Callable[..., Wallet]) -> None:
    first, second = (open_wallet("1.00", label=label) for label in ("A", "B"))
    run = sealing.extend()
    next(run)
    run.close()
    assert Seal.objects.get().wallet_id == first.pk
    assert _extend() == [(second.pk, 1, 1)]


def test_a_hole_is_not_sealed_over(rent: Wallet, pay: Pay) -> None:
    pay(rent, "1.00")
    damage(f"DELETE FROM entries WHERE wallet_id = {rent.pk} AND sequence = 1")
    with pytest.raises(sealing.JournalBroken, match=f"wallet {rent.pk}"):
        _extend()
    assert not Seal.objects.exists()


def test_each_seal_names_the_one_before(rent: Wallet, pay: Pay) -> None:
    for _ in range(2):
        pay(rent, "1.00")
        _extend()
    first, second = Seal.objects.order_by("number")
    assert (first.previous, second.previous) == (digests.GENESIS, first.digest)
    assert (first.number, second.number) == (1, 2)


def test_the_hashed_text_is_the_same_everywhere() -> None:
    entry = {
        "id": 7,
        "wallet_id": 1,
        "transaction_id": 5,
        "sequence": 2,
        "amount": Decimal("-30.5"),
        "balance_after": Decimal("123456789012345678.123456789012345678"),
        "reason": "posted",
        "actor_id": None,
        "request_id": None,
        "created_at": datetime(2026, 11, 25, 8, 30, 0, 1, tzinfo=UTC),
    }
    text = (
        b'["entry 1",7,1,2,5,"-30.500000000000000000","123456789012345678.123456789012345678",'
        b'"posted",null,"2026-11-25T08:30:00.000001+00:00"]'
    )
    assert digests.leaf_of(entry) == digests.sha256(text).digest()
    assert digests.leaf_of({**entry, "amount": Decimal("-30.50")}) == digests.leaf_of(entry)
    named = text.replace(b"]", b',"r-1"]')
    assert digests.leaf_of({**entry, "request_id": "r-1"}) == digests.sha256(named).digest()


def test_a_seals_hashed_text_is_the_same_everywhere() -> None:
    seal = {
        "journal": "entries",
        "number": 2,
        "previous": "ab" * 32,
        "wallet_id": 7,
        "first_sequence": 1,
        "last_sequence": 2,
        "leaves": b"l" * 64,
        "created_at": datetime(2026, 11, 25, 8, 30, tzinfo=UTC),
    }
    place = f'["seal 1",2,"{"ab" * 32}",7,1,2,"2026-11-25T08:30:00.000000+00:00"]'
    assert digests.digest_of(seal) == digests.sha256(place.encode() + b"\n" + b"l" * 64).hexdigest()


@pytest.mark.parametrize(
    ("captured", "written"), [(None, b"null"), (Decimal(20), b'"20.000000000000000000"')]
)
def test_so_is_that_of_a_hold(captured: Decimal | None, written: bytes) -> None:
    entry = {
        "id": 7,
        "wallet_id": 1,
        "hold_id": 5,
        "sequence": 2,
        "status": "captured",
        "amount": Decimal("30.5"),
        "expires_at": datetime(2026, 12, 2, tzinfo=UTC),
        "captured_amount": captured,
        "transaction_id": 9,
        "created_at": datetime(2026, 11, 25, 8, 30, 0, 1, tzinfo=UTC),
    }
    text = (
        b'["hold entry 1",7,1,2,5,"captured","30.500000000000000000",'
        b'"2026-12-02T00:00:00.000000+00:00",%s,9,"2026-11-25T08:30:00.000001+00:00"]'
    )
    assert digests.hold_leaf_of(entry) == digests.sha256(text % written).digest()


def test_a_seal_says_which_journal_it_is_of() -> None:
    names = ("number", "previous", "wallet_id", "first_sequence", "last_sequence")
    seal = dict(zip(names, (1, digests.GENESIS, 2, 3, 4), strict=True))
    seal |= {"created_at": datetime(2026, 11, 25, tzinfo=UTC), "leaves": b"leaves"}
    rest = f'1,"{digests.GENESIS}",2,3,4,"2026-11-25T00:00:00.000000+00:00"]\nleaves'
    for journal, kind in {"entries": "seal 1", "holds": "seal of holds 1"}.items():
        text = f'["{kind}",{rest}'.encode()
        assert digests.digest_of({**seal, "journal": journal}) == digests.sha256(text).hexdigest()
