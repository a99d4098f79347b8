"""The parameters of the JSON:API face: the query string's families, paths, request headers."""

from collections.abc import Iterable, Iterator
from typing import Any

from wallet_transaction_api.api import request_ids
from wallet_transaction_api.api.jsonapi import inclusion, pagination
from wallet_transaction_api.api.jsonapi.numbering import LAST_NUMBER
from wallet_transaction_api.api.jsonapi.parameters import AS_OF
from wallet_transaction_api.api.jsonapi.resources import Resource
from wallet_transaction_api.api.jsonapi.types import RESOURCES
from wallet_transaction_api.api.openapi import members
from wallet_transaction_api.api.openapi.members import FLAG, TEXT, Schema
from wallet_transaction_api.api.openapi.resources import ref, thing, title

_ORDER = ("include", "fields", "filter", "sort", "page", "withStats", AS_OF)


def named() -> dict[str, Schema]:
    """Return the parameters that many operations share."""
    name = {"type": "string", "pattern": f"^{request_ids.FORM}$"}
    key = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[\x20-\x7e]+$"}
    return {
        "id": {"name": "id", "in": "path", "required": True, "schema": TEXT},
        "page": _family("page", _page(), "By number, or by cursor: cursors are opaque."),
        AS_OF: {
            "name": AS_OF,
            "in": "query",
            "description": "The moment to be shown: since it was created, and not to come.",
            "schema": {"type": "string", "format": "date-time"},
        },
        "fields": _family("fields", _fields(), "Of each type the members that are wanted."),
        "Idempotency-Key": _header("Idempotency-Key", key, "Done once only under one key."),
        "If-Match": _header("If-Match", TEXT, "Only if the resource still has one of these tags."),
        "If-None-Match": _header("If-None-Match", TEXT, "304 if the answer has one of these tags."),
        request_ids.HEADER: _header(request_ids.HEADER, name, "Names the request, in logs too."),
    }


def of_families(resource: Resource, families: Iterable[str]) -> list[Schema]:
    """Return an endpoint's query parameters about a type, by the families that it honours."""
    return [found for name in _ORDER if name in families for found in _of_family(resource, name)]


def _of_family(resource: Resource, family: str) -> Iterator[Schema]:
    if family in {"page", "fields", AS_OF}:
        yield {"$ref": f"#/components/parameters/{family}"}
    elif family == "filter":
        text = "All of them apply. Lists are separated by commas; `\\,` is a comma."
        yield _family("filter", ref(f"{title(resource)}Filter"), text)
    elif family == "withStats":
        yield _family("withStats", members.statistics(resource), "Figures of the whole list.")
    else:
        words = members.orders(resource) if family == "sort" else list(_paths(resource))
        if words:
            yield _listed(family, words)


def _family(name: str, schema: Schema, text: str) -> Schema:
    """Return a family of parameters: `name[member]=value`."""
    return {
        "name": name,
        "in": "query",
        "style": "deepObject",
        "explode": True,
        "description": text,
        "schema": schema,
    }


def _listed(name: str, words: list[str]) -> Schema:
    schema: dict[str, Any] = {"type": "array", "items": {"type": "string", "enum": words}}
    return {"name": name, "in": "query", "style": "form", "explode": False, "schema": schema}


def _header(name: str, schema: Schema, text: str) -> Schema:
    return {"name": name, "in": "header", "description": text, "schema": schema}


def _page() -> Schema:
    whole = {"type": "integer", "minimum": 1}
    size = {**whole, "maximum": pagination.LARGEST_SIZE, "default": pagination.DEFAULT_SIZE}
    number = {**whole, "maximum": LAST_NUMBER}
    page = thing(number=number, size=size, after=TEXT, before=TEXT, totals=FLAG)
    return {**page, "additionalProperties": False}


def _fields() -> Schema:
    words = {name: f"Of {', '.join(_members(item))}." for name, item in RESOURCES.items()}
    properties = {name: {**TEXT, "description": text} for name, text in words.items()}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _members(resource: Resource) -> list[str]:
    return [*resource.attributes, *resource.relationships]


def _paths(resource: Resource, *, depth: int = inclusion.DEEPEST) -> Iterator[str]:
    """Yield every path that can be included."""
    for name, relation in resource.relationships.items():
        yield name
        if depth > 1:
            inner = _paths(RESOURCES[relation.target], depth=depth - 1)
            yield from (f"{name}.{path}" for path in inner)
