"""Writers beside a test, each in a thread of its own; none writes more often than it may.

A test that reads what they have written would have more to read with each round, and on a slow
machine no end: so a writer stops by itself, and a reader when nobody writes any more.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

from django.db import connections

#: Seconds between two rounds of a writer: threads of one process take turns, readers too.
PAUSE = 0.002
#: Takes how often to read at most; yields that often, or until no writer writes any more.
Rounds = Callable[[int], Iterator[int]]


@contextmanager
def writing(*acts: Callable[[], object], most: int) -> Iterator[Rounds]:
    """Repeat each act in a thread, `most` times or until the block is over.

    The block begins when each act was done once.
    """
    over, begun = Event(), [Event() for _ in acts]
    with ThreadPoolExecutor(len(acts)) as pool:
        writers = [
            pool.submit(_write, act, most, first, over)
            for act, first in zip(acts, begun, strict=True)
        ]
        try:
            assert all(first.wait(30) for first in begun)
            yield lambda readings: _rounds(writers, readings)
        finally:
            over.set()
        assert all(writer.result() for writer in writers)


def _write(act: Callable[[], object], most: int, begun: Event, over: Event) -> int:
    """Return how often the act was done."""
    done = 0
    try:
        while done < most and not over.wait(PAUSE):
            act()
            done += 1
            begun.set()
    finally:
        begun.set()
        connections.close_all()
    return done


def _rounds(writers: list["Future[int]"], readings: int) -> Iterator[int]:
    for number in range(readings):
        yield number
        if all(writer.done() for writer in writers):
            return
