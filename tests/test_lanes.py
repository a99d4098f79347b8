"""Threads served together; how groups form is told by `ledger/test_group_commit.py`."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from wallet_transaction_api import lanes
from wallet_transaction_api.lanes import Gather, Lane


def test_alone_a_thread_is_served_at_once() -> None:
    assert Lane[int, int](lambda gather: [2 * item for item in gather()]).join(21) == 42


def test_an_outcome_for_each_is_insisted_upon() -> None:
    with pytest.raises(ValueError, match="zip"):
        Lane[int, int](lambda gather: gather()[1:]).join(1)


def _together(lane: Lane[int, int], go_on: threading.Event) -> list[Future[int]]:
    """Let two be served as one group, by a lane that waits for the event before it gathers."""
    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(lane.join, number) for number in range(2)]
        while len(lane._waiting) < 2:
            threading.Event().wait(0.001)
        go_on.set()
    return futures


def test_everybody_is_told_of_whatever_ended_the_serving() -> None:
    """Without an outcome nobody may conclude that nothing was done."""
    go_on = threading.Event()

    def end(gather: Gather[int]) -> list[int]:
        assert go_on.wait(10)
        gather()
        raise SystemExit

    futures = _together(Lane[int, int](end), go_on)
    assert [type(future.exception(10)) for future in futures] == [SystemExit] * 2


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the seconds for which leaders were ready to wait; nobody really does."""
    noted = list[float]()

    class Ticket(lanes._Ticket[int, int]):
        __slots__ = ()

        def __init__(self, item: int) -> None:
            super().__init__(item)
            self.gate = Gate()  # type: ignore[assignment]

    class Gate:
        def __init__(self) -> None:
            self.lock = threading.Lock()
            self.lock.acquire()
            self.release = self.lock.release

        def acquire(self, *, timeout: float = -1) -> bool:
            if timeout < 0:
                return self.lock.acquire()
            noted.append(timeout)
            return False

    monkeypatch.setattr(lanes, "_Ticket", Ticket)
    return noted


def test_only_who_follows_a_group_with_company_waits_for_it(waits: list[float]) -> None:
    go_on = threading.Event()

    def serve(gather: Gather[int]) -> Sequence[int]:
        assert go_on.wait(10)
        return gather()

    lane = Lane[int, int](serve)
    _together(lane, go_on)
    assert not waits
    for _ in range(3):
        lane.join(1)
    assert len(waits) == 1


def test_no_longer_than_the_group_took_and_never_long(waits: list[float]) -> None:
    lane = Lane[int, int](lambda gather: gather())
    for took in (0.003, 30.0):
        lane._company, lane._took = 2, took
        lane.join(1)
    assert waits == [0.003, lanes.LONGEST_WAIT]


def test_it_goes_on_as_soon_as_all_have_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "LONGEST_WAIT", 60)
    groups = list[Sequence[int]]()

    def serve(gather: Gather[int]) -> Sequence[int]:
        groups.append(gather())
        return groups[-1]

    lane = Lane[int, int](serve)
    lane._company, lane._took = 3, 60
    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(lane.join, range(3), timeout=30)) == [0, 1, 2]
    assert [len(group) for group in groups] == [3]


def test_no_more_are_waited_for_than_a_group_may_have(waits: list[float]) -> None:
    lane = Lane[int, int](lambda gather: gather(), most=1)
    lane._company, lane._took = 5, 1
    lane.join(1)
    assert not waits
