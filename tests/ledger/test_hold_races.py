"""Many at once, on a real database: a hold ends once, and no limit or balance is overrun."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from tests.ledger.conftest import Clock
from wallet_transaction_api.ledger import errors, group_commit, holds, limits, wallets
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import Hold, Limit, Transaction, Wallet

pytestmark = [pytest.mark.serial, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Wallet]
Action = Callable[[], Any]
CLIENTS = 6


def _at_once(actions: Sequence[Action]) -> Counter[str]:
    """Run each action in a thread of its own, started together; count outcomes by name."""
    barrier = Barrier(len(actions))

    def run(action: Action) -> str:
        try:
            barrier.wait(timeout=30)
            action()
        except errors.LedgerError as refusal:
            return type(refusal).__name__
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(actions)) as pool:
        return Counter(pool.map(run, actions))


def _place(wallet: Wallet, amount: str = "30") -> Hold:
    return holds.place(wallet_id=wallet.pk, amount=Decimal(amount))


def _debit(wallet: Wallet, amount: str) -> Action:
    return lambda: group_commit.post_one(Posting(wallet_id=wallet.pk, amount=Decimal(amount)))


def _assert_true(wallet: Wallet) -> Wallet:
    """Assert that the wallet's columns are what its rows say."""
    stored = Wallet.objects.get(pk=wallet.pk)
    pending = Hold.objects.filter(wallet=wallet, status="pending")
    moved = stored.transactions.values_list("amount", flat=True)
    assert stored.balance == sum(moved)
    assert stored.held == sum(pending.values_list("amount", flat=True))
    assert stored.available == stored.balance - stored.held
    first = pending.order_by("expires_at").values_list("expires_at", flat=True).first()
    assert stored.next_expiry_at == first
    sequences = list(stored.entries.order_by("sequence").values_list("sequence", flat=True))
    assert sequences == list(range(1, stored.last_sequence + 1))
    return stored


def test_a_hold_is_captured_once(open_wallet: Open) -> None:
    wallet = open_wallet("100.00")
    hold = _place(wallet)
    capture: list[Action] = [lambda: holds.capture(hold_id=hold.pk)] * CLIENTS
    assert _at_once(capture) == {"done": 1, "HoldAlreadyCaptured": CLIENTS - 1}
    assert _assert_true(wallet).balance == 70


def test_a_hold_is_captured_or_voided(open_wallet: Open) -> None:
    wallet = open_wallet("100.00")
    for _ in range(3):
        before, hold = Wallet.objects.get(pk=wallet.pk).balance, _place(wallet, "10")
        half = CLIENTS // 2
        actions: list[Action] = [
            *[lambda: holds.capture(hold_id=hold.pk)] * half,  # noqa: B023 used in this round
            *[lambda: holds.void(hold_id=hold.pk)] * half,  # noqa: B023
        ]
        captured = Hold.Status.CAPTURED, "HoldAlreadyCaptured", before - 10
        voided = Hold.Status.VOIDED, "HoldAlreadyVoided", before
        outcomes = _at_once(actions)
        status, refusal, balance = (
            captured if Hold.objects.get(pk=hold.pk).status == "captured" else voided
        )
        assert outcomes == {"done": 1, refusal: CLIENTS - 1}
        assert Hold.objects.get(pk=hold.pk).status == status
        assert _assert_true(wallet).balance == balance


def test_a_hold_is_voided_or_expires(open_wallet: Open, clock: Clock) -> None:
    wallet = open_wallet("100.00")
    hold = holds.place(
        wallet_id=wallet.pk, amount=Decimal(30), expires_at=clock.now + timedelta(hours=1)
    )

    def step() -> None:
        clock.tick(hours=1)
        holds.expire()

    outcomes = _at_once([step, *[lambda: holds.void(hold_id=hold.pk)] * CLIENTS])
    status = Hold.objects.get(pk=hold.pk).status
    if status == "voided":
        assert outcomes["done"] == 2
        assert outcomes["HoldAlreadyVoided"] == CLIENTS - 1
    else:
        assert outcomes == {"done": 1, "HoldExpired": CLIENTS}
        holds.expire()
        assert Hold.objects.get(pk=hold.pk).status == "expired"
    assert _assert_true(wallet).available == 100


