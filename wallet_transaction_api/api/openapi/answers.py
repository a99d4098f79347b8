"""Answers and headers that many operations share, and the form of an operation."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from wallet_transaction_api.api.jsonapi.negotiation import HEADERS as JSONAPI_HEADERS
from wallet_transaction_api.api.jsonapi.negotiation import MEDIA_TYPE
from wallet_transaction_api.api.openapi.members import TEXT, Schema
from wallet_transaction_api.api.request_ids import HEADER as REQUEST_ID

JSON = "application/json"
#: The name of the one way to say who asks.
BEARER = "bearer"
#: Status → the component that describes it, and what it says.
REFUSALS: Mapping[int, tuple[str, str]] = {
    400: ("BadRequest", "The request, its document, a parameter or its key is malformed."),
    401: ("Unauthorized", "The credential is missing or no good."),
    403: ("Forbidden", "Who asks may not do this, or nobody may."),
    404: ("NotFound", "Missing, or somebody else's: both look the same."),
    406: ("NotAcceptable", "`Accept` excludes what is answered here."),
    409: ("Conflict", "The state does not allow it, or the key's first request still runs."),
    412: ("PreconditionFailed", "The resource is no longer what `If-Match` names."),
    413: ("TooLarge", "The body is too large, or it holds too many operations."),
    415: ("UnsupportedMediaType", "The body is of another media type."),
    422: ("Unprocessable", "A well-formed value is refused; nothing moved."),
    429: ("TooManyRequests", "More calls than the operator allows."),
    503: ("Unavailable", "The database is busy or out of reach."),
}
HEADERS: Mapping[int, tuple[str, ...]] = {
    401: ("WWW-Authenticate",),
    409: ("Retry-After",),
    429: ("Retry-After",),
    503: ("Retry-After",),
}
_MEANINGS: Mapping[str, str] = {
    "Cache-Control": "`private, no-cache`: for one caller, and asked for anew each time.",
    "ETag": "A digest of the answer; of one resource it begins with its version.",
    "Idempotent-Replayed": "`true` on the answer of an earlier request under the same key.",
    "Location": "The URL of what was created.",
    "Retry-After": "Seconds to wait.",
    "Vary": "`Accept, Authorization`, and `Origin` where other origins are let in.",
    "WWW-Authenticate": "The scheme that is asked for.",
    REQUEST_ID: "The request's name: the one sent, if it is well-formed, else a new one.",
}
Operation: TypeAlias = dict[str, Any]


def headers() -> dict[str, Schema]:
    """Return the named response headers."""
    return {name: {"description": text, "schema": TEXT} for name, text in _MEANINGS.items()}


def refusals(prefix: str, media_type: str, schema: Schema) -> dict[str, Schema]:
    """Return the named error answers of a face."""
    return {
        f"{prefix}{name}": answer(text, schema, media_type, HEADERS.get(status, ()))
        for status, (name, text) in REFUSALS.items()
    }


def refused(prefix: str, statuses: Iterable[int]) -> dict[str, Schema]:
    """Return an operation's error answers by status, as references."""
    return {
        str(status): {"$ref": f"#/components/responses/{prefix}{REFUSALS[status][0]}"}
        for status in sorted(statuses)
    }


def answer(
    text: str,
    schema: Schema | None = None,
    media_type: str = MEDIA_TYPE,
    named: Iterable[str] = (),
) -> Schema:
    """Return the description of an answer; without a schema it has no body."""
    always = (*JSONAPI_HEADERS, REQUEST_ID) if media_type.startswith(MEDIA_TYPE) else (REQUEST_ID,)
    described: Schema = {
        "description": text,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in (*named, *always)},
    }
    if schema is not None:
        described["content"] = {media_type: {"schema": schema}}
    return described


def parameters(*names: str) -> list[Schema]:
    """Return references to named parameters."""
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def operation(name: str, tag: str, summary: str, **members: Any) -> Operation:
    """Return an operation; members that are empty are left out. Every one may be named."""
    members["parameters"] = [*parameters(REQUEST_ID), *members.get("parameters", [])]
    filled = {key: value for key, value in members.items() if value is not None}
    return {"operationId": name, "tags": [tag], "summary": summary, **filled}


def secured(operation: Operation) -> Operation:
    """Return the operation with the credential that it asks for."""
    return {**operation, "security": [{BEARER: []}]}
