"""Refusals as JSON:API error objects: https://jsonapi.org/format/#errors."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rest_framework.exceptions import APIException

from wallet_transaction_api.api import client_text
from wallet_transaction_api.ledger import errors

#: The name of each refusal of this face; the ledger names its own.
TITLES: Mapping[str, str] = {
    "bad_request": "Bad request",
    "client_id_forbidden": "Ids are made by the server",
    "id_mismatch": "Id mismatch",
    "internal_error": "Internal error",
    "invalid": "Invalid value",
    "invalid_cursor": "Invalid cursor",
    "invalid_fields": "Invalid sparse fieldset",
    "invalid_filter": "Invalid filter",
    "invalid_include": "Invalid inclusion",
    "invalid_page": "Invalid page",
    "invalid_parameter": "Invalid query parameter",
    "invalid_sort": "Invalid sorting",
    "invalid_stats": "Invalid figures",
    "malformed_document": "Malformed document",
    "malformed_json": "Malformed JSON",
    "lid_repeated": "Local id repeated",
    "method_not_allowed": "Method not allowed",
    "method_overridden": "Method override refused",
    "not_acceptable": "Not acceptable",
    "not_authenticated": "Not authenticated",
    "not_found": "Not found",
    "operation_unsupported": "Unsupported operation",
    "permission_denied": "Permission denied",
    "precondition_failed": "Precondition failed",
    "read_only": "Read-only member",
    "relationship_fixed": "Relationship cannot be changed",
    "repeated_parameter": "Repeated query parameter",
    "request_too_large": "Request too large",
    "required": "Required member missing",
    "throttled": "Too many requests",
    "too_many_operations": "Too many operations",
    "type_mismatch": "Type mismatch",
    "unknown_attribute": "Unknown attribute",
    "unknown_lid": "Unknown local id",
    "unknown_parameter": "Unknown query parameter",
    "unknown_relationship": "Unknown relationship",
    "unsupported_media_type": "Unsupported media type",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One error object. `source` holds `pointer`, `parameter` or `header`, or nothing."""

    status: int
    code: str
    detail: str
    source: Mapping[str, str] = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)

    def as_object(self) -> dict[str, Any]:
        """Return the error object; absent members are left out."""
        whole = {
            "status": str(self.status),
            "code": self.code,
            "title": title_of(self.code),
            "detail": client_text.cut(self.detail),
            "source": client_text.source(self.source),
            "meta": dict(self.meta),
            "links": dict(self.links),
        }
        return {name: value for name, value in whole.items() if value}


class Refused(APIException):
    """The request was refused, for one reason or for several of the same status."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems[0].detail, problems[0].code)
        self.problems = problems
        self.status_code = problems[0].status


class StateRefused(Refused):
    """As `Refused`, because of the state: what an idempotency key remembers."""


def title_of(code: str) -> str:
    """Return the name of a refusal: one per code."""
    return TITLES.get(code) or _LEDGER_TITLES.get(code) or code.replace("_", " ").capitalize()


def bad_parameter(code: str, parameter: str, detail: str) -> Refused:
    """Make the refusal of a query parameter."""
    return Refused(Problem(status=400, code=code, detail=detail, source={"parameter": parameter}))


def malformed(pointer: str, detail: str) -> Refused:
    """Make the refusal of a document that is not JSON:API; the pointer names the place."""
    source = {"pointer": pointer}
    return Refused(Problem(status=400, code="malformed_document", detail=detail, source=source))


def at(pointer: str, status: int, code: str, detail: str) -> Problem:
    """Make a problem at a place in the request's document."""
    return Problem(status=status, code=code, detail=detail, source={"pointer": pointer})


def at_attribute(member: str, pointer: str, status: int, code: str, detail: str) -> Problem:
    """Make a problem with an attribute; form libraries find its name and message in `meta`."""
    meta = {"attribute": member} if client_text.is_repeatable(member) else {}
    meta["message"] = client_text.cut(detail)
    return Problem(status=status, code=code, detail=detail, source={"pointer": pointer}, meta=meta)


def not_found() -> Refused:
    """Make the one answer for what is missing and for what is somebody else's."""
    return Refused(Problem(status=404, code="not_found", detail="There is no such resource."))


def document(problems: Iterable[Problem]) -> dict[str, Any]:
    """Return the error document."""
    return {
        "jsonapi": {"version": "1.1"},
        "errors": [problem.as_object() for problem in problems],
    }


def _walk(kind: type[errors.LedgerError]) -> Iterable[type[errors.LedgerError]]:
    yield kind
    for subclass in kind.__subclasses__():
        yield from _walk(subclass)


_LEDGER_TITLES = {kind.code: kind.title() for kind in reversed(list(_walk(errors.LedgerError)))}
