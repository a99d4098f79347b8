"""The campaign's own tools: a mutant takes the live code's place, and a child is judged fairly."""

import importlib.util
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings

from tests.addresses import database_url
from tests.mutation import children, database, record, swapping
from tests.mutation.plan import Plan
from tests.mutation.record import Mutant

SOURCE = """
LIMIT = 3

class Box:
    def holds(self, number):
        return number < LIMIT
"""


@pytest.fixture
def module(tmp_path: Path) -> ModuleType:
    """Import a module with a function to change."""
    path = tmp_path / "box.py"
    path.write_text(SOURCE)
    spec = importlib.util.spec_from_file_location("box", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _mutant(module: ModuleType, before: str, after: str, line: int = 6) -> Mutant:
    return Mutant(
        id="1",
        module=str(module.__file__),
        line=line,
        end_line=line,
        within="Box.holds",
        operator="swap_op",
        before=before,
        after=after,
        text=SOURCE.replace(before, after),
    )


def test_a_changed_function_takes_the_live_ones_place(module: ModuleType) -> None:
    found = swapping.changes(_mutant(module, "<", "<="))

    def work() -> str:
        swapping.Live().swap(found)
        return str(module.Box().holds(3))

    assert children.run(work, seconds=5) == "True"
    assert not module.Box().holds(3)


def test_what_runs_at_import_is_not_swapped(module: ModuleType) -> None:
    with pytest.raises(swapping.NotSwappable):
        swapping.changes(_mutant(module, "LIMIT = 3", "LIMIT = 4"))


def test_a_process_of_its_own_imports_the_mutant(
    module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(str(module.__file__)).parent)
    mutant = _mutant(module, "LIMIT = 3", "LIMIT = 4")

    def work() -> str:
        swapping.load_instead(Mutant(**{**_members(mutant), "module": "box.py"}))
        sys.modules.pop("box", None)
        return str(importlib.import_module("box").LIMIT)

    assert children.run(work, seconds=5) == "4"


def _members(mutant: Mutant) -> dict[str, object]:
    return {name: getattr(mutant, name) for name in Mutant.__slots__}


def _spin() -> str:
    while True:
        pass


def _die() -> str:
    os.kill(os.getpid(), signal.SIGKILL)
    return ""


@pytest.mark.parametrize(("work", "said"), [(_spin, children.TIMED_OUT), (_die, "died")])
def test_a_child_that_hangs_or_dies_is_no_survivor(work: Callable[[], str], said: str) -> None:
    assert children.run(work, seconds=0).startswith(said)


BOX = Mutant(
    **dict.fromkeys(("id", "operator", "before", "after", "text"), ""),
    module="ledger/box.py",
    line=6,
    end_line=6,
    within="Box.holds",
)


def test_the_nearest_test_is_asked_first_unless_another_has_just_noticed_something() -> None:
    seconds = {"tests/test_box.py::a": 0.2, "tests/test_far.py::b": 0.1, "tests/test_far.py::c": 9}
    plan = Plan(seconds=seconds, reached={"ledger/box.py": {name: [6] for name in seconds}})
    near, far, _slow = seconds
    assert plan.tests(BOX, whole_module=False) == [near, far]
    plan.note(BOX, far)
    assert plan.tests(BOX, whole_module=False) == [far, near]


def test_a_file_of_nearly_the_same_name_comes_before_a_quicker_one() -> None:
    mutant = replace(BOX, module="ledger/box_lids.py")
    own, kin, far = "tests/test_box_lids.py::a", "tests/test_lid.py::b", "tests/test_far.py::c"
    seconds = {far: 0.1, kin: 0.2, own: 0.3}
    plan = Plan(seconds=seconds, reached={mutant.module: {name: [6] for name in seconds}})
    assert plan.tests(mutant, whole_module=False) == [own, kin, far]


def test_what_runs_at_import_is_asked_of_tests_that_name_it_or_run_nothing(tmp_path: Path) -> None:
    naming, silent, idle = (
        f"{tmp_path}/test_{name}.py::a" for name in ("naming", "silent", "idle")
    )
    for test in naming, silent, idle:
        Path(test.partition("::")[0]).write_text("box = 1" if test is naming else "boxes = 1")
    reached = {"ledger/other.py": {naming: [1], silent: [1]}}
    plan = Plan(seconds={idle: 0.1, silent: 0.1, naming: 0.2}, reached=reached)
    assert plan.tests(BOX, whole_module=True) == [idle, naming]
    assert plan.tests(BOX, whole_module=False) == []


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in for the results of a campaign."""
    monkeypatch.setattr(record, "RESULTS", tmp_path / "results.jsonl")
    return record.RESULTS


def _line(outcome: str, on: str) -> str:
    return json.dumps({"id": "1", "outcome": outcome, "by": "", "on": on})


@pytest.mark.parametrize(
    ("on_sqlite", "on_postgres", "together"),
    [
        (record.SURVIVED, record.KILLED, record.KILLED),
        (record.UNREACHED, record.TIMED_OUT, record.TIMED_OUT),
        (record.SURVIVED, record.SURVIVED, record.SURVIVED),
        (record.UNREACHED, record.SURVIVED, record.SURVIVED),
        (record.SURVIVED, record.UNREACHED, record.SURVIVED),
        (record.UNREACHED, record.UNREACHED, record.UNREACHED),
        (record.TO_TRY, record.SURVIVED, record.SURVIVED),
        (record.TO_TRY, record.UNREACHED, record.TO_TRY),
    ],
)
@pytest.mark.parametrize("turn", [1, -1])
def test_what_either_database_notices_is_noticed(
    results: Path, turn: int, on_sqlite: str, on_postgres: str, together: str
) -> None:
    tried = [_line(on_sqlite, record.SQLITE)] * (on_sqlite != record.TO_TRY)
    lines = [*tried, _line(on_postgres, record.POSTGRES)][::turn]
    results.write_text("\n".join(lines))
    result = record.results()["1"]
    assert result["outcome"] == together
    assert (record.SQLITE in result["tried"]) == bool(tried)
    assert record.POSTGRES in result["tried"]


def test_what_is_forgotten_was_tried_nowhere(results: Path) -> None:
    assert not record.results()
    results.write_text(_line(record.KILLED, record.SQLITE) + "\n")
    record.forget("1")
    assert not record.results()


@pytest.mark.skipif("postgresql" not in settings.DATABASES["default"]["ENGINE"], reason="its own")
def test_a_database_is_put_back_whoever_is_connected_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    psycopg = pytest.importorskip("psycopg")
    monkeypatch.setenv("DATABASE_URL", database_url())
    made, kept = (f"mutation_{os.getpid()}_{name}" for name in ("made", "kept"))
    try:
        database._copy("template1", made)
        with psycopg.connect(database_url(), dbname=made) as trial:
            trial.execute("CREATE TABLE box (number int)")
        database._copy(made, kept)
        with closing(psycopg.connect(database_url(), dbname=made, autocommit=True)) as hanging:
            hanging.execute("INSERT INTO box VALUES (1)")
            database._copy(kept, made)
        with psycopg.connect(database_url(), dbname=made) as trial:
            assert trial.execute("SELECT * FROM box").fetchall() == []
    finally:
        for name in (made, kept):
            database._command(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
