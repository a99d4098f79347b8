"""Bars and verdicts."""

from collections import Counter

import pytest

from bench import report
from bench.measures import Figure, Measure
from bench.processes import Failed
from bench.rows import BESIDE, FAIL, PASS, Bar, Row, compared, measured


def _figure(name: str, rate: int, **errors: int) -> Figure:
    measure = Measure(answered=rate, seconds=1, p50=1, p99=2, errors=Counter(errors))
    return Figure(name, (measure,))


def _compared(ours: Figure, *, database: str = "postgres", ledger: str = "") -> Row:
    them = _figure("them", 100)
    return compared("P0", "work", database, ours, them, bar=Bar(4), ledger=ledger)


@pytest.mark.parametrize(("value", "verdict"), [(99.9, PASS), (100, PASS), (100.1, FAIL)])
def test_a_bar_may_be_an_upper_one(value: float, verdict: str) -> None:
    assert Bar(100, unit="ms", most=True).verdict(value) == verdict


def test_a_row_is_judged_by_the_ratio_of_both_sides() -> None:
    row = _compared(_figure("us", 400))
    assert (row.value, row.verdict) == (4, PASS)
    assert _compared(_figure("us", 399)).verdict == FAIL


def test_a_row_may_be_judged_by_its_own_value() -> None:
    bar, figure = Bar(100, unit="ms", most=True), _figure("us", 1000)
    for value, verdict in ((100, PASS), (101, FAIL)):
        row = measured("P0", "work", "postgres", value, bar, ours="so much", of=figure)
        assert (row.unit, row.p50, row.p99, row.verdict) == ("ms", 1, 2, verdict)
    failed = _figure("us", 1000, status=1)
    assert measured("P0", "work", "postgres", 1, bar, ours="1", of=failed).verdict == FAIL
    assert measured("P0", "work", "mysql", 101, bar, ours="101").verdict == BESIDE


def test_an_error_fails_a_row_whatever_its_speed() -> None:
    row = _compared(_figure("us", 4000, timeout=1))
    assert (row.errors, row.verdict) == ("1 timeout", FAIL)


def test_a_wrong_ledger_fails_a_row_on_every_database() -> None:
    for database in ("postgres", "mysql"):
        row = _compared(_figure("us", 4000), database=database, ledger="BROKEN: 1 gap")
        assert row.verdict == FAIL


def test_databases_other_than_postgresql_stand_beside() -> None:
    assert _compared(_figure("us", 1), database="mysql", ledger="ok").verdict == BESIDE


def test_a_ratio_is_the_median_of_the_rounds_with_their_range() -> None:
    def figure(*rates: int) -> Figure:
        return Figure("x", tuple(_figure("x", rate).rounds[0] for rate in rates))

    row = compared("P0", "work", "postgres", figure(100, 900, 300), figure(100, 100, 100))
    assert (row.value, row.spread) == (3, (1, 9))
    slow_together = compared("P0", "work", "postgres", figure(40, 400), figure(10, 100))
    assert slow_together.spread == (4, 4)
    assert "3.00 x (1.00 - 9.00)" in report.summary([row])


def test_a_baseline_without_an_answer_in_a_round_is_no_figure() -> None:
    silent = Figure("them", (*_figure("them", 5).rounds, *_figure("them", 0).rounds))
    ours = Figure("us", _figure("us", 5).rounds * 2)
    with pytest.raises(Failed, match="no answer from them"):
        compared("P0", "work", "postgres", ours, silent)


def test_what_is_asked_everywhere_is_judged_everywhere() -> None:
    bar = Bar(3.3, most=True)
    for database in ("postgres", "mysql", "sqlite"):
        row = measured("P0", "work", database, 9, bar, ours="9 s", everywhere=True)
        assert row.verdict == FAIL
