"""P2: deposits over 2,000 wallets, evenly and as wallets are really used (zipf)."""

import random
from collections.abc import Iterator, Sequence
from typing import TypeVar

from bench import pgbench, rivals
from bench.arena import Arena, deposit_load
from bench.measures import Figure, Measure, Run, Side
from bench.rows import Bar, Row, compared
from bench.stages import Stage, stage
from bench.wrk import Load

T = TypeVar("T")
WALLETS = 2000
EVEN, SKEWED = f"deposits over {WALLETS:,} wallets", f"deposits over {WALLETS:,} wallets, zipf"
_DRAWS = 20_000
#: Seconds in which each process has met each wallet.
_WARM_UP = 5


def run(arena: Arena) -> Iterator[Row]:
    """Compare with a Django view, and with pgbench on the same tables."""
    rival, uuids = rivals.orm(arena.stage, WALLETS)
    headers, ours = arena.stage.bearer(), [uuid for _, uuid in arena.spread]
    arena.expect_credential_check(rival.recipe, _load(uuids, headers))
    kinds = ((EVEN, shuffled), (SKEWED, skewed))
    for work, order in kinds[:1] if arena.plan.brief else kinds:
        sides = [
            Side("service", arena.deposits(_load(order(ours), headers))),
            Side("plain ORM view", arena.run(rival.recipe, _load(order(uuids), headers))),
        ]
        yield from _judged(arena, work, sides)


def shuffled(uuids: Sequence[T]) -> list[T]:
    """Return all of them once, in an order without a pattern that is the same in every run."""
    return random.Random(1).sample(list(uuids), len(uuids))


def skewed(uuids: Sequence[str]) -> list[str]:
    """Return draws of which the n-th wallet gets a share of 1/n (Zipf's law)."""
    weights = [1 / place for place in range(1, len(uuids) + 1)]
    return random.Random(1).choices(list(uuids), weights, k=_DRAWS)


def _load(uuids: Sequence[str], headers: dict[str, str]) -> Load:
    return deposit_load([f"/api/v1/wallets/{uuid}" for uuid in uuids], headers)


def _judged(arena: Arena, work: str, sides: list[Side]) -> Iterator[Row]:
    """Compare with the view, then with pgbench.

    Three at a time would be more connections than a database server allows by default, so
    servers would stop to make room and each turn begin with a cold one.
    """
    bar = Bar(4) if work == EVEN else None
    warm_up = 0 if arena.plan.quick else _WARM_UP
    yield _row(arena, work, arena.compare(sides, warm_up=warm_up), bar)
    if arena.kind == "postgres" and work == EVEN:
        with stage("postgres", "pgbench", arena.plan) as other:
            sides = [sides[0], Side("pgbench, one statement", _pgbench(arena, other))]
            yield _row(arena, work, arena.compare(sides, warm_up=warm_up), Bar(0.4))


def _pgbench(arena: Arena, other: Stage) -> Run:
    opened = other.inside("open", WALLETS)["wallets"]
    bounds = {"first": opened[0][0], "last": opened[-1][0]}

    def run(seconds: float) -> Measure:
        arena.fleet.make_room(arena.plan.clients)
        clients = arena.plan.clients
        return pgbench.run(other.url, "posting.sql", bounds, clients=clients, seconds=seconds)

    return run


def _row(arena: Arena, work: str, figures: list[Figure], bar: Bar | None) -> Row:
    ours, other = figures
    ledger = arena.stage.audit()
    return compared("P2", work, arena.kind, ours, other, bar=bar, ledger=ledger)
