"""P6: pages of transactions as the table grows: by cursor, of one wallet, of a period."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from urllib.parse import quote, urlsplit

from bench.arena import Arena
from bench.measures import Figure, Run, Side
from bench.processes import Failed
from bench.rows import Bar, Row, both_errors
from bench.servers import Recipe
from bench.stages import JSON_API, Stage, stage
from bench.wrk import Load

_PROFILE = "https://jsonapi.org/profiles/ethanresnick/cursor-pagination/"
_ACCEPT = f'{JSON_API};profile="{_PROFILE}"'
_BAR = Bar(1.3, most=True)


def run(arena: Arena) -> Iterator[Row]:
    """Compare the largest table's latency with the smallest's."""
    with ExitStack() as stack:
        stages = {
            rows: stack.enter_context(stage(arena.kind, f"rows_{rows}", arena.plan))
            for rows in arena.plan.sizes
        }
        paths = {rows: _paths(arena, item, item.grow(rows)) for rows, item in stages.items()}
        for work in paths[arena.plan.sizes[0]]:
            sides = [
                Side(f"{work}, {rows:,} rows", _reads(arena, item, paths[rows][work]))
                for rows, item in stages.items()
            ]
            yield from _rows(arena, work, arena.compare(sides))


def _paths(arena: Arena, item: Stage, grown: Mapping[str, str]) -> dict[str, str]:
    period = (
        f"filter[createdAt.gte]={quote(grown['since'])}"
        f"&filter[createdAt.lt]={quote(grown['until'])}"
    )
    size = "page[size]=50"
    before = f"/api/transactions?{size}&sort=-createdAt&filter[createdAt.lt]={grown['since']}"
    return {
        "cursor page in mid-table": _next(arena, item, before),
        "counted page of one wallet": f"/api/transactions?{size}&filter[wallet]={grown['wallet']}",
        "counted page of a period": f"/api/transactions?{size}&{period}",
    }


def _next(arena: Arena, item: Stage, path: str) -> str:
    """Follow the link to the next page, as a client does."""
    document = _fetch(arena, item, path)
    parts = urlsplit(document["links"]["next"])
    following = f"{parts.path}?{parts.query}"
    if not _fetch(arena, item, following)["data"]:
        raise Failed(f"{following}: an empty page")
    return following


def _fetch(arena: Arena, item: Stage, path: str) -> dict:
    headers = {"Accept": _ACCEPT, **item.bearer("analyst")}
    status, body = arena.fleet.server(_recipe(item)).get(path, headers)
    if status != 200:
        raise Failed(f"{path}: {status} {body[:300]!r}")
    return json.loads(body)


def _reads(arena: Arena, item: Stage, path: str) -> Run:
    """Read by one client: latency is asked for, not queueing."""
    accept = _ACCEPT if "page%5Bafter%5D" in path or "page[after]" in path else JSON_API
    load = Load(requests=[(path, "")], headers={"Accept": accept, **item.bearer("analyst")})
    return arena.run(_recipe(item), load, 1)


def _recipe(item: Stage) -> Recipe:
    """Serve by one process: where there are two, clients may queue at the same one, or not."""
    return item.recipe(WEB_WORKERS="1")


def _rows(arena: Arena, work: str, figures: list[Figure]) -> Iterator[Row]:
    smallest, *others = figures
    for figure in others:
        yield Row(
            id="P6",
            work=f"{figure.name} against {arena.plan.sizes[0]:,}",
            database=arena.kind,
            ours=f"{figure.p50:.2f} ms",
            baseline=f"{smallest.p50:.2f} ms",
            value=figure.p50 / smallest.p50,
            bar=_BAR if arena.kind == "postgres" else None,
            p50=figure.p50,
            p99=figure.p99,
            errors=both_errors(figure, smallest),
        )
