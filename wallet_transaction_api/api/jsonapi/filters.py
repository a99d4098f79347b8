r"""`filter[member.operator]=value`: conditions on a resource's attributes, exact on every database.

Operators: eq (the default), ne, gt, gte, lt, lte, in, between, prefix, contains, icontains,
isnull. Members may lie behind to-one relationships (`filter[wallet.label]`); a relationship's
own name is its id (`filter[wallet]=3`). Lists are separated by commas, `\,` is a comma and
`\\` a backslash; `filter[member][]` repeated is a list too. Several filters combine with AND.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q

from wallet_transaction_api import money
from wallet_transaction_api.api.client_text import quoted
from wallet_transaction_api.api.jsonapi import paths
from wallet_transaction_api.api.jsonapi.kinds import OPERATORS
from wallet_transaction_api.api.jsonapi.paths import Place
from wallet_transaction_api.api.jsonapi.problems import bad_parameter
from wallet_transaction_api.api.jsonapi.resources import Resource

MOST_VALUES = 200
_NAME = re.compile(r"filter\[([^\[\]]+)\](\[\])?")
_LISTS = frozenset({"eq", "ne", "in", "between"})
_MIRRORED = {"gt": "lt", "gte": "lte", "lt": "gt", "lte": "gte"}
_BOOLEANS = {"true": True, "false": False}
#: Django's names of operators, where they differ.
_LOOKUPS = {"prefix": "startswith"}


def read(resource: Resource, parameter: str, texts: Sequence[str], *, staff: bool) -> Q:
    """Return the condition of one filter parameter; refuses with 400 what it cannot honour."""
    place, operator, listed = _target(resource, parameter, staff=staff)
    items = list(texts) if listed else _items(texts[0], operator)
    try:
        return _condition(place, operator, [_value(place, operator, item) for item in items])
    except ValueError as error:
        raise bad_parameter("invalid_filter", parameter, f"{_sentence(error)}.") from None


def is_behind_a_relationship(parameter: str) -> bool:
    """Tell whether a filter that was read is about another table's member."""
    match = _NAME.fullmatch(parameter)
    return match is not None and "." in _split(match[1])[0]


def bound_a_period(parameters: Iterable[str]) -> bool:
    """Tell whether filters that were read bound `createdAt`, which has an index, on both sides."""
    matches = [match for name in parameters if (match := _NAME.fullmatch(name))]
    splits = [_split(match[1]) for match in matches]
    operators = {operator for path, operator in splits if path == "createdAt"}
    has_both_ends = operators & {"gt", "gte"} and operators & {"lt", "lte"}
    return "between" in operators or bool(has_both_ends)


def _target(resource: Resource, parameter: str, *, staff: bool) -> tuple[Place, str, bool]:
    match = _NAME.fullmatch(parameter)
    if match is None:
        raise bad_parameter("invalid_filter", parameter, "Write filter[member.operator]=value.")
    path, operator = _split(match[1])
    place = paths.find(resource, path, staff=staff)
    if place is None:
        raise bad_parameter(
            "invalid_filter", parameter, f"{resource.type} have no filterable {quoted(path)}."
        )
    if operator not in place.attribute.kind.operators:
        detail = f"{quoted(path)} has no operator {quoted(operator)}."
        raise bad_parameter("invalid_filter", parameter, detail)
    return place, operator, match[2] is not None


def _split(path: str) -> tuple[str, str]:
    member, _, last = path.rpartition(".")
    return (member, last) if member and last in OPERATORS else (path, "eq")


def _items(text: str, operator: str) -> list[str]:
    """Split a list at its commas; elsewhere a comma is a comma."""
    if operator not in _LISTS:
        return [_unescaped(text)]
    return [_unescaped(item) for item in re.findall(r"(?:^|,)((?:\\.|[^,])*)", text, re.DOTALL)]


def _unescaped(text: str) -> str:
    return re.sub(r"\\([,\\])", r"\1", text)


def _value(place: Place, operator: str, text: str) -> Any:
    if not text:
        raise ValueError("a value is missing")
    if operator == "isnull":
        if text not in _BOOLEANS:
            raise ValueError("expected true or false")
        return _BOOLEANS[text]
    value = place.attribute.kind.read(text)
    return money.negate(value) if place.attribute.negated else value


def _equal(place: Place, values: list[Any]) -> Q:
    equal = Q(**{f"{place.column}__in": values})
    return equal & Q(**{f"{place.stored}__in": values}) if place.stored else equal


def _unequal(place: Place, values: list[Any]) -> Q:
    """Ask for all the others, those that have none among them."""
    unequal = ~Q(**{f"{place.column}__in": values})
    if not place.attribute.nullable:
        return unequal
    # Of a column Django knows that it may be null, of a computed one it does not.
    return unequal | Q(**{f"{place.column}__isnull": True})


def _condition(place: Place, operator: str, values: list[Any]) -> Q:
    if len(values) > MOST_VALUES:
        raise ValueError(f"at most {MOST_VALUES} values are compared")
    if operator in {"eq", "in"}:
        return _equal(place, values)
    if operator == "ne":
        return _unequal(place, values)
    if operator == "between":
        return _between(place, values)
    if len(values) != 1:
        raise ValueError(f"{operator} compares with one value")
    names = _MIRRORED if place.attribute.negated else _LOOKUPS
    lookup = names.get(operator, operator)
    return Q(**{f"{place.column}__{lookup}": values[0]})


def _between(place: Place, values: list[Any]) -> Q:
    if len(values) != 2:  # noqa: PLR2004 both ends
        raise ValueError("between takes two values, low,high")
    low, high = reversed(values) if place.attribute.negated else values
    return Q(**{f"{place.column}__gte": low, f"{place.column}__lte": high})


def _sentence(error: ValueError) -> str:
    text = str(error)
    return text[:1].upper() + text[1:]
