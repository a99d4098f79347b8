"""A unit of work is retried as a whole, around the outermost block only."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction

from tests.books import assert_in_order, balance
from wallet_transaction_api.ledger import errors, units
from wallet_transaction_api.ledger.posting import Posted
from wallet_transaction_api.ledger.waits import NotNow
from wallet_transaction_api.models import Wallet

ON_SQLITE = connection.vendor == "sqlite"
Pay = Callable[..., Posted]


def _error(*arguments: object, state: str = "") -> OperationalError:
    cause = Exception(*arguments)
    cause.sqlstate = state or None  # type: ignore[attr-defined]
    error = OperationalError(*arguments)
    error.__cause__ = cause
    return error


DEADLOCK = _error(1213, "Deadlock found when trying to get lock")


class Failing:
    """Work that fails with the given errors first and then counts what it did."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.runs = 0

    def __call__(self) -> int:
        """Fail, or return how often it was run."""
        self.runs += 1
        if self.failures:
            raise self.failures.pop(0)
        return self.runs


@pytest.mark.parametrize(
    "error",
    [
        DEADLOCK,
        _error(1205, "Lock wait timeout exceeded"),
        _error("deadlock detected", state="40P01"),
        _error("could not serialize access", state="40001"),
        _error("canceling statement due to lock timeout", state="55P03"),
        _error("database is locked"),
        _error(3572, "Statement aborted because lock(s) could not be acquired immediately"),
        NotNow(),
    ],
)
def test_runs_again_what_the_database_undid(error: OperationalError) -> None:
    assert units.is_retryable(error)


@pytest.mark.parametrize(
    "error",
    [
        _error(2006, "Server has gone away"),
        _error(2013, "Lost connection"),
        _error("server closed the connection unexpectedly"),
        _error("disk I/O error"),
        _error(),
    ],
)
def test_does_not_run_again_what_may_have_been_done(error: OperationalError) -> None:
    assert not units.is_retryable(error)


@pytest.mark.django_db(transaction=True)
def test_retries_until_it_is_done() -> None:
    assert units.in_transaction(Failing(DEADLOCK, DEADLOCK)) == 3


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Note the pauses, each as long as it may be; they pass at once, on a clock of their own."""
    taken: list[float] = []
    time = SimpleNamespace(monotonic=lambda: sum(taken), sleep=taken.append)
    monkeypatch.setattr(units, "time", time)
    monkeypatch.setattr(units, "random", SimpleNamespace(uniform=lambda least, most: most - least))
    return taken


@pytest.mark.django_db(transaction=True)
def test_tries_as_often_as_there_is_time_for(pauses: list[float]) -> None:
    work = Failing(*[DEADLOCK] * 100)
    with pytest.raises(errors.LedgerBusy):
        units.in_transaction(work)
    assert work.runs == len(pauses) + 1 > 40
    assert units.PATIENCE < sum(pauses) <= units.PATIENCE + units.LONGEST_PAUSE


@pytest.mark.django_db(transaction=True)
def test_the_pauses_between_attempts_grow_to_a_bound(pauses: list[float]) -> None:
    units.in_transaction(Failing(*[DEADLOCK] * 8))
    assert pauses == [0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.25, 0.25]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("pauses")
def test_a_violation_after_other_failures_is_tried_once_more_too() -> None:
    violation = IntegrityError("UNIQUE constraint failed: transactions.txid")
    work = Failing(DEADLOCK, violation, DEADLOCK)
    assert units.in_transaction(work) == 4


@pytest.mark.django_db(transaction=True)
def test_gives_up_when_patience_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "PATIENCE", -1.0)
    work = Failing(*[DEADLOCK] * 100)
    with pytest.raises(errors.LedgerBusy):
        units.in_transaction(work)
    assert work.runs == 1


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_is_not_retried() -> None:
    work = Failing(_error(2013, "Lost connection"))
    with pytest.raises(OperationalError):
        units.in_transaction(work)
    assert work.runs == 1


@pytest.mark.django_db
def test_inside_an_open_block_it_runs_once_and_lets_the_error_through() -> None:
    work = Failing(DEADLOCK)
    with pytest.raises(OperationalError):
        units.in_transaction(work)
    assert work.runs == 1


@pytest.mark.django_db(transaction=True)
def test_a_violation_is_tried_once_more_and_then_named() -> None:
    violation = IntegrityError("UNIQUE constraint failed: transactions.txid")
    work = Failing(violation, violation)
    with pytest.raises(errors.TxidTaken):
        units.in_transaction(work)
    assert work.runs == 2


@pytest.mark.django_db(transaction=True)
def test_a_violation_without_a_name_stays_what_it_is() -> None:
    violation = IntegrityError("CHECK constraint failed: something_else")
    with pytest.raises(IntegrityError):
        units.in_transaction(Failing(violation, violation))


class Crossing:
    """Two wallets locked crosswise by two threads: a deadlock on the first attempt of both."""

    def __init__(self, pay: Pay) -> None:
        self.pay = pay
        self.barrier = Barrier(2)
        self.runs = 0

    def both(self, first: Wallet, second: Wallet) -> None:
        """Credit one wallet, and the other one inside a nested block."""
        self.runs += 1
        self.pay(first, "1")
        if self.runs <= self.barrier.parties:  # a retry is alone
            self.barrier.wait(timeout=30)
        with transaction.atomic():
            self.pay(second, "1")


def _in_threads(*actions: Callable[[], Any]) -> list[str]:
    def run(action: Callable[[], Any]) -> str:
        try:
            action()
        except OperationalError:
            return "deadlock"
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(actions)) as pool:
        return sorted(pool.map(run, actions))


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(ON_SQLITE, reason="SQLite has one writer, who waits for nobody")
class TestARealDeadlock:
    """Provoked on MySQL/MariaDB and PostgreSQL."""

    @pytest.fixture
    def pair(self, open_wallet: Callable[..., Wallet]) -> tuple[Wallet, Wallet]:
        """Return two wallets with 100.00 each."""
        return open_wallet("100", label="A"), open_wallet("100", label="B")

    def test_is_retried_around_the_outermost_block(
        self, pair: tuple[Wallet, Wallet], pay: Pay
    ) -> None:
        crossing = Crossing(pay)
        ended = _in_threads(
            lambda: units.in_transaction(lambda: crossing.both(*pair)),
            lambda: units.in_transaction(lambda: crossing.both(*pair[::-1])),
        )
        assert ended == ["done", "done"]
        assert crossing.runs > 2
        assert [balance(wallet) for wallet in pair] == [102, 102]
        assert_in_order()

    def test_inside_somebody_elses_block_loses_all_of_it_or_nothing(
        self, pair: tuple[Wallet, Wallet], pay: Pay
    ) -> None:
        crossing = Crossing(pay)
        in_block = transaction.atomic(crossing.both)
        ended = _in_threads(lambda: in_block(*pair), lambda: in_block(*pair[::-1]))
        assert ended == ["deadlock", "done"]
        assert [balance(wallet) for wallet in pair] == [101, 101]
        assert_in_order()
