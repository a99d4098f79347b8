"""What a document promises to clients and asks of them, so that two can be compared.

A promise that is gone breaks a client, and so does a new demand at a place that was there before.
Operations and named schemas are places; a reference is followed by name only. What answers may
hold more is no break: clients ignore members that they do not know.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.api.openapi.described import operations, resolved

_BOUNDS = ("maxLength", "minLength", "pattern", "minimum", "maximum", "minItems", "maxItems")


class Fact(NamedTuple):
    """Something said about a place."""

    is_demand: bool
    place: str
    text: str


def _promise(place: str, text: str) -> Fact:
    return Fact(is_demand=False, place=place, text=text)


def _demand(place: str, text: str) -> Fact:
    return Fact(is_demand=True, place=place, text=text)


def broken(old: Any, new: Any) -> list[str]:
    """Return what breaks clients of the old document."""
    before, now = set(_facts(old)), set(_facts(new))
    places = {fact.place for fact in before}
    gone = {f"gone: {fact.place} {fact.text}" for fact in before - now if not fact.is_demand}
    asked = {
        f"newly asked: {fact.place} {fact.text}"
        for fact in now - before
        if fact.is_demand and fact.place in places
    }
    return sorted(gone | asked)


def _facts(document: Any) -> Iterator[Fact]:
    for path, method in operations(document):
        yield from _of_operation(document, f"{method} {path}", document["paths"][path][method])
    sent = _reachable(document)
    for name, schema in document["components"]["schemas"].items():
        yield from _of_schema(schema, name, is_sent=name in sent)


def _of_operation(document: Any, place: str, operation: Any) -> Iterator[Fact]:
    yield _promise(place, "operation")
    for item in operation.get("parameters", []):
        parameter = resolved(document, item)
        name = f"{parameter['in']} {parameter['name']}"
        yield _promise(place, name)
        if parameter.get("required"):
            yield _demand(place, f"{name} is required")
        yield from _of_schema(parameter["schema"], f"{place} {name}", is_sent=True)
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        yield from _of_schema(content["schema"], f"{place} {media_type}", is_sent=True)
    for status, item in operation["responses"].items():
        response = resolved(document, item)
        yield _promise(place, status)
        for name in response.get("headers", {}):
            yield _promise(place, f"{status} header {name}")
        for media_type, content in response.get("content", {}).items():
            yield from _of_schema(
                content["schema"], f"{place} {status} {media_type}", is_sent=False
            )


def _of_schema(schema: Any, place: str, *, is_sent: bool) -> Iterator[Fact]:
    yield _promise(place, str(schema.get("type", schema.get("$ref", "anything"))))
    for name in schema.get("required", []):
        yield (_demand if is_sent else _promise)(place, f"always has {name}")
    for name in _BOUNDS:
        if is_sent and name in schema:
            yield _demand(place, f"{name} {schema[name]}")
    if is_sent:
        for word in schema.get("enum", []):
            yield _promise(place, f"may be {word}")
    for name, item in schema.get("properties", {}).items():
        yield from _of_schema(item, f"{place}.{name}", is_sent=is_sent)
    if "items" in schema:
        yield from _of_schema(schema["items"], f"{place}[]", is_sent=is_sent)
    for index, item in enumerate(schema.get("anyOf", [])):
        yield from _of_schema(item, f"{place}|{index}", is_sent=is_sent)


def _reachable(document: Any) -> set[str]:
    """Return the names of the schemas that requests refer to, also through others."""
    found: set[str] = set()
    waiting: list[Any] = [
        operation.get("requestBody", {}) | {"parameters": operation.get("parameters", [])}
        for path, method in operations(document)
        for operation in [document["paths"][path][method]]
    ]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting += item.values()
            name = str(item.get("$ref", "")).removeprefix("#/components/schemas/")
            if name in document["components"]["schemas"] and name not in found:
                found.add(name)
                waiting.append(document["components"]["schemas"][name])
        elif isinstance(item, list):
            waiting += item
    return found
