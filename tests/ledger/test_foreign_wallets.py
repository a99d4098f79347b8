"""Payments into other people's wallets: who holds a foreign wallet waits for nobody."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from threading import Barrier, Event
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections, transaction

from tests.books import assert_in_order
from tests.transfers import balances, order_of
from wallet_transaction_api.ledger import errors, locks, posting, transfers, wallets
from wallet_transaction_api.ledger.legs import Order
from wallet_transaction_api.ledger.locks import Way
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import Transfer, Wallet
from wallet_transaction_api.money import parse

ON_SQLITE = connection.vendor == "sqlite"
#: Payments of a race, and the threads that make them.
PAYMENTS, THREADS = 1000, 8
#: Seconds within which a posting passes that waits for nobody; a lock is waited for for longer.
SOON = 3.0
Action = Callable[[], Any]
Open = Callable[..., Wallet]
Locked = list[tuple[Way, list[int]]]


def _order(source: Wallet, destination: Wallet, amount: str = "0.01", **more: Any) -> Order:
    return replace(order_of(source, destination, amount), sees_destination=False, **more)


def _pays(source: Wallet, destination: Wallet) -> Action:
    return lambda: transfers.transfer(_order(source, destination))


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> Locked:
    """Note which wallets are locked, in which way, one statement after the other."""
    noted: Locked = []
    lock = locks.lock

    def noting(wallet_ids: Iterable[int], way: Way = Way.WAIT) -> Any:
        ids = sorted(wallet_ids)
        noted.append((way, ids))
        return lock(ids, way)

    monkeypatch.setattr(locks, "lock", noting)
    return noted


@pytest.fixture
def shop(bob: User, open_wallet: Open) -> Wallet:
    """Return the stranger's wallet; its id is lower than those opened after it."""
    return open_wallet("100.00", owner=bob, label="Shop")


@pytest.fixture
def purse(shop: Wallet, open_wallet: Open) -> Wallet:
    """Return alice's wallet, of a higher id than the shop's."""
    return open_wallet("100.00", label="Purse")


def test_a_payment_locks_the_foreign_wallet_last_and_at_once(
    shop: Wallet, purse: Wallet, locked: Locked
) -> None:
    transfers.transfer(_order(purse, shop))
    assert locked == [(Way.WAIT, [purse.pk]), (Way.AT_ONCE, [shop.pk])]
    assert balances(purse, shop) == ["99.99", "100.01"]


def test_a_transfer_to_a_visible_wallet_locks_both_in_order(
    shop: Wallet, purse: Wallet, locked: Locked
) -> None:
    transfers.transfer(order_of(purse, shop, "1"))
    assert locked == [(Way.WAIT, [shop.pk, purse.pk])]


@pytest.mark.parametrize(
    ("refusal", "order"),
    [
        (errors.InsufficientFunds, {"amount": parse("1000", 2)}),
        (errors.AmountPrecision, {"amount": parse("0.001", 3)}),
        (errors.DestinationAmountInvalid, {"destination_amount": parse("2", 2)}),
        (errors.TxidTaken, {"txid": "taken"}),
    ],
)
def test_a_refusal_that_is_certain_locks_nothing_foreign(
    shop: Wallet, purse: Wallet, locked: Locked, refusal: type[Exception], order: dict[str, Any]
) -> None:
    posting.post_one(Posting(wallet_id=purse.pk, amount=parse("1", 2), txid="taken"))
    locked.clear()
    with pytest.raises(refusal):
        transfers.transfer(_order(purse, shop, **order))
    assert [ids for _, ids in locked] == [[purse.pk]]


def test_another_currency_locks_nothing_foreign(
    purse: Wallet, bob: User, open_wallet: Open, locked: Locked
) -> None:
    yen = open_wallet("100", owner=bob, label="Yen", currency="JPY")
    locked.clear()
    with pytest.raises(errors.CurrencyMismatch):
        transfers.transfer(_order(purse, yen))
    assert [ids for _, ids in locked] == [[purse.pk]]


def test_a_frozen_destination_is_unavailable_and_not_locked(
    shop: Wallet, purse: Wallet, locked: Locked
) -> None:
    wallets.edit(wallet_id=shop.pk, changes={"status": "frozen"})
    locked.clear()
    with pytest.raises(errors.DestinationUnavailable):
        transfers.transfer(_order(purse, shop))
    assert [ids for _, ids in locked] == [[purse.pk]]
    assert balances(purse, shop) == ["100.00", "100.00"]


def test_a_missing_destination_is_missing(purse: Wallet) -> None:
    order = replace(_order(purse, purse), destination_id=10**9)
    with pytest.raises(errors.WalletNotFound) as refusal:
        transfers.transfer(order)
    assert refusal.value.attribute == "destination"


