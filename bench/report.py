"""The report: bench/RESULTS.md, and the same table on the terminal."""

from collections.abc import Mapping, Sequence

from bench.plan import Plan
from bench.rows import BESIDE, FAIL, Row

_COLUMNS = (
    "id",
    "work",
    "database",
    "ours",
    "baseline",
    "ratio or value",
    "bar",
    "verdict",
    "p50 / p99 ms",
    "errors",
)
_WORDS = """# Results

Made by `make bench`; what each row means is in [docs/performance.md](../docs/performance.md). Both
sides of a row were measured by turns in the same run. A ratio is the median of the ratios of
the rounds, with the least and the greatest of them; other figures are medians. PostgreSQL is
judged, and on P12 every database; elsewhere the others stand beside it.
"""
_ELSEWHERE = """
P9 (the number of queries is constant in page size and history) is asserted by the test suite.
"""


def markdown(
    rows: Sequence[Row], facts: Mapping[str, str], skipped: Sequence[str], plan: Plan
) -> str:
    """Return the report."""
    parts = [_WORDS, _facts(facts, plan), *(f"- NOT RUN: {reason}" for reason in skipped), ""]
    parts += [_line(_COLUMNS), _line(["---"] * len(_COLUMNS)), *(_line(_cells(r)) for r in rows)]
    return "\n".join([*parts, _ELSEWHERE, _ledgers(rows)])


def summary(rows: Sequence[Row]) -> str:
    """Return the table for a terminal."""
    return "\n".join(
        f"{row.id} {row.work[:50]:50} {row.database:8} {row.ours:>10} | {row.baseline[:40]:40} | "
        f"{_value(row):>22} {row.bar or ''!s:12} {row.verdict}"
        for row in rows
    )


def failed(rows: Sequence[Row]) -> list[Row]:
    """Return the rows that failed."""
    return [row for row in rows if row.verdict == FAIL]


def _facts(facts: Mapping[str, str], plan: Plan) -> str:
    lines = [f"- {name}: {text}" for name, text in facts.items()]
    plot = f"{plan.plot.name}, of this run" if plan.plot else "none in this run"
    return "\n".join([*lines, f"- flags: {plan.flags}", f"- plot: {plot}"])


def _cells(row: Row) -> list[str]:
    latency = "-" if row.p50 is None or row.p99 is None else f"{row.p50:.1f} / {row.p99:.1f}"
    verdict = row.verdict if row.verdict == BESIDE else f"**{row.verdict}**"
    return [
        row.id,
        row.work,
        row.database,
        row.ours,
        row.baseline,
        _value(row),
        str(row.bar or ""),
        verdict,
        latency,
        row.errors,
    ]


def _value(row: Row) -> str:
    """Write the value and, if there were rounds, the range that it is the median of."""
    digits = 0 if row.unit == "/s" else 2
    spread = row.spread and f" ({row.spread[0]:,.{digits}f} - {row.spread[1]:,.{digits}f})"
    return f"{row.value:,.{digits}f} {row.unit}{spread or ''}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _ledgers(rows: Sequence[Row]) -> str:
    """Say once what the ledger said after each scenario's writes."""
    said = dict.fromkeys(f"- {row.id}, {row.database}: {row.ledger}" for row in rows if row.ledger)
    return "\n".join(["## The ledger after the writes", "", *said, ""])
