"""P7: a thousand clients on one wallet, by Locust and by wrk: everybody is answered."""

from collections.abc import Iterator

from bench import swarm
from bench.arena import Arena, deposit_load
from bench.measures import Figure
from bench.rows import Bar, Row, measured, rate

_BAR = Bar(2000, unit="/s")


def run(arena: Arena) -> Iterator[Row]:
    """Count answers, errors and the balance."""
    yield _row(arena, "wrk", _by_wrk(arena))
    if swarm.is_found():
        yield _row(arena, "Locust", _by_locust(arena))


def _by_wrk(arena: Arena) -> Figure:
    stage, plan = arena.stage, arena.plan
    load = deposit_load([stage.hot], stage.bearer())
    rounds = [
        stage.deposit(arena.fleet, stage.recipe(), load, plan.seconds, clients=plan.crowd)
        for _ in range(plan.rounds)
    ]
    return Figure("wrk", tuple(rounds))


def _by_locust(arena: Arena) -> Figure:
    """Let every user finish what it has begun, so that the balance is exact to the cent."""
    stage, plan = arena.stage, arena.plan
    server = arena.fleet.server(stage.recipe())
    measure = swarm.run(
        server.url, stage.hot, stage.people["owner"], users=plan.crowd, seconds=4 * plan.seconds
    )
    stage.tally.add(measure, clients=0)
    return Figure("Locust", (measure,))


def _row(arena: Arena, generator: str, figure: Figure) -> Row:
    work = f"{arena.plan.crowd:,} clients on one wallet, by {generator}"
    return measured(
        "P7",
        work,
        arena.kind,
        figure.rate,
        _BAR,
        ours=rate(figure),
        of=figure,
        ledger=arena.stage.audit(),
    )
