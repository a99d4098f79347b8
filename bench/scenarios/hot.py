"""P1: deposits on one wallet, which every client wants at once."""

from collections.abc import Iterator

from bench import pgbench, rivals
from bench.arena import Arena, deposit_load
from bench.measures import Figure, Measure, Run, Side
from bench.rows import Bar, Row, compared, measured
from bench.stages import Stage, stage
from bench.wrk import Load

WORK = "deposits on one wallet"
OFF = "service, GROUP_COMMIT=false"
_RATE, _LATENCY = Bar(2), Bar(100, unit="ms", most=True)


def run(arena: Arena) -> Iterator[Row]:
    """Compare with the best of one commit per posting: a C client, and a Django view."""
    sides = [Side("service", arena.deposits(_load(arena)))]
    if not arena.plan.brief:
        sides += [Side(OFF, arena.deposits(_load(arena), GROUP_COMMIT="false")), _plain(arena)]
    if arena.kind == "postgres":
        yield from _beside_pgbench(arena, sides)
    else:
        yield from _rows(arena, arena.compare(sides))


def _load(arena: Arena) -> Load:
    return deposit_load([arena.stage.hot], arena.stage.bearer())


def _plain(arena: Arena) -> Side:
    rival, uuids = rivals.orm(arena.stage, 1)
    load = deposit_load([f"/api/v1/wallets/{uuids[0]}"], arena.stage.bearer())
    arena.expect_credential_check(rival.recipe, load)
    return Side("plain ORM view", arena.run(rival.recipe, load))


def _beside_pgbench(arena: Arena, sides: list[Side]) -> Iterator[Row]:
    with stage("postgres", "pgbench", arena.plan) as other:
        sides += [
            Side(f"pgbench, {name}", _pgbench(arena, other, script))
            for name, script in (
                ("one statement", "posting.sql"),
                ("statements", "posting_by_statements.sql"),
            )
            if name == "one statement" or not arena.plan.quick
        ]
        yield from _rows(arena, arena.compare(sides))


def _pgbench(arena: Arena, other: Stage, script: str) -> Run:
    wallet = other.people["wallet"]["id"]

    def run(seconds: float) -> Measure:
        arena.fleet.make_room(arena.plan.clients)
        bounds = {"first": wallet, "last": wallet}
        return pgbench.run(other.url, script, bounds, clients=arena.plan.clients, seconds=seconds)

    return run


def _rows(arena: Arena, figures: list[Figure]) -> Iterator[Row]:
    """Judge by the fastest rival that commits each posting alone outside of Python."""
    (ours, *others), ledger = figures, arena.stage.audit()
    rivals_in_c = [figure for figure in others if figure.name.startswith("pgbench")]
    judge = max(rivals_in_c, key=lambda figure: figure.rate, default=None)
    if judge:
        yield compared("P1", WORK, arena.kind, ours, judge, bar=_RATE, ledger=ledger)
    yield _latency(arena, ours)
    for other in (figure for figure in others if figure is not judge):
        yield compared("P1", WORK, arena.kind, ours, other, ledger=ledger)


def _latency(arena: Arena, ours: Figure) -> Row:
    work = f"{WORK}, p99 at {arena.plan.clients} clients"
    latency = f"{ours.p99:.1f} ms"
    return measured("P1", work, arena.kind, ours.p99, _LATENCY, ours=latency, of=ours)
