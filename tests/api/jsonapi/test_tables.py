"""The generated tables of docs/jsonapi.md are current, and no row of the list is left out."""

from tests.api.jsonapi.tables import PAGE, ROWS, conformance, current


def test_the_page_is_current() -> None:
    page = PAGE.read_text()
    assert page == current(page), "run: python -m tests.api.jsonapi.tables"


def test_every_row_has_a_test() -> None:
    assert {row.number for row in conformance()} == set(ROWS)


def test_every_test_says_what_it_expects() -> None:
    for row in conformance():
        assert row.level in {"M", "S", "R", "P", "I"}, row
        assert row.expected.endswith("."), row
