"""The unchanged suite, and which of its tests are asked of a mutant, in which order."""

import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.mutation.record import DATABASE, FOLDER, SQLITE, Mutant

#: On another database other tests run, and they reach other lines.
PLAN = FOLDER / ("plan.json" if DATABASE == SQLITE else f"plan-{DATABASE}.json")
#: Seconds of the tests' own time that are spent on one mutant, at most.
BUDGET = float(os.environ.get("BUDGET", "2"))
_KEEN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The unchanged suite: the seconds that each test took and the lines that it reached."""

    seconds: dict[str, float] = field(default_factory=dict)
    reached: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    #: The tests that noticed something in a function, last first: they are asked first.
    keen: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    @classmethod
    def read(cls) -> "Plan":
        """Read the plan of this campaign."""
        return cls(**json.loads(PLAN.read_text()))

    def write(self) -> None:
        """Keep the plan."""
        PLAN.write_text(json.dumps({"seconds": self.seconds, "reached": self.reached}))

    def and_also(
        self, seconds: dict[str, float], reached: dict[str, dict[str, list[int]]]
    ) -> "Plan":
        """Return the plan with what was measured of further tests."""
        modules = self.reached.keys() | reached.keys()
        return Plan(
            seconds={**self.seconds, **seconds},
            reached={key: self.reached.get(key, {}) | reached.get(key, {}) for key in modules},
        )

    def without(self, names: list[str]) -> "Plan":
        """Return the plan without the tests that cannot be relied on."""
        left = {name: took for name, took in self.seconds.items() if name not in names}
        return Plan(seconds=left, reached=self.reached)

    def quickest_first(self) -> list[str]:
        """Return the tests in the order in which they are asked of a mutant that all reach."""
        return self._interleaved(self.seconds)

    def tests(self, mutant: Mutant, *, whole_module: bool) -> list[str]:
        """Return the tests that reach the mutant, the likeliest to notice it first, up to a budget.

        First come those that noticed the last changes of the same function, then those in a file
        of the module's own name, then those in a file whose name shares words with it, then
        those of its room, then the others: of each file the quickest, then of each the next.
        What runs at import is reached by whatever reaches the module, by tests that look at what
        was imported and run none of it, and by those in a file that names the module; these two
        come before the others of its room.
        """
        name, room = _name_of(mutant), Path(mutant.module).parent.name
        looking = self._looking() if whole_module else set()
        naming = self._naming(name) if whole_module else set()
        reaching = {*self._reaching(mutant, whole_module=whole_module), *looking, *naming}
        keen = self.keen.get((mutant.module, mutant.within), [])[:_KEEN]
        others = sorted(
            self._interleaved(reaching),
            key=lambda test: (
                -_kinship(name, test),
                test not in looking,
                test not in naming,
                room not in test,
            ),
        )
        first = [test for test in keen if test in reaching]
        return list(self._within_budget(dict.fromkeys([*first, *others])))

    def _reaching(self, mutant: Mutant, *, whole_module: bool) -> list[str]:
        lines = self.reached.get(mutant.module, {})
        if whole_module:
            return list(self.seconds.keys() & lines.keys())
        changed = set(range(mutant.line, mutant.end_line + 1))
        return [test for test, got in lines.items() if test in self.seconds and changed & set(got)]

    def _naming(self, name: str) -> set[str]:
        word = re.compile(rf"\b{name}\b")
        files = {test.partition("::")[0] for test in self.seconds}
        said = {file for file in files if word.search(Path(file).read_text())}
        return {test for test in self.seconds if test.partition("::")[0] in said}

    def _looking(self) -> set[str]:
        running = {name for tests in self.reached.values() for name in tests}
        return self.seconds.keys() - running

    def _interleaved(self, names: Iterable[str]) -> list[str]:
        ranks: dict[str, int] = {}
        seen: Counter[str] = Counter()
        for name in sorted(names, key=lambda name: (self.seconds[name], name)):
            file = name.partition("::")[0]
            ranks[name] = seen[file]
            seen[file] += 1
        return sorted(names, key=lambda name: (ranks[name], self.seconds[name], name))

    def note(self, mutant: Mutant, test: str) -> None:
        """Note which test noticed a mutant."""
        keen = self.keen.setdefault((mutant.module, mutant.within), [])
        if test in keen:
            keen.remove(test)
        keen.insert(0, test)

    def patience(self, names: list[str]) -> float:
        """Return the seconds of the processor's time after which the tests hang."""
        return 15 + 5 * sum(self.seconds[name] for name in names)

    def _within_budget(self, names: Iterable[str]) -> Iterator[str]:
        left = BUDGET
        for name in names:
            if self.seconds[name] <= left:  # one that is too long must not end the others' turn
                left -= self.seconds[name]
                yield name


def _kinship(name: str, test: str) -> int:
    """Return how many words of a module's name are in that of the test's file; all is the most."""
    file = Path(test.partition("::")[0]).stem
    words = [word.rstrip("s") for word in name.split("_")]
    return len(words) + 1 if file == f"test_{name}" else sum(word in file for word in words)


def _name_of(mutant: Mutant) -> str:
    """Return the module's name; a package goes by its own, whose code is in `__init__`."""
    module = Path(mutant.module)
    return module.parent.name if module.stem == "__init__" else module.stem
