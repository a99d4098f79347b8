"""P4t: JSON:API transfers, against transactions posted to the same wallets."""

import json
from collections.abc import Iterator, Sequence

from bench.arena import Arena
from bench.measures import Side
from bench.rows import Bar, Row, compared
from bench.scenarios import creating
from bench.scenarios.spread import shuffled
from bench.stages import JSON_API
from bench.wrk import Load

_BAR = Bar(0.5)
#: A transfer makes a transaction on each side.
_LEGS = 2


def run(arena: Arena) -> Iterator[Row]:
    """Compare among all wallets, then between two that everybody wants."""
    ids = [number for number, _ in arena.spread]
    arena.stage.fund(ids)
    for work, wallets in ((f"between {len(ids):,} wallets", ids), ("between two wallets", ids[:2])):
        headers = arena.stage.bearer()
        posts = creating.load(wallets, "transactions", "wallets", headers)
        sides = [
            Side("transfers", arena.deposits(load(wallets, headers), each=_LEGS)),
            Side("transactions", arena.deposits(posts)),
        ]
        ours, other = arena.compare(sides)
        ledger = arena.stage.audit()
        yield compared(
            "P4t",
            f"JSON:API POST transfer {work}",
            arena.kind,
            ours,
            other,
            bar=_BAR,
            ledger=ledger,
        )


def load(ids: Sequence[int], headers: dict[str, str]) -> Load:
    """Return transfers from each wallet to the next of an order without a pattern, in a ring."""
    order = shuffled(ids)
    ring = zip(order, [*order[1:], order[0]], strict=True)
    return Load(
        requests=[("/api/transfers", _body(source, destination)) for source, destination in ring],
        method="POST",
        headers={"Content-Type": JSON_API, "Accept": JSON_API, **headers},
    )


def _body(source: int, destination: int) -> str:
    ends = {"source": source, "destination": destination}
    linkage = {
        name: {"data": {"type": "wallets", "id": str(number)}} for name, number in ends.items()
    }
    data = {"type": "transfers", "attributes": {"amount": "1.00"}, "relationships": linkage}
    return json.dumps({"data": data})
