"""What a campaign keeps on disk: the mutants, and what became of each.

Results are appended line by line: whatever ends the campaign, the next one goes on from there.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(".mutation")
MUTANTS = FOLDER / "mutants.jsonl"
RESULTS = FOLDER / "results.jsonl"

SQLITE, POSTGRES = "sqlite", "postgres"
#: The database of this process' trials.
DATABASE = POSTGRES if os.environ.get("DATABASE_URL", "").startswith(POSTGRES) else SQLITE

TO_TRY = "to try"
KILLED, TIMED_OUT, SURVIVED, UNREACHED = "killed", "timed out", "survived", "unreached"
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
