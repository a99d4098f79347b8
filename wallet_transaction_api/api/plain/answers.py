"""Answers of the plain faces: JSON objects, and the one table of their own refusals."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
#: Code → status and text of what these faces refuse themselves; the ledger names its own.
REFUSALS: Mapping[str, tuple[int, str]] = {
    # The operations face has one text for whatever is wrong with an amount.
    "amount_invalid": (400, "Invalid or missing amount"),
    "amount_precision": (400, "Invalid or missing amount"),
    "bad_request": (400, "Bad request"),
    "invalid": (400, "Invalid value"),
    "invalid_cursor": (400, "Invalid cursor"),
    "invalid_operation": (400, "Invalid operationType"),
    "malformed_form": (400, "Invalid form"),
    "malformed_json": (400, "Invalid JSON"),
    "required": (400, "Required value missing"),
    "no_active_account": (401, "No active account found with the given credentials"),
    "not_authenticated": (401, "Not authenticated"),
    "token_not_valid": (401, "Token not valid"),
    "permission_denied": (403, "Permission denied"),
    "registration_closed": (403, "Registration closed"),
    "method_not_allowed": (405, "Method not allowed"),
    "not_acceptable": (406, "Not acceptable"),
    "username_taken": (409, "Username taken"),
    "request_too_large": (413, "Request too large"),
    "unsupported_media_type": (415, "Unsupported media type"),
    "throttled": (429, "Too many requests"),
    "internal_error": (500, "Internal error"),
}


class Refused(Exception):
    """A request was refused; `more` members and headers travel with the answer."""

    def __init__(self, code: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.headers = headers
        self.more = more


def answer(
    body: Mapping[str, Any], *, status: int = 200, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """Return the JSON answer."""
    text = _encode(body)
    return HttpResponse(
        text.encode(), status=status, headers=headers, content_type="application/json"
    )
