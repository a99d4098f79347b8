"""Group commit: who comes together is committed together, and is answered as if alone."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DataError, OperationalError, connection, connections, transaction

from wallet_transaction_api.ledger import errors, group_commit, posting
from wallet_transaction_api.ledger.group_commit import Gather, Lane, Lanes
from wallet_transaction_api.ledger.posting import Outcome, Posting
from wallet_transaction_api.models import Entry, Wallet

CLIENTS = 8
ON_SQLITE = connection.vendor == "sqlite"
pytestmark = [pytest.mark.serial, pytest.mark.django_db(transaction=True)]


class Desk:
    """Stands in for the database: notes each group, and holds the first one until told."""

    def __init__(self, answer: Callable[[Sequence[Posting]], Sequence[Any]]) -> None:
        self.answer = answer
        self.groups: list[list[Decimal]] = []
        self.has_first = threading.Event()
        self.go_on = threading.Event()

    def post(self, gather: Gather) -> Sequence[Outcome | None]:
        items = gather()
        self.groups.append([item.amount for item in items])
        self.has_first.set()
        assert self.go_on.wait(10)
        return self.answer(items)


class LockedDesk(Desk):
    """Waits, like for a lock, before it takes anybody."""

    def __init__(
        self, answer: Callable[[Sequence[Posting]], Any], error: Exception | None = None
    ) -> None:
        super().__init__(answer)
        self.error = error

    def post(self, gather: Gather) -> Sequence[Outcome | None]:
        self.has_first.set()
        assert self.go_on.wait(10)
        if self.error:
            raise self.error
        return super().post(gather)


def _posting(amount: int, wallet_id: int = 1) -> Posting:
    return Posting(wallet_id=wallet_id, amount=Decimal(amount))


def _in_threads(work: Callable[[int], Any], numbers: Sequence[int]) -> list["Future[Any]"]:
    def run(number: int) -> Any:
        try:
            return work(number)
        finally:
            connections.close_all()

    pool = ThreadPoolExecutor(len(numbers))
    futures = [pool.submit(run, number) for number in numbers]
    pool.shutdown(wait=False)
    return futures


def _never(items: Sequence[Posting]) -> Any:
    pytest.fail("posted again")


def _gather(desk: Desk, lane: Lane) -> list["Future[Any]"]:
    """Let posting 0 lead alone and all others gather behind it, then let the desk go on."""
    first = _in_threads(lambda number: lane.post(_posting(number)), [0])
    assert desk.has_first.wait(10)
    others = _in_threads(lambda number: lane.post(_posting(number)), range(1, CLIENTS))
    _wait_for(lane, CLIENTS if isinstance(desk, LockedDesk) else CLIENTS - 1)
    desk.go_on.set()
    return first + others


def _wait_for(lane: Lane, waiting: int) -> None:
    while len(lane._waiting) < waiting:
        threading.Event().wait(0.001)


def _refuse_odd(items: Sequence[Posting]) -> list[Any]:
    return [errors.InsufficientFunds() if item.amount % 2 else item for item in items]


def test_the_first_is_posted_at_once_and_the_next_group_gathers_meanwhile() -> None:
    desk = Desk(list)
    outcomes = [future.result(10) for future in _gather(desk, Lane(desk.post))]
    assert [len(group) for group in desk.groups] == [1, CLIENTS - 1]
    assert [outcome.amount for outcome in outcomes] == list(range(CLIENTS))


def test_a_group_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_commit, "LARGEST_GROUP", 3)
    desk = Desk(list)
    for future in _gather(desk, Lane(desk.post)):
        future.result(10)
    assert [len(group) for group in desk.groups] == [1, 3, 3, 1]


def test_each_of_a_group_hears_its_own_outcome() -> None:
    desk = Desk(_refuse_odd)
    outcomes = [future.result(10) for future in _gather(desk, Lane(desk.post))]
    refused = [isinstance(outcome, errors.InsufficientFunds) for outcome in outcomes]
    assert refused == [bool(number % 2) for number in range(CLIENTS)]


def test_a_lost_connection_is_everybodys_error_and_nobody_tries_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lose(items: Sequence[Posting]) -> Any:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(posting, "post", _never)
    desk = Desk(lose)
    for future in _gather(desk, Lane(desk.post)):
        assert isinstance(future.exception(10), OperationalError)
    assert [len(group) for group in desk.groups] == [1, CLIENTS - 1]


def test_a_group_that_failed_is_posted_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse_company(items: Sequence[Posting]) -> Sequence[Any]:
        if len(items) > 1:
            raise DataError("one of them is not storable")
        return items

    monkeypatch.setattr(posting, "post", list)
    desk = Desk(refuse_company)
    outcomes = [future.result(10) for future in _gather(desk, Lane(desk.post))]
    assert [outcome.amount for outcome in outcomes] == list(range(CLIENTS))


def test_a_lane_goes_on_after_a_group_that_failed() -> None:
    failures = [OperationalError("gone")]

    def post(gather: Gather) -> Any:
        items = gather()
        if failures:
            raise failures.pop()
        return items

    lane = Lane(post)
    with pytest.raises(OperationalError):
        lane.post(_posting(1))
    assert lane.post(_posting(2)) == _posting(2)


def test_who_comes_while_the_lock_is_waited_for_is_in_the_group() -> None:
    desk = LockedDesk(list)
    outcomes = [future.result(10) for future in _gather(desk, Lane(desk.post))]
    assert [len(group) for group in desk.groups] == [CLIENTS]
    assert [outcome.amount for outcome in outcomes] == list(range(CLIENTS))


def test_a_unit_that_is_run_again_gathers_more_and_loses_nobody() -> None:
    seen = []

    def post(gather: Gather) -> Sequence[Any]:
        seen.append(list(gather()))
        others.extend(_in_threads(lambda number: lane.post(_posting(number)), [1, 2]))
        _wait_for(lane, 2)
        seen.append(list(gather()))
        return seen[-1]

    lane, others = Lane(post), []
    assert lane.post(_posting(0)) == _posting(0)
    assert {future.result(10).amount for future in others} == {1, 2}
    assert seen[1][:1] == seen[0]


def test_a_lock_that_is_not_got_is_an_error_to_all_who_waited_for_it() -> None:
    desk = LockedDesk(_never, error=errors.LedgerBusy())
    for future in _gather(desk, Lane(desk.post)):
        assert isinstance(future.exception(10), errors.LedgerBusy)


def test_a_storm_loses_nothing(alice: User, open_wallet: Callable[..., Wallet]) -> None:
    wallets = [open_wallet("100.00", label=f"W{number}") for number in range(3)]

    def storm(number: int) -> int:
        passed = 0
        for turn in range(15):
            wallet = wallets[(number + turn) % 3]
            try:
                group_commit.post_one(_posting(-1 if turn % 3 else 1, wallet.pk))
                passed += -1 if turn % 3 else 1
            except errors.InsufficientFunds:
                continue
        return passed

    total = sum(future.result(60) for future in _in_threads(storm, range(CLIENTS)))
    for wallet in wallets:
        wallet.refresh_from_db()
        sequences = Entry.objects.filter(wallet=wallet).order_by("sequence")
        assert list(sequences.values_list("sequence", flat=True)) == list(
            range(1, wallet.last_sequence + 1)
        )
    assert sum(wallet.balance for wallet in wallets) == 300 + total


def test_exactly_as_many_pass_as_there_is_money_for(open_wallet: Callable[..., Wallet]) -> None:
    wallet = open_wallet("3.00")

    def withdraw(number: int) -> bool:
        try:
            return bool(group_commit.post_one(_posting(-1, wallet.pk)))
        except errors.InsufficientFunds:
            return False

    answers = [future.result(60) for future in _in_threads(withdraw, range(CLIENTS))]
    assert sum(answers) == 3
    wallet.refresh_from_db()
    assert wallet.balance == 0


def test_a_missing_wallet_is_refused_like_ever() -> None:
    with pytest.raises(errors.WalletNotFound):
        group_commit.post_one(_posting(1, 10**15))


@pytest.mark.skipif(ON_SQLITE, reason="SQLite locks the database, not rows")
def test_a_wallet_that_somebody_holds_keeps_nobody_elses_waiting(
    open_wallet: Callable[..., Wallet],
) -> None:
    held, free = open_wallet("1.00", label="Held"), open_wallet("1.00", label="Free")
    lanes = Lanes()
    with transaction.atomic():
        Wallet.objects.select_for_update().get(pk=held.pk)
        waiting = _in_threads(lambda _: lanes.post(_posting(5, held.pk)), range(CLIENTS))
        passing = _in_threads(lambda _: lanes.post(_posting(5, free.pk)), range(CLIENTS))
        assert all(future.result(4) for future in passing)
        assert not any(future.done() for future in waiting)
    assert all(future.result(30) for future in waiting)
    for wallet in (held, free):
        wallet.refresh_from_db()
        assert wallet.balance == 1 + 5 * CLIENTS


def test_inside_a_transaction_nothing_is_committed_early(
    monkeypatch: pytest.MonkeyPatch, open_wallet: Callable[..., Wallet]
) -> None:
    wallet = open_wallet("1.00")
    monkeypatch.setattr(group_commit, "_lanes", None)
    with transaction.atomic():
        group_commit.post_one(_posting(1, wallet.pk))
        transaction.set_rollback(True)
    wallet.refresh_from_db()
    assert wallet.balance == 1


def test_it_can_be_switched_off(
    settings: Any, monkeypatch: pytest.MonkeyPatch, open_wallet: Callable[..., Wallet]
) -> None:
    settings.GROUP_COMMIT = False
    monkeypatch.setattr(group_commit, "_lanes", None)
    assert group_commit.post_one(_posting(1, open_wallet("1.00").pk)).movement.balance_after == 2
