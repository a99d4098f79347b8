"""Attributes, filters and orders of a resource type as JSON Schema."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from wallet_transaction_api.api.jsonapi import figures, kinds, shapes
from wallet_transaction_api.api.jsonapi.kinds import Kind
from wallet_transaction_api.api.jsonapi.resources import HIDDEN_ID, ID, Attribute, Resource
from wallet_transaction_api.api.jsonapi.types import RESOURCES

Schema: TypeAlias = dict[str, Any]
TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
MONEY: Schema = {
    "type": "string",
    "pattern": r"^-?[0-9]+(\.[0-9]+)?$",
    "description": "An exact amount, with the decimals of its currency.",
    "example": "12.50",
}
#: What is taken for an amount: a string, or a number by its exact value.
MONEY_INPUT: Schema = {"anyOf": [MONEY, {"type": "number"}]}
_OF_KIND: tuple[tuple[Kind, Schema], ...] = (
    (kinds.TEXT, TEXT),
    (kinds.MONEY, MONEY),
    (kinds.RATE, {"type": "string", "pattern": MONEY["pattern"]}),
    (kinds.INTEGER, {"type": "integer"}),
    (kinds.INSTANT, {"type": "string", "format": "date-time"}),
    (kinds.UUID, {"type": "string", "format": "uuid"}),
    (kinds.JSON, {"type": "object"}),
)
_LISTS = frozenset({"in", "between"})


def of_value(attribute: Attribute) -> Schema:
    """Return the schema of an attribute's value, as it is answered."""
    schema = _of_kind(attribute.kind)
    if attribute.nullable:
        schema = {**schema, "type": [schema["type"], "null"]}
    if attribute.staff:
        schema = {**schema, "description": "Exists for staff only."}
    return schema


def of_input(attribute: Attribute, shape: Any) -> Schema:
    """Return the schema of a value that a client may send, by the shape that reads it."""
    field = shape.fields[attribute.column]
    if isinstance(field, shapes.Amount):
        return MONEY_INPUT
    schema = _of_kind(attribute.kind)
    if hasattr(field, "choices"):
        return {**schema, "enum": list(field.choices)}
    if getattr(field, "max_length", None):
        least = {} if field.allow_blank else {"minLength": 1}
        return {**schema, **least, "maxLength": field.max_length}
    return schema


def filters(resource: Resource) -> Schema:
    """Return the schema of the `filter` family: every member and operator that is honoured."""
    return {
        "type": "object",
        "properties": {
            name: schema
            for path, attribute in _places(resource)
            for name, schema in _of_filter(path, attribute)
        },
        "additionalProperties": False,
    }


def orders(resource: Resource) -> list[str]:
    """Return what `sort` takes, upwards and downwards."""
    names = [path for path, attribute in _places(resource) if attribute.is_sortable]
    return [f"{sign}{name}" for name in names for sign in ("", "-")]


def statistics(resource: Resource) -> Schema:
    """Return the schema of the `withStats` family; nothing where nothing is summed up."""
    figure = f"({'|'.join(figures.FIGURES)})"
    text = {"type": "string", "pattern": f"^{figure}(,{figure})*$"}
    names = [name for name, item in resource.attributes.items() if item.has_figures]
    return {"type": "object", "properties": dict.fromkeys(names, text)}


def _of_kind(kind: Kind) -> Schema:
    if kind.words:
        return {"type": "string", "enum": list(kind.words)}
    return next(schema for known, schema in _OF_KIND if known == kind)


def _places(resource: Resource, *, depth: int = 1) -> Iterator[tuple[str, Attribute]]:
    """Yield the members by path, through one to-one relationship."""
    yield "id", ID
    yield from resource.attributes.items()
    for name, relation in resource.relationships.items():
        if relation.many:
            continue
        yield name, HIDDEN_ID if relation.is_opaque else ID
        if depth and not relation.is_opaque:
            inner = _places(RESOURCES[relation.target], depth=depth - 1)
            yield from ((f"{name}.{path}", attribute) for path, attribute in inner)


def _of_filter(path: str, attribute: Attribute) -> Iterator[tuple[str, Schema]]:
    if not attribute.kind.operators:
        return
    value = _of_kind(attribute.kind)
    yield path, TEXT
    for operator in sorted(attribute.kind.operators):
        schema = FLAG if operator == "isnull" else TEXT if operator in _LISTS else value
        yield f"{path}.{operator}", schema
