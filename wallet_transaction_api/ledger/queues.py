"""Queues in the process, by key: who waits there holds no row and no transaction of a database."""

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager


class _Queue:
    __slots__ = ("company", "turn")

    def __init__(self) -> None:
        self.turn = threading.Lock()
        #: How many are in it.
        self.company = 0


class Queues:
    """One queue per key, as long as anybody is in it: there are no more than threads."""

    def __init__(self) -> None:
        """Begin with none."""
        self._queues: dict[Hashable, _Queue] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, key: Hashable, seconds: float) -> Iterator[bool]:
        """Wait no longer than that for the key's turn; yield whether it was got, and is kept."""
        with self._joined(key) as queue:
            is_ours = queue.turn.acquire(timeout=max(0, seconds))
            try:
                yield is_ours
            finally:
                if is_ours:
                    queue.turn.release()

    @contextmanager
    def _joined(self, key: Hashable) -> Iterator[_Queue]:
        with self._lock:
            queue = self._queues.setdefault(key, _Queue())
            queue.company += 1
        try:
            yield queue
        finally:
            with self._lock:
                queue.company -= 1
                if not queue.company:
                    del self._queues[key]
