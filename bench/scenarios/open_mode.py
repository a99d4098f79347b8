"""P1o: the operations API without credentials, against itself with them."""

from collections.abc import Iterator

from bench.arena import Arena, deposit_load
from bench.measures import Side
from bench.rows import Bar, Row, compared
from bench.scenarios.hot import WORK

_BAR = Bar(0.95)


def run(arena: Arena) -> Iterator[Row]:
    """Compare deposits on the hot wallet, by turns in both modes."""
    stage = arena.stage
    sides = [
        Side(
            "service, AUTH_REQUIRED=false",
            arena.deposits(deposit_load([stage.hot], {}), AUTH_REQUIRED="false"),
        ),
        Side("service with a JWT", arena.deposits(deposit_load([stage.hot], stage.bearer()))),
    ]
    ours, other = arena.compare(sides)
    work = f"{WORK}, without credentials"
    yield compared("P1o", work, arena.kind, ours, other, bar=_BAR, ledger=stage.audit())
