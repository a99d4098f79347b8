"""P12: how long `verify_ledger` takes as a wallet grows, and over many wallets."""

from collections.abc import Iterator
from statistics import median

from bench.arena import Arena
from bench.measures import Figure, Measure, Run, Side, alternate
from bench.processes import Failed
from bench.rows import Bar, Row, measured
from bench.stages import Stage, stage

#: Entries of one wallet; entries over many wallets. Of a quick run a tenth.
SMALL, LARGE, SPREAD = 200_000, 600_000, 1_000_000
WALLETS = 2000
_GROWTH = Bar(3.3, most=True)
_RATE = Bar(30_000, unit="/s")


def run(arena: Arena) -> Iterator[Row]:
    """Compare one wallet's time on every database; the rate is asked of PostgreSQL."""
    share = 10 if arena.plan.quick else 1
    yield _growth(arena, SMALL // share, LARGE // share)
    if arena.kind == "postgres":
        yield _rate(arena, SPREAD // share)


def _growth(arena: Arena, small: int, large: int) -> Row:
    with (
        stage(arena.kind, "verify_small", arena.plan) as less,
        stage(arena.kind, "verify_large", arena.plan) as more,
    ):
        less.grow(small, 1)
        more.grow(large, 1)
        sides = [_side(more, large), _side(less, small)]
        ours, other = alternate(sides, rounds=arena.plan.rounds, seconds=0, warm_up=0)
        ledger = more.audit()
    times = [
        one.seconds / another.seconds
        for one, another in zip(ours.rounds, other.rounds, strict=True)
    ]
    work = f"verify_ledger, time for {large:,} entries of one wallet against {small:,}"
    shown = f"{_seconds(ours):.1f} s"
    return measured(
        "P12",
        work,
        arena.kind,
        median(times),
        _GROWTH,
        ours=shown,
        ledger=ledger,
        everywhere=True,
        baseline=f"{_seconds(other):.1f} s",
        spread=(min(times), max(times)),
    )


def _rate(arena: Arena, entries: int) -> Row:
    with stage(arena.kind, "verify_spread", arena.plan) as many:
        many.grow(entries, WALLETS)
        side = _side(many, entries)
        (figure,) = alternate([side], rounds=min(3, arena.plan.rounds), seconds=0, warm_up=0)
        ledger = many.audit()
    rates = [measure.rate for measure in figure.rounds]
    work = f"verify_ledger, entries a second of {entries:,} over {WALLETS:,} wallets"
    return measured(
        "P12",
        work,
        arena.kind,
        figure.rate,
        _RATE,
        ours=f"{_seconds(figure):.1f} s",
        ledger=ledger,
        spread=(min(rates), max(rates)),
    )


def _side(on: Stage, entries: int) -> Side:
    return Side(f"verify_ledger, {entries:,} entries", _verification(on, entries))


def _verification(on: Stage, entries: int) -> Run:
    """Return what verifies once; an answer is an entry, and has no latency."""

    def run(_: float) -> Measure:
        found = on.inside("verify")
        if f" {entries} entries" not in found["said"]:
            raise Failed(f"verify_ledger: {found['said']}, of {entries} entries")
        return Measure(answered=entries, seconds=found["seconds"], p50=0, p99=0)

    return run


def _seconds(figure: Figure) -> float:
    return median(measure.seconds for measure in figure.rounds)
