"""What every JSON:API answer has to satisfy, checked on each answer that these tests get."""

import json
import re
from typing import Any

from tests.conftest import JSONAPI, Answer
from wallet_transaction_api.api.jsonapi import pointers

_PLAIN_OR_APPLIED = re.compile(
    re.escape(JSONAPI)
    + r"(;ext=\"https://jsonapi.org/ext/atomic\"|;profile=\"https?://[a-z./-]*/cursor-pagination/?\")?"
)
_TOP = {"jsonapi", "links", "data", "included", "errors", "meta"}
_RESOURCE = {"type", "id", "attributes", "relationships", "links", "meta"}
_ERROR = {"status", "code", "title", "detail", "source", "meta", "links"}


def assert_valid(answer: Answer, sent: Any) -> None:
    """Assert that the answer is a valid document, or rightly none; `sent` is the request's body."""
    assert answer.status_code < 500, answer.content
    assert {"Accept", "Authorization"} <= set(answer["Vary"].split(", "))
    assert answer["Cache-Control"] == "private, no-cache"
    if answer.status_code == 204:
        assert not answer.content
        assert "Content-Type" not in answer
        return
    if answer.status_code == 304:
        assert not answer.content
        assert answer["ETag"]
        return
    assert _PLAIN_OR_APPLIED.fullmatch(answer["Content-Type"])
    if answer.request["REQUEST_METHOD"] != "HEAD":
        _document(json.loads(answer.content), answer.status_code, sent)


def _document(document: Any, status: int, sent: Any) -> None:
    if "atomic:results" in document:
        _results(document)
        return
    assert document.keys() <= _TOP
    assert document["jsonapi"]["version"] == "1.1"
    assert document.keys() & {"data", "errors", "meta"}
    assert not {"data", "errors"} <= document.keys()
    assert "included" not in document or "data" in document
    if status >= 400:
        assert document["errors"]
        for error in document["errors"]:
            _error(error, status, sent)
    else:
        _data(document)


def _results(document: Any) -> None:
    assert document.keys() <= {"jsonapi", "links", "atomic:results", "meta"}
    assert document["jsonapi"]["ext"] == ["https://jsonapi.org/ext/atomic"]
    for result in document["atomic:results"]:
        assert result.keys() <= {"data", "meta"}
        if "data" in result:
            _resource(result["data"])


def _data(document: Any) -> None:
    assert document["links"]["self"]
    data = document.get("data")
    primary = data if isinstance(data, list) else [data] if data else []
    included = document.get("included", [])
    for item in primary:
        _resource(item) if {"attributes", "relationships", "links"} & item.keys() else _identifier(
            item
        )
    for item in included:
        _resource(item)
    keys = [(item["type"], item["id"]) for item in [*primary, *included]]
    assert len(set(keys)) == len(keys), "a resource appears twice"


def _resource(item: Any) -> None:
    assert item.keys() <= _RESOURCE
    assert all(isinstance(item[name], str) and item[name] for name in ("type", "id"))
    attributes, relationships = item.get("attributes", {}), item.get("relationships", {})
    assert not attributes.keys() & relationships.keys()
    assert not (attributes.keys() | relationships.keys()) & {"type", "id"}
    for relationship in relationships.values():
        assert relationship.keys() & {"links", "data"}
        linkage = relationship.get("data") or []
        for identifier in linkage if isinstance(linkage, list) else [linkage]:
            _identifier(identifier)


def _identifier(item: Any) -> None:
    assert {"type", "id"} <= item.keys() <= {"type", "id", "meta"}
    assert all(isinstance(item[name], str) for name in ("type", "id"))


def _error(error: Any, status: int, sent: Any) -> None:
    assert error.keys() <= _ERROR
    assert error["status"] == str(status)
    assert all(isinstance(error[name], str) and error[name] for name in ("code", "title", "detail"))
    if "pointer" in error.get("source", {}):
        assert pointers.resolves(sent, error["source"]["pointer"]), (error, sent)
