"""The campaign's own tools: a mutant takes the live code's place, and a child is judged fairly."""

import importlib.util
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from tests.mutation import children, swapping
from tests.mutation.record import Mutant, Plan

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


def test_the_nearest_test_is_asked_first_unless_another_has_just_noticed_something() -> None:
    mutant = Mutant(
        **dict.fromkeys(("id", "operator", "before", "after", "text"), ""),
        module="ledger/box.py",
        line=6,
        end_line=6,
        within="Box.holds",
    )
    seconds = {"tests/test_box.py::a": 0.2, "tests/test_far.py::b": 0.1, "tests/test_far.py::c": 9}
    plan = Plan(seconds=seconds, reached={"ledger/box.py": {name: [6] for name in seconds}})
    near, far, _slow = seconds
    assert plan.tests(mutant, whole_module=False) == [near, far]
    plan.note(mutant, far)
    assert plan.tests(mutant, whole_module=False) == [far, near]
