"""`python -m bench`: run the plan, print what is seen as it comes, write the report."""

import sys
from collections.abc import Iterator

from bench import databases, machine, pgbench, report, swarm, wrk
from bench.arena import Arena
from bench.curve import draw
from bench.plan import SQLITE, Plan, from_arguments
from bench.processes import Failed, alone, clean_up_when_told_to_stop
from bench.rows import Row
from bench.scenarios import (
    balances,
    creating,
    crowd,
    footprint,
    growth,
    hot,
    open_mode,
    pages,
    spread,
    transferring,
    verifying,
)
from bench.servers import fleet
from bench.stages import Unsafe, stage

_RUNS = {
    "P1": hot.run,
    "P1o": open_mode.run,
    "P2": spread.run,
    "P3": pages.run,
    "P4": creating.run,
    "P4t": transferring.run,
    "P5": balances.run,
    "P6": growth.run,
    "P7": crowd.run,
    "P8": footprint.run,
    "P12": verifying.run,
}
#: What is asked of SQLite, which takes one writer at a time; the others need its wallets or
#: baselines, which are made for PostgreSQL and MariaDB only.
_ON_SQLITE = frozenset({"P12"})


def main(arguments: list[str]) -> int:
    """Return the exit status: 1 if a bar is missed or something did not run."""
    plan = from_arguments(arguments)
    clean_up_when_told_to_stop()
    if not wrk.is_found():
        sys.exit("wrk is missing (Debian: apt install wrk)")
    skipped = list(_skipped(plan))
    for reason in skipped:
        print(f"!!! NOT RUN: {reason}")
    kinds = [kind for kind in plan.databases if _missing(kind) is None and _is_asked(kind, plan)]
    facts, rows = machine.facts(kinds), []
    with alone():
        for kind in kinds:
            rows += _measure(kind, plan, skipped)
    print(f"\n{report.summary(rows)}")
    if plan.output:
        plan.output.write_text(report.markdown(rows, facts, skipped, plan))
        print(f"written to {plan.output}")
    return int(bool(skipped) or bool(report.failed(rows)))


def _skipped(plan: Plan) -> Iterator[str]:
    for name in sorted(set(plan.only) - {*_RUNS, "plot"}):
        yield f"{name}: no such scenario"
    for kind in plan.databases:
        if reason := _missing(kind):
            yield f"{kind}: {reason}"
    if "P7" in plan.only and not swarm.is_found():
        yield "P7 by Locust: .venv-bench/bin/locust is missing (make .venv-bench/.installed)"
    if not databases.answers("redis"):
        yield "Redis: nothing answers, so the service runs one process with a cache of its own"


def _missing(kind: str) -> str | None:
    if not databases.answers(kind):
        return "nothing answers at its address"
    return "pgbench is missing" if kind == "postgres" and not pgbench.is_found() else None


def _measure(kind: str, plan: Plan, skipped: list[str]) -> list[Row]:
    rows: list[Row] = []
    try:
        with (
            fleet(databases.connections_allowed(kind)) as servers,
            stage(kind, "ledger", plan) as on,
        ):
            opened = [] if kind == SQLITE else on.inside("open", spread.WALLETS)["wallets"]
            arena = Arena(plan=plan, kind=kind, fleet=servers, stage=on, spread=opened)
            for name in _wanted(kind, plan):
                rows += _run(name, arena, skipped)
            _plot(arena)
    except Unsafe as unsafe:
        skipped.append(f"{unsafe}: not durable")
    return rows


def _is_asked(kind: str, plan: Plan) -> bool:
    """Tell whether there is anything to do on the database."""
    return bool(_wanted(kind, plan)) or (kind == "postgres" and plan.plot is not None)


def _wanted(kind: str, plan: Plan) -> list[str]:
    return [name for name in plan.only if name in _RUNS and (kind != SQLITE or name in _ON_SQLITE)]


def _run(name: str, arena: Arena, skipped: list[str]) -> list[Row]:
    """Run one scenario; what breaks it is reported and the others go on."""
    print(f"\n== {name} on {arena.kind}", flush=True)
    rows = []
    try:
        for row in _RUNS[name](arena):
            rows.append(row)
            print(f"  {report.summary([row])}", flush=True)
    except Failed as failure:
        print(f"!!! {name} FAILED: {failure}", flush=True)
        skipped.append(f"{name} on {arena.kind}, FAILED: {str(failure).splitlines()[0]}")
    return rows


def _plot(arena: Arena) -> None:
    if arena.plan.plot and arena.kind == "postgres":
        print("\n== the curve", flush=True)
        arena.plan.plot.write_text(draw(arena))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
