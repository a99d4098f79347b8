"""The plugin with which pytest collects the tests once and then runs them on each mutant."""

import os
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from itertools import groupby, islice, pairwise
from pathlib import Path
from typing import Any

import coverage
import pytest
from _pytest.runner import runtestprotocol
from django.db import connections

from tests.mutation import children, database, record, swapping
from tests.mutation.children import Say
from tests.mutation.plan import PLAN, Plan
from tests.mutation.record import Mutant
from wallet_transaction_api import sql

LEDGER = "wallet_transaction_api/ledger"
#: Tests of each file that are run before the process forks.
_WARMING = 3


class Session:
    """What every process of a campaign does with its collected tests."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the work instead of all tests once."""
        self.items = {item.nodeid: item for item in session.items}
        self.work()
        return True

    def work(self) -> None:
        """To be said by each kind."""

    def run(self, names: list[str], before: Say = str) -> Iterator[tuple[str, bool]]:
        """Run the tests in their order; yield the name of each, and whether it did not fail.

        The session's own fixtures stay, as if the first of all tests were still to come.
        """
        chosen = [self.items[name] for name in names if name in self.items]
        first = next(iter(self.items.values()))
        for item, following in pairwise([*chosen, first]):
            before(item.nodeid)
            reports = runtestprotocol(item, log=False, nextitem=following)
            for report in reports:
                if report.failed:
                    print(report.longreprtext, flush=True)  # into the child's log
            yield item.nodeid, not any(report.failed for report in reports)

    def first_failing(self, names: list[str]) -> str:
        """Return the first test that fails, or an empty text."""
        return next((name for name, passed in self.run(names) if not passed), "")


class Collected(Session):
    """Measures the unchanged suite, then tries each mutant that needs no import of its own."""

    def __init__(self, mutants: list[Mutant], say: Say, *, judging: bool = False) -> None:
        self._judging = judging
        self._mutants = mutants
        self._say = say
        self.left: list[Mutant] = []
        self.is_through = False

    def work(self) -> None:
        """Make the database, measure, and go through the mutants."""
        self._prepare()
        known = Plan.read() if PLAN.exists() else Plan()
        new = [name for name in self.items if name not in known.seconds]
        if new:
            failing = children.run(partial(self._measure, known, new), seconds=3000)
            self._say(f"left out, for failing unchanged: {failing}")
        plan = Plan.read()
        self._warm_up()
        if new:
            self._say(
                f"and in this order: {children.run(partial(self._control, new), seconds=3000)}"
            )
            plan = Plan.read()
        live = swapping.Live()
        for mutant in self._mutants:
            self._try(mutant, plan, live)
        if self._judging:
            self._judge(plan)
        self.is_through = True

    def _prepare(self) -> None:
        """Let the fixtures of the session make the database, then keep a copy of it."""

        def nothing(db: None) -> None: ...

        parent: Any = next(iter(self.items.values())).parent
        item = pytest.Function.from_parent(parent, name="nothing", callobj=nothing)
        following = list(self.items.values())[-1]
        reports = runtestprotocol(item, log=False, nextitem=following)
        assert all(report.passed for report in reports), reports
        database.keep()

    def _warm_up(self) -> None:
        """Fill the caches that no change of the ledger makes untrue, once for all forks."""
        database.restore()
        ordinary = [item for item in self.items.values() if not item.get_closest_marker("serial")]
        files = groupby(ordinary, key=lambda item: item.path)
        chosen = [item.nodeid for _, group in files for item in islice(group, _WARMING)]
        for _ in self.run(chosen):
            pass
        connections.close_all()

    def _measure(self, known: Plan, names: list[str]) -> str:
        """Run the tests unchanged, noting the time and the lines of each; say what fails."""
        measured = coverage.Coverage(
            data_file=None, config_file=False, include=[f"*/{LEDGER}/*"], messages=False
        )
        # New tests may be such that run nothing of the ledger.
        measured.set_option("run:disable_warnings", ["no-data-collected"])

        def start(name: str) -> None:
            measured.switch_context(name)
            forget_statements()  # else only the first test would reach what builds one

        measured.start()
        seconds, failing = {}, []
        started = _spent()
        for name, passed in self.run(names, start):
            if passed:
                seconds[name] = _spent() - started
            else:
                failing.append(name)
            started = _spent()
        measured.stop()
        known.and_also(seconds, _reached(measured.get_data())).write()
        return " ".join(failing) or "none"

    def _control(self, new: list[str]) -> str:
        """Run the tests unchanged as a mutant's are run, in their order."""
        database.restore()
        plan = Plan.read()
        chosen = [name for name in plan.quickest_first() if name in new]
        failing = [name for name, passed in self.run(chosen) if not passed]
        plan.without(failing).write()
        return " ".join(failing) or "none"

    def _judge(self, plan: Plan) -> None:
        """Run each test that noticed something on the unchanged code; forget what it said if it
        fails there too."""
        by: dict[str, list[str]] = defaultdict(list)
        for key, result in record.results().items():
            is_told = not result["by"].startswith(children.DIED)  # by no test: the import failed
            if is_told and result["outcome"] == record.KILLED and result["on"] == record.DATABASE:
                by[result["by"]].append(key)

        def work(name: str) -> str:
            database.restore()
            return self.first_failing([name])

        for name, keys in sorted(by.items()):
            known = [name] if name in plan.seconds else []
            said = children.run(partial(work, name), seconds=plan.patience(known))
            if said or not known:
                self._say(f"{name} fails without a change: {len(keys)} mutants, {said[:60]}")
                for key in keys:
                    record.forget(key)

    def _try(self, mutant: Mutant, plan: Plan, live: swapping.Live) -> None:
        try:
            found = swapping.changes(mutant)
        except swapping.NotSwappable:
            self.left.append(mutant)
            return
        names = plan.tests(mutant, whole_module=False)
        if not names:  # it runs at import, or never
            self.left.append(mutant)
            return

        def work() -> str:
            forget_statements()
            try:
                live.swap(found)
            except swapping.NotSwappable:
                return "not swappable"
            return self.first_failing(names)

        database.restore()  # here: a server that fails must not count as noticing something
        said = children.run(work, seconds=plan.patience(names))
        if said == "not swappable":
            self.left.append(mutant)
        else:
            record.conclude(mutant, said, self._say)
            plan.note(mutant, said)


class Started(Session):
    """Tries one mutant that was imported, in a process started for it."""

    def __init__(self, names: list[str]) -> None:
        self._names = names
        self.failing = "nothing was collected"

    def work(self) -> None:
        """Run its tests."""
        self.failing = self.first_failing(self._names)


def _spent() -> float:
    """Return the processor's seconds that this process has used, and those that it waited for."""
    return sum(os.times()[:4])


def forget_statements() -> None:
    """Let every statement be built and compiled anew."""
    for member in vars(sql).values():
        if hasattr(member, "cache_clear"):
            member.cache_clear()


def _reached(data: coverage.CoverageData) -> dict[str, dict[str, list[int]]]:
    reached: dict[str, dict[str, list[int]]] = {}
    for path in data.measured_files():
        module = str(Path(path).relative_to(Path.cwd()))
        for line, names in data.contexts_by_lineno(path).items():
            for name in names:
                reached.setdefault(module, {}).setdefault(name, []).append(line)
    for tests in reached.values():
        tests.pop("", None)
    return reached
