"""Threads served together; how groups form is told by `ledger/test_group_commit.py`."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from wallet_transaction_api.lanes import Gather, Lane


def test_alone_a_thread_is_served_at_once() -> None:
    assert Lane[int, int](lambda gather: [2 * item for item in gather()]).join(21) == 42


def test_an_outcome_for_each_is_insisted_upon() -> None:
    with pytest.raises(ValueError, match="zip"):
        Lane[int, int](lambda gather: gather()[1:]).join(1)


def test_everybody_is_told_of_whatever_ended_the_serving() -> None:
    """Without an outcome nobody may conclude that nothing was done."""
    go_on = threading.Event()

    def end(gather: Gather[int]) -> list[int]:
        assert go_on.wait(10)
        gather()
        raise SystemExit

    lane = Lane[int, int](end)
    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(lane.join, number) for number in range(2)]
        while len(lane._waiting) < 2:
            threading.Event().wait(0.001)
        go_on.set()
        assert [type(future.exception(10)) for future in futures] == [SystemExit] * 2
