"""Serial tests run one after the other, in whichever of pytest's processes."""

import pytest

from tests.scheduling import SerialApart, is_serial


@pytest.fixture
def scheduler() -> SerialApart:
    return object.__new__(SerialApart)  # it asks for processes that are not there


def test_serial_tests_are_one_piece_of_work(scheduler: SerialApart) -> None:
    files = ("tests/ledger/test_races.py", "tests/live/test_server.py", "tests/test_installed.py")
    assert {scheduler._split_scope(f"{file}::test_a") for file in files} == {"serial"}


def test_any_other_test_is_one_by_itself(scheduler: SerialApart) -> None:
    names = [f"tests/test_money.py::test_{name}" for name in "ab"]
    assert [scheduler._split_scope(name) for name in names] == names


@pytest.mark.parametrize("file", ["tests/ledger/test_rules.py", "tests/test_money.py"])
def test_a_file_without_the_mark_is_not_serial(file: str) -> None:
    assert not is_serial(file)