def test_words_about_a_payment_lock_its_source_only(
    shop: Wallet, purse: Wallet, locked: Locked
) -> None:
    key = transfers.transfer(_order(purse, shop)).pk
    locked.clear()
    transfers.amend(transfer_id=key, changes={"description": "Tea"})
    assert locked == [(Way.WAIT, [purse.pk])]


def test_taking_a_payment_back_is_refused_without_a_lock(
    shop: Wallet, purse: Wallet, locked: Locked
) -> None:
    key = transfers.transfer(_order(purse, shop)).pk
    locked.clear()
    with pytest.raises(errors.NotReversible):
        transfers.reverse(transfer_id=key)
    assert locked == []
    transfers.reverse(transfer_id=key, may_take_back=True)
    assert locked == [(Way.WAIT, [shop.pk, purse.pk])]


@contextmanager
def _kept_locked(wallet: Wallet) -> Iterator[None]:
    """Have another connection lock the wallet in a transaction of its own meanwhile."""
    is_locked, closing = Event(), Event()

    def keep() -> None:
        try:
            with transaction.atomic():
                locks.lock([wallet.pk])
                is_locked.set()
                closing.wait(30)
        finally:
            connections.close_all()

    thread = threading.Thread(target=keep)
    thread.start()
    is_locked.wait(30)
    try:
        yield
    finally:
        closing.set()
        thread.join()


@contextmanager
def _running(action: Action) -> Iterator["list[str]"]:
    """Run the action in a thread of its own until the block and it have ended."""
    ended: list[str] = []

    def run() -> None:
        try:
            ended.append(_outcome(action))
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield ended
    finally:
        thread.join()


def _outcome(action: Action) -> str:
    try:
        action()
    except errors.LedgerError as refusal:
        return refusal.code
    return "done"


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(ON_SQLITE, reason="SQLite has one writer, who waits for nobody")
class TestLocksThatOthersHold:
    """Real transactions on MySQL/MariaDB and PostgreSQL."""

    def test_who_waits_for_an_own_wallet_holds_no_foreign_one(
        self, shop: Wallet, purse: Wallet
    ) -> None:
        with ExitStack() as stack, _kept_locked(purse):
            paid = stack.enter_context(_running(_pays(purse, shop)))
            assert _soon(lambda: _deposit(shop)), "the shop waits for the payer's own wallet"
            assert paid == []
        assert paid == ["done"]
        assert balances(purse, shop) == ["99.99", "101.01"]

    def test_a_payment_waits_for_a_foreign_wallet_outside_of_transactions(
        self, shop: Wallet, purse: Wallet
    ) -> None:
        with ExitStack() as stack, _kept_locked(shop):
            paid = stack.enter_context(_running(_pays(purse, shop)))
            assert _soon(lambda: _deposit(purse)), "the payer's own wallet waits for the shop's"
            assert paid == []
        assert paid == ["done"]
        assert balances(purse, shop) == ["100.99", "100.01"]


def _soon(action: Action) -> bool:
    """Run the action in a thread of its own; tell whether it was done soon."""
    done = Event()

    def run() -> None:
        try:
            action()
            done.set()
        finally:
            connections.close_all()

    threading.Thread(target=run).start()
    return done.wait(SOON)


def _deposit(wallet: Wallet) -> None:
    posting.post_one(Posting(wallet_id=wallet.pk, amount=parse("1", 2)))


def _in_threads(work: Sequence[Sequence[Action]]) -> Counter[str]:
    """Run the actions of each thread one after the other, the threads at the same time."""
    barrier = Barrier(len(work))

    def run(actions: Sequence[Action]) -> list[str]:
        try:
            barrier.wait(timeout=30)
            return [_outcome(action) for action in actions]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(work)) as pool:
        return Counter(code for codes in pool.map(run, work) for code in codes)


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
class TestManyPayments:
    """None is refused, and not a cent is lost."""

    def test_payments_that_cross_all_pass(self, shop: Wallet, purse: Wallet) -> None:
        each = PAYMENTS // (THREADS // 2)
        work = [[_pays(purse, shop)] * each, [_pays(shop, purse)] * each] * (THREADS // 2)
        assert _in_threads(work) == {"done": 2 * PAYMENTS}
        assert balances(purse, shop) == ["100.00", "100.00"]
        assert Transfer.objects.count() == 2 * PAYMENTS
        assert_in_order()

    def test_payments_of_fifty_owners_into_one_wallet_all_pass(
        self, shop: Wallet, open_wallet: Open
    ) -> None:
        owners = [User.objects.create(username=f"payer-{number}") for number in range(50)]
        purses = [open_wallet("1", owner=owner) for owner in owners]
        each = [_pays(purse, shop) for purse in purses] * (PAYMENTS // len(purses))
        work = [each[number::THREADS] for number in range(THREADS)]
        assert _in_threads(work) == {"done": PAYMENTS}
        assert balances(shop, *purses) == ["110.00", *["0.80"] * 50]
        assert_in_order()
