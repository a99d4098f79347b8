"""Lookups of text that find the same rows on every database, for every `CharField`.

Django's own depend on the database: on SQLite `contains` and `startswith` ignore the case of
ASCII letters, and `icontains` knows the letters that the database's collation knows.
"""

from abc import ABC, abstractmethod
from math import inf
from typing import Any, TypeAlias

from django.core.exceptions import EmptyResultSet
from django.db import NotSupportedError
from django.db.models import CharField, Lookup, Transform, Value
from django.db.models.expressions import Col
from django.db.models.functions import Length, StrIndex
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    LessThan,
    Regex,
)

from wallet_transaction_api import letter_case
from wallet_transaction_api.fields import ExactCharField, code_point_collation

_Compiled: TypeAlias = tuple[str, tuple[Any, ...]]
_LAST_BEFORE_SURROGATES, _FIRST_AFTER = "\ud7ff", "\ue000"
_LAST = "\U0010ffff"


def register() -> None:
    """Register every lookup of ours."""
    for lookup in (ByCodePoint, Contains, IContains, StartsWith):
        CharField.register_lookup(lookup)


class ByCodePoint(Transform):
    """Text as an `ExactCharField` compares it: `owner__username__by_code_point__gt`.

    Columns of Django's own apps have the database's collation.
    """

    lookup_name = "by_code_point"
    output_field = ExactCharField()
    template = "%(expressions)s"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> _Compiled:
        """Name the collation."""
        template = "(%(expressions)s COLLATE %(collation)s)"
        return self._collated(compiler, connection, template=template, **context)

    def as_mysql(self, compiler: Any, connection: Any, **context: Any) -> _Compiled:
        """Name the collation, and the character set that it belongs to."""
        template = "(CONVERT(%(expressions)s USING utf8mb4) COLLATE %(collation)s)"
        return self._collated(compiler, connection, template=template, **context)

    def _collated(self, compiler: Any, connection: Any, **context: Any) -> _Compiled:
        """Leave an `ExactCharField` alone, so that its indexes are used."""
        if isinstance(self.lhs.output_field, ExactCharField):
            return self.as_sql(compiler, connection)
        collation = connection.ops.quote_name(code_point_collation(connection))
        return self.as_sql(compiler, connection, collation=collation, **context)


class _TextLookup(Lookup, ABC):
    """A lookup that is made of others."""

    def as_sql(self, compiler: Any, connection: Any) -> _Compiled:
        """Combine the others by AND; no column holds a text longer than its `max_length`."""
        if isinstance(self.rhs, str) and len(self.rhs) > self._longest():
            raise EmptyResultSet
        parts = [compiler.compile(part) for part in self.parts(ByCodePoint(self.lhs))]
        sql = " AND ".join(part for part, _ in parts)
        return f"({sql})", tuple(param for _, params in parts for param in params)

    @abstractmethod
    def parts(self, text: ByCodePoint) -> list[Any]:
        """Return the conditions on the text that is searched."""

    def _longest(self) -> float:
        column = self.lhs.lhs if isinstance(self.lhs, ByCodePoint) else self.lhs
        longest = column.output_field.max_length if isinstance(column, Col) else None
        return inf if longest is None else longest

    @property
    def wanted(self) -> Any:
        """What is looked for, as an expression."""
        return Value(self.rhs) if isinstance(self.rhs, str) else self.rhs


class Contains(_TextLookup):
    """`contains`, which minds case."""

    lookup_name = "contains"

    def parts(self, text: ByCodePoint) -> list[Any]:
        """Look for the place of the text."""
        return [GreaterThan(StrIndex(text, self.wanted), 0)]


class StartsWith(_TextLookup):
    """`startswith`, which minds case, as a range of code points: an index finds it."""

    lookup_name = "startswith"

    def parts(self, text: ByCodePoint) -> list[Any]:
        """Compare with the least texts that start so, and that come after all that start so."""
        if not isinstance(self.rhs, str):
            return [Exact(StrIndex(text, self.wanted), 1)]
        after = _least_text_after(self.rhs)
        lowest = [GreaterThanOrEqual(text, self.rhs)]
        return [*lowest, LessThan(text, after)] if after else lowest


class IContains(_TextLookup):
    """`icontains`: `letter_case` says which characters match."""

    lookup_name = "icontains"

    def parts(self, text: ByCodePoint) -> list[Any]:
        """Match a regular expression, which takes time, where a text is long enough for it."""
        if not isinstance(self.rhs, str):
            raise NotSupportedError("icontains takes a text, not an expression.")
        pattern = letter_case.pattern(self.rhs) or "^"  # MySQL takes no empty one
        return [GreaterThanOrEqual(Length(text), len(self.rhs)), Regex(text, pattern)]


def _least_text_after(prefix: str) -> str:
    """Return the least text above all that start so; empty when there is none."""
    stem = prefix.rstrip(_LAST)
    if not stem:
        return ""
    last = stem[-1]
    return stem[:-1] + (_FIRST_AFTER if last == _LAST_BEFORE_SURROGATES else chr(ord(last) + 1))
