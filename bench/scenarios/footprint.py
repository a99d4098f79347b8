"""P8: how long a server takes to answer, and how much memory its processes keep after load."""

from collections.abc import Iterator
from statistics import median

from bench import wrk
from bench.arena import Arena, deposit_load
from bench.rows import Bar, Row, measured
from bench.servers import Server
from bench.stages import JSON_API
from bench.wrk import Load

_STARTING, _MEMORY = Bar(2, unit="s", most=True), Bar(150, unit="MB", most=True)
_MEGABYTE = 10**6


def run(arena: Arena) -> Iterator[Row]:
    """Start servers anew; then load one with writes, balances and pages."""
    arena.fleet.stop_all()
    seconds = []
    for _ in range(arena.plan.rounds):
        server = Server(arena.stage.recipe())
        seconds.append(server.started)
        server.process.stop()
    work = f"from `manage.py serve` to the first answer, {arena.plan.workers} processes"
    yield _row(arena, work, median(seconds), _STARTING)
    largest = max(_loaded(arena)) / _MEGABYTE
    yield _row(arena, "resident memory of the largest process, after load", largest, _MEMORY)


def _loaded(arena: Arena) -> list[int]:
    stage, plan = arena.stage, arena.plan
    server = arena.fleet.server(stage.recipe())
    stage.deposit(
        arena.fleet, stage.recipe(), deposit_load([stage.hot], stage.bearer()), plan.seconds
    )
    pages = Load(
        requests=[("/api/transactions?page[size]=200", ""), (stage.hot, "")],
        headers={"Accept": JSON_API, **stage.bearer()},
    )
    wrk.run(server, pages, clients=plan.clients, seconds=plan.seconds)
    return server.process.resident()


def _row(arena: Arena, work: str, value: float, bar: Bar) -> Row:
    return measured("P8", work, arena.kind, value, bar, ours=f"{value:.2f} {bar.unit}")
