"""Conditions that start a list behind a place, by index: never OFFSET."""

from typing import Any

from django.db import connection
from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    DateTimeField,
    F,
    Field,
    Func,
    Q,
    QuerySet,
    Value,
)
from django.db.models.lookups import GreaterThan, LessThan

from wallet_transaction_api.api.jsonapi import kinds
from wallet_transaction_api.api.jsonapi.cursors import Place
from wallet_transaction_api.api.jsonapi.kinds import Kind
from wallet_transaction_api.api.jsonapi.sorting import Keys
from wallet_transaction_api.fields import MoneyField

_FIELDS: list[tuple[Kind, "Field[Any, Any]"]] = [
    (kinds.MONEY, MoneyField()),
    (kinds.INTEGER, BigIntegerField()),
    (kinds.INSTANT, DateTimeField()),
]


class _Row(Func):
    """A row value, `(a, b)`."""

    template = "(%(expressions)s)"
    output_field = BooleanField()


def beyond(rows: QuerySet[Any], keys: Keys, place: Place) -> QuerySet[Any]:
    """Return the rows that come after the place in the order of the keys; none behind an end."""
    if isinstance(place, str):
        return rows.none()
    directions = {key.descending for key in keys}
    if len(directions) == 1 and len(keys) > 1 and connection.vendor != "mysql":
        return rows.filter(Q(_by_row(keys, place, descending=directions.pop())))
    return rows.filter(_step_by_step(keys, place))


def _by_row(keys: Keys, place: Any, *, descending: bool) -> Any:
    """Compare row values: PostgreSQL and SQLite seek by them where MySQL scans."""
    columns = _Row(*(F(key.column) for key in keys))
    values = _Row(
        *(
            Value(value, output_field=_field(key.kind))
            for key, value in zip(keys, place, strict=True)
        )
    )
    return LessThan(columns, values) if descending else GreaterThan(columns, values)


def _step_by_step(keys: Keys, place: Any) -> Q:
    """Spell the comparison out: beyond by the first key, or level with it and beyond by the rest.

    The bound on the first key alone repeats what follows from this; planners seek by it.
    """
    condition = Q()
    for key, value in reversed(list(zip(keys, place, strict=True))):
        word = "lt" if key.descending else "gt"
        level = Q(**{key.column: value}) & condition if condition else Q(pk__in=[])
        condition = Q(**{f"{key.column}__{word}": value}) | level
    first = keys[0]
    bound = {f"{first.column}__{'lte' if first.descending else 'gte'}": place[0]}
    return Q(**bound) & condition


def _field(kind: Kind) -> "Field[Any, Any]":
    return next((field for known, field in _FIELDS if known is kind), CharField())
