"""What a load generator saw, and the arithmetic of rounds: medians, ratios."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.processes import Failed

#: Runs a side for so many seconds.
Run = Callable[[float], "Measure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One round of one side. Latencies in milliseconds; errors by their kind, none hidden."""

    answered: int
    seconds: float
    p50: float
    p99: float
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def correct(self) -> int:
        """How many answers were what was asked for."""
        return self.answered - self.errors["status"]

    @property
    def rate(self) -> float:
        """Correct answers a second."""
        return self.correct / self.seconds


@dataclass(frozen=True, slots=True)
class Side:
    """One of the sides that are compared."""

    name: str
    run: Run


@dataclass(frozen=True, slots=True)
class Figure:
    """All rounds of a side, and what is said of them."""

    name: str
    rounds: tuple[Measure, ...]

    @property
    def rate(self) -> float:
        """The median rate."""
        return median(measure.rate for measure in self.rounds)

    @property
    def p50(self) -> float:
        """The median of the rounds' medians, in milliseconds."""
        return median(measure.p50 for measure in self.rounds)

    @property
    def p99(self) -> float:
        """The median of the rounds' 99th percentiles, in milliseconds."""
        return median(measure.p99 for measure in self.rounds)

    @property
    def errors(self) -> Counter[str]:
        """Every error of every round."""
        return sum((measure.errors for measure in self.rounds), Counter())


def alternate(
    sides: Sequence[Side], *, rounds: int, seconds: float, warm_up: float
) -> list[Figure]:
    """Run the sides by turns, A B A B A B, so that the machine's moods meet all of them."""
    for side in sides:
        _refuse_wrong(side.name, side.run(warm_up))
    kept: list[list[Measure]] = [[] for _ in sides]
    for _ in range(rounds):
        for side, measures in zip(sides, kept, strict=True):
            measures.append(side.run(seconds))
            _say(side.name, measures[-1])
    return [Figure(side.name, tuple(seen)) for side, seen in zip(sides, kept, strict=True)]


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of the values do not exceed; 0 of none."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def shown(errors: Counter[str]) -> str:
    """Return the errors in words; a dash for none."""
    named = [f"{count} {kind}" for kind, count in sorted(errors.items()) if count]
    return ", ".join(named) or "-"


def _refuse_wrong(name: str, measure: Measure) -> None:
    """Stop before figures are made of answers that are all errors; slow is not wrong."""
    if not measure.correct and measure.errors:
        raise Failed(f"{name}: not one correct answer, errors {shown(measure.errors)}")


def _say(name: str, measure: Measure) -> None:
    print(
        f"    {name:44} {measure.rate:9,.0f}/s  p50 {measure.p50:7.2f} ms  "
        f"p99 {measure.p99:7.2f} ms  errors {shown(measure.errors)}",
        flush=True,
    )
