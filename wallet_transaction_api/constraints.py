"""Conditions for CHECK constraints that Django's own expressions cannot write portably."""

from typing import Any

from django.db import models


class BalanceIsAvailablePlusHeld(models.Func):
    """`balance = available + held`.

    SQLite stores money as text and cannot add it; there the CHECK only holds `balance` at or
    above `available`, and `verify_ledger` proves the sum.
    """

    output_field = models.BooleanField()
    template = "%(expressions)s"

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:  # type: ignore[override]
        """Write the condition in full."""
        return self._compare("{0} = {1} + {2}", compiler)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Write the part of it that text can say."""
        return self._compare("{0} >= {1}", compiler)

    def _compare(self, shape: str, compiler: Any) -> Any:
        columns = [compiler.compile(part)[0] for part in self.source_expressions]
        return f"({shape.format(*columns)})", []
