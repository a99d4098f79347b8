"""What clients were told against what the books say: the judge of a storm. Pure, no database.

Each request of a storm moves an amount of its own, so that an entry of the journal names the
request that it is of without any word of the server's. The same goes for the journal of holds.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate

#: A wallet's id, how a hold of it was placed or ended, and of what amount.
Hold = tuple[int, str, Decimal]
#: A wallet's id and the signed amount that its balance moves by, or what becomes of a hold.
Effect = tuple[int, Decimal] | Hold


@dataclass(frozen=True, slots=True)
class Told:
    """A final answer; what says "try again" is none."""

    status: int
    body: bytes
    is_replay: bool = False


@dataclass(slots=True)
class Request:
    """One intent under one key, however often it was sent; `effects` are what it does if it passes.

    `unknown` counts the times that it was sent and nobody said what became of it.
    """

    key: str
    effects: tuple[Effect, ...]
    told: list[Told] = field(default_factory=list)
    unknown: int = 0

    @property
    def passed(self) -> bool | None:
        """Tell whether the client was told that it is done; None if told nothing."""
        return self.told[0].status < 300 if self.told else None


@dataclass(frozen=True, slots=True)
class Written:
    """One entry of the journal."""

    wallet_id: int
    sequence: int
    amount: Decimal
    balance_after: Decimal


def complaints(
    requests: Sequence[Request],
    journal: Sequence[Written],
    balances: Mapping[int, Decimal],
    holds: Sequence[Hold] = (),
) -> list[str]:
    """Return all that was promised and is not so, or is so and was promised to nobody."""
    written: Counter[Effect] = Counter((entry.wallet_id, entry.amount) for entry in journal)
    written.update(holds)
    return [
        *_ambiguous(requests),
        *(line for request in requests for line in _answers(request)),
        *(line for request in requests for line in _movements(request, written)),
        *_strays(requests, written),
        *_books(journal, balances),
    ]


def _ambiguous(requests: Sequence[Request]) -> Iterator[str]:
    counts = Counter(effect for request in requests for effect in request.effects)
    for effect, count in counts.items():
        if count > 1:
            yield f"the storm is no evidence: {count} requests move {effect}"


def _answers(request: Request) -> Iterator[str]:
    """One request has one answer, and it is given as new at most once."""
    if len({(told.status, told.body) for told in request.told}) > 1:
        yield f"{request.key} was answered differently: {request.told}"
    if sum(not told.is_replay for told in request.told) > 1:
        yield f"{request.key} was done anew"
    if any(told.status >= 500 for told in request.told):
        yield f"{request.key} broke the server: {request.told}"


def _movements(request: Request, written: Counter[Effect]) -> Iterator[str]:
    counts = {written[effect] for effect in request.effects}
    if request.passed is True and counts != {1}:
        yield f"{request.key} was acknowledged and is there {counts} times"
    if request.passed is False and counts != {0}:
        yield f"{request.key} was refused and is there {counts} times"
    if request.passed is None and counts not in ({0}, {1}):
        yield f"{request.key} was never answered and is there {counts} times"


def _strays(requests: Sequence[Request], written: Counter[Effect]) -> Iterator[str]:
    meant = {effect for request in requests for effect in request.effects}
    for effect in written.keys() - meant:
        yield f"nobody asked for {effect}"


def _books(journal: Sequence[Written], balances: Mapping[int, Decimal]) -> Iterator[str]:
    """Sequences have no gap, balances are the running sums, and none is below zero."""
    by_wallet: defaultdict[int, list[Written]] = defaultdict(list)
    for entry in sorted(journal, key=lambda entry: (entry.wallet_id, entry.sequence)):
        by_wallet[entry.wallet_id].append(entry)
    for wallet_id in balances.keys() | by_wallet.keys():
        entries = by_wallet[wallet_id]
        if [entry.sequence for entry in entries] != list(range(1, len(entries) + 1)):
            yield f"wallet {wallet_id} has a gap or a double in its journal"
        sums = list(accumulate(entry.amount for entry in entries))
        if [entry.balance_after for entry in entries] != sums:
            yield f"wallet {wallet_id} does not add up entry by entry"
        held, last = balances.get(wallet_id), sums[-1] if sums else 0
        if held != last:
            yield f"wallet {wallet_id} holds {held}, its journal says {last}"
        if any(total < 0 for total in sums):
            yield f"wallet {wallet_id} was overdrawn"
