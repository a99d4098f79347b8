"""`withStats[amount]=sum,avg,min,max,count`: figures of the whole filtered list, exact.

Amounts of several currencies have no common sum. So `byCurrency` holds each currency's own
figures, and beside it stand those of the whole list: of amounts in more than one currency
they are null, all but the count. What is null in a row is neither counted nor averaged.
Averages are rounded half even to 18 decimals.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from django.db.models import Count, Max, Min, QuerySet, Sum

from wallet_transaction_api import money
from wallet_transaction_api.api.jsonapi.encoding import Object
from wallet_transaction_api.api.jsonapi.problems import bad_parameter
from wallet_transaction_api.api.jsonapi.resources import Attribute, Resource
from wallet_transaction_api.ledger import currencies

#: The figures asked for, by the member that they are of.
Wanted: TypeAlias = Mapping[str, tuple[str, ...]]
FIGURES = ("sum", "avg", "min", "max", "count")
#: What is not known of no amounts.
_NOTHING = {"avg": None, "min": None, "max": None}
_AGGREGATES = {"sum": Sum, "min": Min, "max": Max, "count": Count}


def read(
    resource: Resource, parameter: str, text: str, *, staff: bool
) -> tuple[str, tuple[str, ...]]:
    """Return a member and the figures wanted of it; refuses all but figures of money, once each."""
    name = parameter[len("withStats[") : -1]
    attribute = resource.attributes_for(staff=staff).get(name)
    if attribute is None or not attribute.has_figures or parameter != f"withStats[{name}]":
        known = [item for item, known in resource.attributes.items() if known.has_figures]
        figured = f"figures of {', '.join(known)}" if known else "no figures"
        detail = f"{resource.type} have {figured}."
        raise bad_parameter("invalid_stats", parameter, detail)
    figures = tuple(text.split(","))
    if not set(figures) <= set(FIGURES) or len(set(figures)) < len(figures):
        raise bad_parameter("invalid_stats", parameter, f"Ask for {', '.join(FIGURES)}, once each.")
    return name, figures


def compute(resource: Resource, rows: QuerySet[Any], wanted: Wanted) -> Object:
    """Return `meta.stats` over the rows, in one query."""
    sums: dict[str, Any] = {}
    for name in wanted:
        column = resource.attributes[name].column
        for figure, aggregate in _AGGREGATES.items():
            sums[f"_{name}_{figure}"] = aggregate(column)
    code = resource.currency
    groups = list(rows.order_by().values(code).annotate(**sums).order_by(code))
    return {
        name: _of_member(resource, resource.attributes[name], groups, figures)
        for name, figures in wanted.items()
    }


def _of_member(
    resource: Resource,
    attribute: Attribute,
    groups: Iterable[Mapping[str, Any]],
    figures: tuple[str, ...],
) -> Object:
    by_currency = {
        group[resource.currency]: _of_group(attribute, group, group[resource.currency])
        for group in groups
    }
    whole = _whole(by_currency)
    return {
        **{figure: whole[figure] for figure in figures},
        "currency": next(iter(by_currency)) if len(by_currency) == 1 else None,
        "byCurrency": {
            code: {figure: known[figure] for figure in figures}
            for code, known in by_currency.items()
        },
    }


def _of_group(attribute: Attribute, group: Mapping[str, Any], currency: str) -> Object:
    """Return the figures of one currency; where the member is null, there is nothing to count."""
    total, least, most, count = (group[f"_{attribute.name}_{item}"] for item in _AGGREGATES)
    if not count:
        return {**_NOTHING, "sum": currencies.format_amount(money.ZERO, currency), "count": 0}
    if attribute.negated:
        total, least, most = money.negate(total), money.negate(most), money.negate(least)
    values = {
        "sum": total,
        "avg": money.mean(total, count),
        "min": least,
        "max": most,
    }
    written = {name: currencies.format_amount(value, currency) for name, value in values.items()}
    return {**written, "count": count}


def _whole(by_currency: Mapping[str, Object]) -> Object:
    if len(by_currency) == 1:
        return next(iter(by_currency.values()))
    total = None if by_currency else "0"
    return {
        **_NOTHING,
        "sum": total,
        "count": sum(known["count"] for known in by_currency.values()),
    }
