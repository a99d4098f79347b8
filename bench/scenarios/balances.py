"""P5: a balance read from the cache, against a view that does nothing."""

from collections.abc import Iterator

from bench import rivals
from bench.arena import Arena
from bench.measures import Side
from bench.rows import Bar, Row, compared
from bench.wrk import Load

WORK = "cached balance"


def run(arena: Arena) -> Iterator[Row]:
    """Compare with an empty view behind the same middlewares and the same credential check."""
    stage, recipe = arena.stage, rivals.empty(arena.stage)
    ours = Load(requests=[(stage.hot, "")], headers=stage.bearer())
    nothing = Load(requests=[("/empty", "")], headers=stage.bearer())
    arena.expect_credential_check(recipe, nothing)
    sides = [
        Side("service", arena.run(stage.recipe(), ours)),
        Side("empty view", arena.run(recipe, nothing)),
    ]
    balance, empty = arena.compare(sides)
    yield compared("P5", WORK, arena.kind, balance, empty, bar=Bar(0.6))
