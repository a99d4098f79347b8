"""P5: a balance read from the cache, against a view that does nothing."""

from collections.abc import Iterator

from bench import rivals
from bench.arena import Arena
from bench.measures import Side
from bench.rows import Bar, Row, compared
from bench.wrk import Load

WORK = "cached balance"


def run(arena: Arena) -> Iterator[Row]:
    """Compare with the bare view; the one behind Django's usual middleware stands beside."""
    ours = Load(requests=[(arena.stage.hot, "")], headers=arena.stage.bearer())
    bare, usual = (rivals.empty(arena.plan, middleware=wanted) for wanted in (False, True))
    nothing = Load(requests=[("/empty", "")], headers=arena.stage.bearer())
    sides = [
        Side("service", arena.run(arena.stage.recipe(), ours)),
        Side("empty view", arena.run(bare, nothing)),
    ]
    if not arena.plan.brief:
        sides.append(Side("empty view with middleware", arena.run(usual, nothing)))
    balance, empty, *others = arena.compare(sides)
    yield compared("P5", WORK, arena.kind, balance, empty, bar=Bar(0.5))
    for other in others:
        yield compared("P5", WORK, arena.kind, balance, other)
