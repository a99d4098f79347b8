"""The rows of the table: both sides, the ratio, the bar, the verdict."""

from dataclasses import dataclass
from statistics import median

from bench.measures import Figure, shown
from bench.processes import Failed

#: Verdicts.
PASS, FAIL, BESIDE = "pass", "FAIL", "-"


@dataclass(frozen=True, slots=True)
class Bar:
    """What to reach: at least (or, with `most`, at most) `limit`."""

    limit: float
    unit: str = "x"
    most: bool = False

    def __str__(self) -> str:
        return f"{'≤' if self.most else '≥'} {self.limit:,g} {self.unit}"

    def verdict(self, value: float) -> str:
        """Judge a value."""
        reached = value <= self.limit if self.most else value >= self.limit
        return PASS if reached else FAIL


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table. `value` is what the bar judges, in the bar's unit."""

    id: str
    work: str
    database: str
    ours: str
    baseline: str
    value: float
    unit: str = "x"
    bar: Bar | None = None
    #: The least and the greatest of the rounds whose median `value` is.
    spread: tuple[float, float] | None = None
    p50: float | None = None
    p99: float | None = None
    errors: str = "-"
    #: What the audit of the ledger said after the row's writes; empty where nothing is written.
    ledger: str = ""

    @property
    def verdict(self) -> str:
        """Pass, fail, or nothing where no bar is set. Errors and a wrong ledger always fail."""
        if self.ledger and not self.ledger.startswith("ok"):
            return FAIL
        if self.bar is None:
            return BESIDE
        return FAIL if self.errors != "-" else self.bar.verdict(self.value)


def measured(
    number: str,
    work: str,
    database: str,
    value: float,
    bar: Bar,
    *,
    ours: str,
    baseline: str = "-",
    of: Figure | None = None,
    ledger: str = "",
    spread: tuple[float, float] | None = None,
    everywhere: bool = False,
) -> Row:
    """Judge a value by itself, in the bar's unit, beside the figure that it is of, if any.

    `everywhere` judges every database.
    """
    return Row(
        id=number,
        work=work,
        database=database,
        ours=ours,
        baseline=baseline,
        value=value,
        unit=bar.unit,
        bar=bar if everywhere else _judging(bar, database),
        spread=spread,
        p50=of.p50 if of else None,
        p99=of.p99 if of else None,
        errors=shown(of.errors) if of else "-",
        ledger=ledger,
    )


def compared(
    number: str,
    work: str,
    database: str,
    ours: Figure,
    baseline: Figure,
    *,
    bar: Bar | None = None,
    ledger: str = "",
) -> Row:
    """Compare two rates, round by round: neighbours in time met the same moods of the machine."""
    if not all(measure.rate for measure in baseline.rounds):
        raise Failed(f"{number}: no answer from {baseline.name}, errors {shown(baseline.errors)}")
    pairs = zip(ours.rounds, baseline.rounds, strict=True)
    ratios = [one.rate / other.rate for one, other in pairs]
    return Row(
        id=number,
        work=work,
        database=database,
        ours=rate(ours),
        baseline=f"{rate(baseline)} {baseline.name}",
        value=median(ratios),
        bar=_judging(bar, database),
        spread=(min(ratios), max(ratios)),
        p50=ours.p50,
        p99=ours.p99,
        errors=both_errors(ours, baseline),
        ledger=ledger,
    )


def _judging(bar: Bar | None, database: str) -> Bar | None:
    """Judge PostgreSQL; the figures of the others stand beside."""
    return bar if database == "postgres" else None


def rate(figure: Figure) -> str:
    """Write a figure's rate."""
    return f"{figure.rate:,.0f}/s"


def both_errors(ours: Figure, baseline: Figure) -> str:
    """Write the errors of both sides; a dash for none."""
    theirs = shown(baseline.errors)
    return shown(ours.errors) if theirs == "-" else f"{shown(ours.errors)}; baseline: {theirs}"
