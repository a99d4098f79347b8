"""P3: a JSON:API page of 100 transactions, with count, links and whole documents."""

import json
from collections.abc import Iterator

from bench import rivals
from bench.arena import Arena
from bench.measures import Side
from bench.processes import Failed
from bench.rows import Bar, Row, compared
from bench.servers import Recipe
from bench.stages import JSON_API, stage
from bench.wrk import Load

ROWS, WALLETS, SIZE, PAGES = 10_000, 100, 100, 20
#: Few: what is unfinished when a round ends is lost, and plain DJA finishes some twenty a second.
CLIENTS, SECONDS = 4, 3
WORK = f"JSON:API page of {SIZE} of {ROWS:,} transactions"


def run(arena: Arena) -> Iterator[Row]:
    """Compare with plain DJA on the same rows, both with the same credential."""
    with stage(arena.kind, "pages", arena.plan) as on:
        on.grow(ROWS)
        rival, wanted = rivals.dja(on, ROWS, WALLETS), load(on.bearer())
        arena.expect_credential_check(rival.recipe, wanted)
        recipes = {"service": on.recipe(), "plain DJA": rival.recipe}
        for recipe in recipes.values():
            _expect_page(arena, recipe, wanted)
        sides = [Side(name, arena.run(recipe, wanted, CLIENTS)) for name, recipe in recipes.items()]
        figures = arena.compare(sides, least=SECONDS)
        yield compared("P3", WORK, arena.kind, *figures, bar=Bar(18))


def load(headers: dict[str, str]) -> Load:
    path = f"/api/transactions?page%5Bsize%5D={SIZE}&page%5Bnumber%5D="
    pages = [(f"{path}{number}", "") for number in range(1, PAGES + 1)]
    return Load(requests=pages, headers={"Accept": JSON_API, **headers})


def _expect_page(arena: Arena, recipe: Recipe, wanted: Load) -> None:
    """Refuse to measure an answer that is not the whole page."""
    status, body = arena.fleet.server(recipe).get(wanted.requests[1][0], wanted.headers)
    document = json.loads(body) if status == 200 else {}
    if len(document.get("data", [])) != SIZE or not document["links"]["next"]:
        raise Failed(f"{recipe.name}: {status} {body[:300]!r}")