def test_tidying_beside_writers_loses_nothing(open_wallet: Open, clock: Clock) -> None:
    wallet = open_wallet("100.00")
    for _ in range(10):
        holds.place(
            wallet_id=wallet.pk, amount=Decimal(10), expires_at=clock.now + timedelta(hours=1)
        )
    clock.tick(hours=1)
    outcomes = _at_once([*[lambda: holds.expire(batch=1)] * 3, *[_debit(wallet, "-20")] * CLIENTS])
    assert outcomes == {"done": 3 + 5, "InsufficientFunds": CLIENTS - 5}
    assert _assert_true(wallet).available == 0


def test_holds_take_the_money_to_the_last_cent(open_wallet: Open) -> None:
    wallet = open_wallet("100.00")
    actions: list[Action] = [lambda: _place(wallet, "33.33")] * CLIENTS
    assert _at_once(actions) == {"done": 3, "InsufficientFunds": CLIENTS - 3}
    assert _assert_true(wallet).available == Decimal("0.01")


def test_a_wallet_is_closed_or_held(open_wallet: Open) -> None:
    for number in range(4):
        wallet = open_wallet(label=f"W{number}")
        wallets.edit(wallet_id=wallet.pk, changes={"floor": Decimal(-50)})
        actions: list[Action] = [
            lambda: wallets.edit(wallet_id=wallet.pk, changes={"status": "closed"}),  # noqa: B023
            lambda: _place(wallet, "10"),  # noqa: B023
        ]
        outcomes = _at_once(actions)
        refusal = next(name for name in outcomes if name != "done")
        stored = _assert_true(wallet)
        closed_first = stored.status == "closed"
        assert refusal == ("WalletClosed" if closed_first else "WalletNotEmpty")
        assert stored.held == (0 if closed_first else 10)


def test_no_debit_passes_once_a_wallet_is_frozen(open_wallet: Open) -> None:
    wallet = open_wallet("100.00")
    freeze: Action = lambda: wallets.edit(  # noqa: E731
        wallet_id=wallet.pk, changes={"status": "frozen"}
    )
    outcomes = _at_once([freeze, *[_debit(wallet, "-1")] * CLIENTS])
    passed = outcomes["done"] - 1
    assert outcomes["WalletFrozen"] == CLIENTS - passed
    assert _assert_true(wallet).balance == 100 - passed
    with pytest.raises(errors.WalletFrozen):
        _debit(wallet, "-1")()


def test_exactly_as_many_debits_pass_as_the_limit_allows(open_wallet: Open) -> None:
    wallet = open_wallet("1000.00")
    limit = limits.set_limit(
        wallet_id=wallet.pk, direction="debit", window="month", max_amount=Decimal(25)
    )
    actions = [_debit(wallet, "-10")] * CLIENTS + [lambda: _place(wallet, "10")] * CLIENTS
    assert _at_once(actions) == {"done": 2, "LimitExceeded": 2 * CLIENTS - 2}
    stored = Limit.objects.get(pk=limit.pk)
    assert (stored.used_amount, stored.used_count) == (20, 2)
    assert _assert_true(wallet).available == 980


def test_a_limit_set_beside_debits_has_counted_all_of_them(open_wallet: Open) -> None:
    wallet = open_wallet("1000.00")

    def limit() -> None:
        limits.set_limit(
            wallet_id=wallet.pk, direction="debit", window="month", max_amount=Decimal(30)
        )

    _at_once([limit, *[_debit(wallet, "-10")] * CLIENTS])
    spent = 1000 - _assert_true(wallet).balance
    assert Limit.objects.get().used_amount == spent
    assert spent >= 30


def test_the_debits_of_two_windows_are_counted_apart(open_wallet: Open, clock: Clock) -> None:
    """At the edge each debit is counted by the time that it gets under the lock."""
    clock.set("2030-01-15 23:59:59.999999")
    wallet = open_wallet("1000.00")
    limits.set_limit(wallet_id=wallet.pk, direction="debit", window="day", max_count=2)

    def cross() -> None:
        clock.set("2030-01-16 00:00")

    outcomes = _at_once([cross, *[_debit(wallet, "-1")] * CLIENTS])
    passed = outcomes["done"] - 1
    assert 2 <= passed <= 4
    days = Counter(
        f"{moment:%d}"
        for moment in Transaction.objects.filter(amount=-1).values_list("created_at", flat=True)
    )
    assert all(count <= 2 for count in days.values())
    assert sum(days.values()) == passed
