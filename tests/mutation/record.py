"""What a campaign keeps on disk: mutants, which tests reach which lines, and what became of each.

Results are appended line by line: whatever ends the campaign, the next one goes on from there.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(".mutation")
MUTANTS = FOLDER / "mutants.jsonl"
RESULTS = FOLDER / "results.jsonl"

SQLITE, POSTGRES = "sqlite", "postgres"
#: The database of this process' trials.
DATABASE = POSTGRES if os.environ.get("DATABASE_URL", "").startswith(POSTGRES) else SQLITE
#: On another database other tests run, and they reach other lines.
PLAN = FOLDER / ("plan.json" if DATABASE == SQLITE else f"plan-{DATABASE}.json")

TO_TRY = "to try"
KILLED, TIMED_OUT, SURVIVED, UNREACHED = "killed", "timed out", "survived", "unreached"
#: Seconds of the tests' own time that are spent on one mutant, at most.
BUDGET = float(os.environ.get("BUDGET", "2"))
_KEEN = 6
#: Outcomes in which the tests noticed the change.
NOTICED = {KILLED, TIMED_OUT}
_RISING = (TO_TRY, UNREACHED, SURVIVED, TIMED_OUT, KILLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One changed text of one module, as `mutants.py` wrote it."""

    id: str
    module: str
    line: int
    end_line: int
    within: str
    operator: str
    before: str
    after: str
    text: str

    @property
    def title(self) -> str:
        """Where, and what was changed into what."""
        place = f"{self.module}:{self.line} {self.within}"
        return f"{place} [{self.operator}] {self.before} → {self.after}"


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
        return self._interleaved(list(self.seconds))

    def tests(self, mutant: Mutant, *, whole_module: bool) -> list[str]:
        """Return the tests that reach the mutant, the likeliest to notice it first, up to a budget.

        First come those that noticed the last changes of the same function, then those in a file
        of the module's own name, then those of its room, then the others: of each file the
        quickest, then of each the next. What runs at import is reached by whatever reaches the
        module, and by tests that look at what was imported and run none of it.
        """
        lines = self.reached.get(mutant.module, {})
        changed = set(range(mutant.line, mutant.end_line + 1))
        reaching = [
            name
            for name, got in lines.items()
            if name in self.seconds and (whole_module or changed & set(got))
        ]
        reaching += self._looking() if whole_module else []
        keen = self.keen.get((mutant.module, mutant.within), [])[:_KEEN]
        first = [name for name in keen if name in reaching]
        module = Path(mutant.module)
        room = module.parent.name
        own = f"test_{room if module.stem == '__init__' else module.stem}"
        others = sorted(
            self._interleaved(reaching), key=lambda name: (own not in name, room not in name)
        )
        return list(self._within_budget(dict.fromkeys([*first, *others])))

    def _looking(self) -> list[str]:
        running = {name for tests in self.reached.values() for name in tests}
        return [name for name in self.seconds if name not in running]

    def _interleaved(self, names: list[str]) -> list[str]:
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
            left -= self.seconds[name]
            if left < 0:
                return
            yield name


def mutants(part: str = "", *, share: float = 1.0) -> list[Mutant]:
    """Return the mutants of the modules whose path holds the text, in the order of their digests.

    So whatever was tried by the time a campaign is stopped is a fair sample of all.
    """
    lines = MUTANTS.read_text().splitlines()
    found = sorted((Mutant(**json.loads(line)) for line in lines), key=lambda mutant: mutant.id)
    upto = round(share * len(found))
    return [mutant for mutant in found[:upto] if part in mutant.module]


def results() -> dict[str, dict[str, Any]]:
    """Return what became of each mutant by its id, and on which databases it was tried.

    What was noticed on either database is noticed.
    """
    known: dict[str, dict[str, Any]] = {}
    lines = RESULTS.read_text().splitlines() if RESULTS.exists() else []
    for result in map(json.loads, lines):
        earlier = known.pop(result["id"], {"outcome": TO_TRY, "tried": []})
        if result["outcome"] != TO_TRY:
            known[result["id"]] = _together(earlier, {"on": SQLITE, **result})
    return known


def _together(earlier: dict[str, Any], later: dict[str, Any]) -> dict[str, Any]:
    tried = [*earlier["tried"], later["on"]]
    if (later["on"], later["outcome"]) == (POSTGRES, UNREACHED):
        return {**earlier, "tried": tried}  # whether anything reaches it, SQLite's trial says
    more = max(later, earlier, key=lambda result: _RISING.index(result["outcome"]))
    return {**more, "tried": tried}


def conclude(mutant: Mutant, said: str, say: Callable[[str], None]) -> None:
    """Keep what became of the mutant: the test that failed, `TIMED_OUT` or nothing at all."""
    outcome = (KILLED if said else SURVIVED) if said != TIMED_OUT else TIMED_OUT
    keep(mutant, outcome, said)
    if outcome != KILLED:
        say(f"{outcome}: {mutant.title}")


def forget(mutant_id: str) -> None:
    """Let a mutant be tried again."""
    with RESULTS.open("a") as file:
        file.write(json.dumps({"id": mutant_id, "outcome": TO_TRY, "by": ""}) + "\n")


def keep(mutant: Mutant, outcome: str, by: str = "") -> None:
    """Append what became of a mutant, and the test that noticed it."""
    with RESULTS.open("a") as file:
        result = {"id": mutant.id, "outcome": outcome, "by": by, "on": DATABASE}
        file.write(json.dumps(result) + "\n")
