"""What the tests beside writers rest on: it ends, whatever the reader does."""

from threading import Lock

import pytest

from tests.writers import writing


class Counter:
    """Counts how often it was written."""

    def __init__(self) -> None:
        self.times = 0
        self._lock = Lock()

    def __call__(self) -> None:
        with self._lock:
            self.times += 1


def test_a_writer_stops_by_itself() -> None:
    one, other = Counter(), Counter()
    with writing(one, other, most=5) as rounds:
        for _ in rounds(10**9):
            pass
    assert (one.times, other.times) == (5, 5)


def test_a_writer_stops_with_the_block() -> None:
    counter = Counter()
    with writing(counter, most=10**9) as rounds:
        assert list(rounds(3)) == [0, 1, 2]
    assert counter.times > 0


def test_what_a_writer_fails_with_is_the_tests_failure() -> None:
    with pytest.raises(ZeroDivisionError), writing(lambda: 1 // 0, most=5) as rounds:
        assert list(rounds(3))
