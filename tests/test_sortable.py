"""SQLite's text form of money: it sorts as the numbers do, and its sums are exact."""

import sqlite3
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.amounts import amounts, finer
from wallet_transaction_api import money, sortable


@pytest.fixture(scope="module")
def database() -> Iterator[sqlite3.Connection]:
    """Open a bare connection with our aggregates and a table of one column."""
    connection = sqlite3.connect(":memory:")
    sortable.register(connection)
    yield connection
    connection.close()


@given(amounts)
def test_reads_back_what_it_writes_at_a_fixed_width(amount: Decimal) -> None:
    text = sortable.encode(amount)
    assert len(text) == sortable.WIDTH
    assert sortable.decode(text) == amount


@given(amounts, amounts)
def test_texts_compare_as_their_numbers(left: Decimal, right: Decimal) -> None:
    assert (sortable.encode(left) < sortable.encode(right)) is (left < right)


@given(amounts, finer)
def test_stored_texts_compare_with_any_bound(stored: Decimal, bound: Decimal) -> None:
    text, limit = sortable.encode(stored), sortable.bound(bound)
    assert (text < limit, text == limit) == (stored < bound, stored == bound)


@pytest.mark.parametrize("units", [0, 1, -1, 10**36 - 1, 1 - 10**36])
@pytest.mark.parametrize("bound", ["1e18", "-1e18", "1e30", "-1e30", "1e-19", "-1e-19"])
def test_bounds_outside_of_what_is_stored_compare_too(units: int, bound: str) -> None:
    stored = Decimal(f"{units}E-18")
    text, limit = sortable.encode(stored), sortable.bound(Decimal(bound))
    assert (text < limit) is (stored < Decimal(bound))


def _rows(items: list[Decimal]) -> str:
    return " UNION ALL ".join(f"SELECT '{sortable.encode(item)}' AS x" for item in items)


@given(st.lists(amounts, min_size=1, max_size=30))
def test_sum_and_average_are_exact(database: sqlite3.Connection, items: list[Decimal]) -> None:
    query = f"SELECT SUM(x), AVG(x) FROM ({_rows(items)})"
    total, mean = database.execute(query).fetchone()
    assert sortable.decode(total) == money.total(items)
    assert sortable.decode(mean) == money.mean(money.total(items), len(items))


def test_a_window_sum_gives_back_what_left_the_window(database: sqlite3.Connection) -> None:
    window = "OVER (ORDER BY x ROWS 1 PRECEDING)"
    rows = database.execute(
        f"SELECT SUM(x) {window} FROM ({_rows([Decimal(n) for n in (1, 2, 3)])})"
    )
    assert [sortable.decode(row[0]) for row in rows] == [1, 3, 5]


def test_other_numbers_are_summed_as_ever(database: sqlite3.Connection) -> None:
    query = "SELECT SUM(x), AVG(x) FROM (SELECT 1 AS x UNION ALL SELECT 2 UNION ALL SELECT NULL)"
    assert database.execute(query).fetchone() == (3, 1.5)


def test_a_sum_over_nothing_is_null(database: sqlite3.Connection) -> None:
    query = "SELECT SUM(x), AVG(x) FROM (SELECT 1 AS x) WHERE x > 1"
    assert database.execute(query).fetchone() == (None, None)
