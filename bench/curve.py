"""The curve: throughput and p99 by clients, hot and spread, group commit on and off."""

from dataclasses import replace

from bench import chart
from bench.arena import Arena, deposit_load
from bench.measures import Figure, Run, Side, alternate
from bench.scenarios.spread import shuffled

#: No bar is judged by the curve.
_ROUNDS = 3
_LINES = {
    "one wallet, group commit": ("hot", "true"),
    "one wallet, one commit per posting": ("hot", "false"),
    "2,000 wallets, group commit": ("spread", "true"),
    "2,000 wallets, one commit per posting": ("spread", "false"),
}


def draw(arena: Arena) -> str:
    """Measure all four lines by turns at each number of clients; return the plot as SVG."""
    seen = {clients: _figures(arena, clients) for clients in arena.plan.points}
    panels = (
        chart.Panel("Throughput", "deposits a second", _lines(seen, "rate")),
        chart.Panel("Latency", "p99, milliseconds", _lines(seen, "p99"), log_y=True),
    )
    return chart.svg(panels)


def _figures(arena: Arena, clients: int) -> list[Figure]:
    print(f"  {clients} clients")
    plan = replace(arena.plan, clients=clients)
    at = replace(arena, plan=plan)
    loads = {"hot": [arena.stage.hot], "spread": _spread(arena)}
    sides = [
        Side(name, _run(at, loads[wallets], commit, clients))
        for name, (wallets, commit) in _LINES.items()
    ]
    rounds = min(_ROUNDS, plan.rounds)
    return alternate(sides, rounds=rounds, seconds=max(1, plan.seconds / 2), warm_up=1)


def _run(arena: Arena, paths: list[str], commit: str, clients: int) -> Run:
    stage, load = arena.stage, deposit_load(paths, arena.stage.bearer())
    recipe = stage.recipe(GROUP_COMMIT=commit)
    return lambda seconds: stage.deposit(arena.fleet, recipe, load, seconds, clients=clients)


def _spread(arena: Arena) -> list[str]:
    return [f"/api/v1/wallets/{uuid}" for uuid in shuffled([uuid for _, uuid in arena.spread])]


def _lines(seen: dict[int, list[Figure]], what: str) -> list[chart.Line]:
    """Return the lines; where nobody was answered there is no point to draw."""
    return [
        chart.Line(
            name,
            [(n, getattr(found[index], what)) for n, found in seen.items() if found[index].rate],
        )
        for index, name in enumerate(_LINES)
    ]
