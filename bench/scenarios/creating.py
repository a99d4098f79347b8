"""P4: a JSON:API transaction posted: credential, validation, journal, whole document."""

import json
from collections.abc import Iterator, Sequence

from bench import rivals
from bench.arena import Arena
from bench.measures import Side
from bench.rows import Bar, Row, compared
from bench.stages import JSON_API
from bench.wrk import Load

WALLETS = 2000


def run(arena: Arena) -> Iterator[Row]:
    """Compare with plain DJA and its naive guarded update, both with the same credential."""
    ids, headers = [number for number, _ in arena.spread], arena.stage.bearer()
    hot = arena.stage.people["wallet"]["id"]
    rival = rivals.dja(arena.stage, 1, WALLETS)
    arena.expect_credential_check(rival.recipe, load([1], "Transaction", "Wallet", headers))
    for work, ours, theirs in (
        (f"JSON:API POST over {WALLETS:,} wallets", ids, list(range(1, WALLETS + 1))),
        ("JSON:API POST on one wallet", [hot], [1]),
    ):
        mine = load(ours, "transactions", "wallets", headers)
        other = load(theirs, "Transaction", "Wallet", headers)
        sides = [
            Side("service", arena.deposits(mine)),
            Side("plain DJA", arena.run(rival.recipe, other)),
        ]
        figures = arena.compare(sides)
        ledger = arena.stage.audit()
        yield compared("P4", work, arena.kind, *figures, bar=Bar(3), ledger=ledger)


def load(ids: Sequence[int], kind: str, wallets: str, headers: dict[str, str]) -> Load:
    """Return transactions posted to these wallets, one after the other."""
    return Load(
        requests=[("/api/transactions", _body(number, kind, wallets)) for number in ids],
        method="POST",
        headers={"Content-Type": JSON_API, "Accept": JSON_API, **headers},
    )


def _body(number: int, kind: str, wallets: str) -> str:
    linkage = {"data": {"type": wallets, "id": str(number)}}
    attributes = {"amount": "1.00", "description": "Coffee"}
    return json.dumps(
        {"data": {"type": kind, "attributes": attributes, "relationships": {"wallet": linkage}}}
    )
