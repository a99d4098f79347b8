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


def test_only_who_follows_a_leader_with_company_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, pauses = threading.Event(), list[float]()

    def serve(gather: Gather[int]) -> Sequence[int]:
        assert go_on.wait(10)
        return gather()

    monkeypatch.setattr(lanes.time, "sleep", pauses.append)
    lane = Lane[int, int](serve, pause=0.5)
    _together(lane, go_on)
    assert not pauses
    for _ in range(2):
        lane.join(1)
    assert pauses == [0.5]
