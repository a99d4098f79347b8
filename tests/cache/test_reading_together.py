"""Readers that come at the same time share a round trip, and none hears what was true before."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from tests.cache.conftest import RedisServer, wait_until
from wallet_transaction_api.cache.shared import SharedStore
from wallet_transaction_api.cache.stores import Reading

pytestmark = pytest.mark.usefixtures("quick_retries")


class Slow:
    """Stands between a store and its Redis: notes the calls, and holds the first until told."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call
        self.keys: list[list[str]] = []
        self.go_on = threading.Event()

    def __call__(self, script: Any, keys: Sequence[str], *values: Any) -> Any:
        self.keys.append([key.rpartition(":")[2] for key in keys[1:]])
        if len(self.keys) == 1:
            assert self.go_on.wait(10)
        return self._call(script, keys, *values)


def _read_beside_one(
    store: SharedStore, monkeypatch: pytest.MonkeyPatch, keys: list[str]
) -> tuple[Slow, list[Reading]]:
    """Have these keys read while a read of another is under way."""
    slow = Slow(store._call)
    monkeypatch.setattr(store, "_call", slow)
    with ThreadPoolExecutor(len(keys) + 1) as pool:
        pool.submit(store.read, "first")
        wait_until(lambda: len(slow.keys) == 1)
        others: list[Future[Reading]] = [pool.submit(store.read, key) for key in keys]
        wait_until(lambda: len(store._reads._waiting) == len(keys))
        slow.go_on.set()
        return slow, [other.result(10) for other in others]


def _fill(store: SharedStore, key: str, text: str) -> None:
    _, lease = store.read(key)
    assert lease
    store.fill(key, lease, 1, text)


def test_who_waits_is_answered_by_the_next_round_trip(
    shared: SharedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(shared, "a", "A")
    _fill(shared, "b", "B")
    slow, found = _read_beside_one(shared, monkeypatch, ["a", "b", "a"])
    assert [text for text, _ in found] == [b"A", b"B", b"A"]
    assert [sorted(keys) for keys in slow.keys] == [["first"], ["a", "b"]]


def test_what_is_under_way_answers_nobody_who_came_later(
    shared: SharedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, _ = _read_beside_one(shared, monkeypatch, ["first"])
    assert slow.keys == [["first"], ["first"]]


def test_one_of_those_who_miss_gets_the_lease(
    shared: SharedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, found = _read_beside_one(shared, monkeypatch, ["a", "a", "b"])
    assert [text for text, _ in found] == [None] * 3
    assert sum(lease is not None for _, lease in found[:2]) == 1
    assert found[2][1] is not None


def test_all_miss_when_the_round_trip_fails(
    shared: SharedStore, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(shared, "a", "A")
    redis_server.kill()
    try:
        _, found = _read_beside_one(shared, monkeypatch, ["a"])
        assert found == [(None, None)]
    finally:
        redis_server.start()


def test_a_connection_from_before_a_restart_is_not_taken_for_another_failure(
    shared: SharedStore, redis_server: RedisServer
) -> None:
    with ThreadPoolExecutor(1) as idle:
        idle.submit(shared.read, "a").result(10)
        redis_server.kill()
        shared.read("a")
        redis_server.start()
        wait_until(shared.trust.reads)
        idle.submit(shared.read, "a").result(10)
    assert shared.trust.reads()
