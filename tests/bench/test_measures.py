"""Medians of rounds, percentiles, and errors that are counted, never hidden."""

from collections import Counter

import pytest

from bench.measures import Figure, Measure, Side, alternate, percentile, shown
from bench.processes import Failed


def _measure(answered: int, *, seconds: float = 1.0, **errors: int) -> Measure:
    return Measure(answered=answered, seconds=seconds, p50=1, p99=2, errors=Counter(errors))


def test_a_rate_counts_correct_answers_only() -> None:
    assert _measure(100, seconds=2, status=40).rate == 30


def test_drops_and_timeouts_are_no_answers_and_stay_visible() -> None:
    measure = _measure(100, timeout=3, read=2)
    assert measure.correct == 100
    assert shown(measure.errors) == "2 read, 3 timeout"


def test_a_figure_is_the_median_of_its_rounds_with_the_errors_of_all() -> None:
    figure = Figure("x", (_measure(10), _measure(500, read=1), _measure(20, read=2)))
    assert figure.rate == 20
    assert figure.errors == {"read": 3}


def test_no_errors_are_shown_as_a_dash() -> None:
    assert shown(Counter()) == "-"


def test_sides_take_turns_after_a_warm_up_that_does_not_count() -> None:
    turns = []

    def side(name: str) -> Side:
        def run(seconds: float) -> Measure:
            turns.append((name, seconds))
            return _measure(len(turns))

        return Side(name, run)

    first, second = alternate([side("a"), side("b")], rounds=2, seconds=5, warm_up=1)
    assert turns == [("a", 1), ("b", 1), ("a", 5), ("b", 5), ("a", 5), ("b", 5)]
    assert [measure.answered for measure in first.rounds] == [3, 5]
    assert [measure.answered for measure in second.rounds] == [4, 6]


def test_answers_that_are_all_errors_are_not_measured() -> None:
    side = Side("wrong", lambda _: _measure(50, status=50))
    with pytest.raises(Failed, match="wrong: not one correct answer, errors 50 status"):
        alternate([side], rounds=1, seconds=1, warm_up=1)


def test_a_percentile_is_a_value_that_was_seen() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert percentile(values, 0.99) == 100
    assert percentile(values, 0.5) == 51
    assert percentile([], 0.5) == 0
