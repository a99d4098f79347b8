"""The rows of the table: both sides, the ratio, the bar, the verdict."""

from dataclasses import dataclass

from bench.measures import Figure, shown
from bench.processes import Failed

#: Verdicts.
PASS, SHORT, FAIL, BESIDE = "pass", "pass, short of the aim", "FAIL", "-"


@dataclass(frozen=True, slots=True)
class Bar:
    """What to reach: at least (or, with `most`, at most) `limit`; `aim` is the wish beyond it."""

    limit: float
    unit: str = "x"
    most: bool = False
    aim: float | None = None

    def __str__(self) -> str:
        sign = "≤" if self.most else "≥"
        wish = f" (aim {self.aim:g} {self.unit})" if self.aim is not None else ""
        return f"{sign} {self.limit:g} {self.unit}{wish}"

    def verdict(self, value: float) -> str:
        """Judge a value."""
        if not self._reaches(value, self.limit):
            return FAIL
        return PASS if self.aim is None or self._reaches(value, self.aim) else SHORT

    def _reaches(self, value: float, limit: float) -> bool:
        return value <= limit if self.most else value >= limit


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
    of: Figure | None = None,
    ledger: str = "",
) -> Row:
    """Judge a value by itself, in the bar's unit, beside the figure that it is of, if any."""
    return Row(
        id=number,
        work=work,
        database=database,
        ours=ours,
        baseline="-",
        value=value,
        unit=bar.unit,
        bar=_judging(bar, database),
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
    """Compare two rates."""
    if not baseline.rate:
        raise Failed(f"{number}: no answer from {baseline.name}, errors {shown(baseline.errors)}")
    return Row(
        id=number,
        work=work,
        database=database,
        ours=rate(ours),
        baseline=f"{rate(baseline)} {baseline.name}",
        value=ours.rate / baseline.rate,
        bar=_judging(bar, database),
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
