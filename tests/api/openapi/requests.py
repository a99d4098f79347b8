"""Requests by Hypothesis, made from what the document says: mostly as it says, sometimes not."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from tests.api.openapi.described import resolved

JUNK = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just([]) | st.just({})
_AMOUNTS = st.sampled_from(["1.00", "-1.00", "0.5", "0", "999999999999999999.99", "1.001"])
_FORMATS = {
    "date-time": st.sampled_from(["2026-01-01T00:00:00Z", "0001-01-01", "9999-12-31T23:59:59Z"]),
    "uuid": st.uuids().map(str),
}
_SCALARS = {
    "integer": st.integers(-1, 300),
    "number": st.integers(-5, 5),
    "boolean": st.booleans(),
    "null": st.none(),
}


@dataclass(frozen=True)
class Request:
    """One request to one operation of the document."""

    path: str
    method: str
    url: str
    content_type: str
    body: str
    headers: dict[str, str]


class Drawing:
    """Draws requests to the document's operations.

    `known` are values of ids that exist, by type and name. With `junk` about one value of ten is
    none that the document allows.
    """

    def __init__(self, document: Any, known: dict[str, list[str]], *, junk: bool) -> None:
        self.document, self.known, self.junk = document, known, junk

    def request(self, path: str, method: str) -> st.SearchStrategy[Request]:
        """Draw a request to an operation."""
        return _requests(self, path, method)

    def values(self, schema: Any) -> st.SearchStrategy[Any]:
        """Draw values for a schema."""
        right = self._right(resolved(self.document, schema))
        if not self.junk:
            return right
        return st.integers(0, 9).flatmap(lambda dice: JUNK if dice == 9 else right)

    def ids(self, name: str) -> st.SearchStrategy[str]:
        """Draw ids of something that exists, and with junk also others."""
        known = st.sampled_from(self.known[name])
        return known | st.text("0a-é", min_size=1) if self.junk else known

    def bodies(self, operation: Any) -> st.SearchStrategy[tuple[str, str]]:
        """Draw a media type and a body; nothing where the operation has none."""
        content = operation.get("requestBody", {}).get("content", {})
        if not content:
            return st.just(("", ""))
        return st.sampled_from([name for name in content if "multipart" not in name]).flatmap(
            lambda media_type: self.values(content[media_type]["schema"]).map(
                lambda value: (media_type, _written(media_type, value))
            )
        )

    def _right(self, schema: Any) -> st.SearchStrategy[Any]:
        if "const" in schema:
            return st.just(schema["const"])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        if "anyOf" in schema:
            return st.one_of([self.values(item) for item in schema["anyOf"]])
        kinds = schema.get("type", "object")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        return st.one_of([self._of_type(schema, kind) for kind in kinds])

    def _of_type(self, schema: Any, kind: str) -> st.SearchStrategy[Any]:
        if kind == "object":
            return self._objects(schema)
        if kind == "array":
            item = self.values(schema.get("items", {"type": "string"}))
            return st.lists(item, min_size=schema.get("minItems", 0), max_size=3)
        if kind != "string":
            return _SCALARS[kind]
        if "example" in schema:
            return _AMOUNTS
        texts = st.text(min_size=schema.get("minLength", 0), max_size=8)
        return _FORMATS.get(schema.get("format", ""), texts)

    def _objects(self, schema: Any) -> st.SearchStrategy[Any]:
        drawn = {name: self.values(item) for name, item in schema.get("properties", {}).items()}
        named = f"{schema.get('properties', {}).get('type', {}).get('const')} id"
        if named in self.known and "id" in drawn:
            drawn["id"] = self.ids(named)
        needed = {name: drawn.pop(name) for name in schema.get("required", [])}
        if not drawn:
            return st.fixed_dictionaries(needed)
        chosen = st.lists(st.sampled_from(sorted(drawn)), unique=True, max_size=3)
        return chosen.flatmap(
            lambda names: st.fixed_dictionaries(needed | {name: drawn[name] for name in names})
        )


@st.composite
def _requests(draw: Any, drawing: Drawing, path: str, method: str) -> Request:
    operation = drawing.document["paths"][path][method]
    pairs: list[tuple[str, str]] = []
    headers: dict[str, str] = {}
    url, kind = path, path.partition("/{")[0].rpartition("/")[2]
    for reference in operation.get("parameters", []):
        item = resolved(drawing.document, reference)
        if item["in"] == "path":
            value = draw(drawing.ids(f"{kind} {item['name']}"))
            url = url.replace(f"{{{item['name']}}}", quote(value, safe=""))
        elif draw(st.integers(0, 3)) == 3:
            pairs += _sent(item, draw(drawing.values(item["schema"])), headers)
    content_type, body = draw(drawing.bodies(operation))
    query = f"?{urlencode(pairs)}" if pairs else ""
    return Request(path, method, url + query, content_type, body, headers)


def _sent(item: Any, value: Any, headers: dict[str, str]) -> list[tuple[str, str]]:
    """Return the pairs of the query that stand for a parameter; headers are noted."""
    if item["in"] == "header":
        headers[item["name"]] = "".join(c for c in _text(value) if " " <= c <= "~") or "x"
        return []
    if item.get("style") == "deepObject" and isinstance(value, dict):
        return [(f"{item['name']}[{name}]", _text(one)) for name, one in value.items()]
    return [
        (item["name"], ",".join(map(_text, value)) if isinstance(value, list) else _text(value))
    ]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _written(media_type: str, value: Any) -> str:
    if media_type == "application/x-www-form-urlencoded" and isinstance(value, dict):
        return urlencode({name: _text(item) for name, item in value.items()})
    return json.dumps(value)
