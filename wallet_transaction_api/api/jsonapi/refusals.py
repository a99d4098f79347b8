"""Answers exceptions with error documents: this face's own, the ledger's, DRF's, the database's."""

import math
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from wallet_transaction_api import outages
from wallet_transaction_api.api import client_text, moments
from wallet_transaction_api.api.errors import JSONAPI, RETRY_AFTER, status_of
from wallet_transaction_api.api.jsonapi.pointers import deepest, join, nearest
from wallet_transaction_api.api.jsonapi.problems import Problem, Refused, document, not_found
from wallet_transaction_api.api.jsonapi.resources import member_name
from wallet_transaction_api.ledger import currencies, errors

#: DRF's own refusals, by status; its codes are too many to be told apart and too few to help.
_CODES = {
    400: "malformed_document",
    401: "not_authenticated",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    415: "unsupported_media_type",
    429: "throttled",
}
_ABOUT_THE_KEY = (
    errors.IdempotencyKeyInvalid,
    errors.IdempotencyKeyReused,
    errors.IdempotencyInProgress,
)
#: Which members of a request a refusal is about; the first that was sent is pointed at.
_MEMBERS: dict[str | None, tuple[str, ...]] = {
    "amount": ("amount", "captureAmount", "maxAmount", "balance", "overdraftLimit", "status"),
    "destination": ("destination", "destinationUuid"),
    None: ("wallet", "status"),
}


def answer(exception: Exception, context: dict[str, Any]) -> Response | None:
    """Return the error response; None for what is a defect of ours and nobody's refusal."""
    problems = _problems(exception, getattr(context["view"], "body", None))
    if not problems:
        return None
    response = Response(document(problems), status=problems[0].status)
    for header, value in _headers(exception, problems[0].status).items():
        response[header] = value
    return response


def inside(operation: Any, refusal: Exception, base: str) -> list[Problem]:
    """Return the problems of a refused operation; each points at a place inside it."""
    places = [join(name) for name in ("ref", "href", "data")]
    problems = _problems(refusal, operation)
    whole = nearest(operation, *places)
    pointers = [problem.source.get("pointer", whole) for problem in problems]
    return [
        replace(problem, source={"pointer": base + deepest(operation, pointer)})
        for problem, pointer in zip(problems, pointers, strict=True)
    ]


def _problems(exception: Exception, body: Any) -> tuple[Problem, ...]:
    if isinstance(exception, Refused):
        return exception.problems
    if isinstance(exception, errors.LedgerError):
        return (_of_ledger(exception, body),)
    if outages.is_outage(exception):
        outages.report(exception)
        return (_of_ledger(errors.LedgerUnreachable(), None),)
    if isinstance(exception, RequestDataTooBig):  # whoever read the body first
        return (_of_size(),)
    known = _as_api_exception(exception)
    return (_of_framework(known),) if known else ()


def _of_size() -> Problem:
    detail = f"A body has at most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes."
    return Problem(status=413, code="request_too_large", detail=detail)


def _of_ledger(refusal: errors.LedgerError, body: Any) -> Problem:
    if isinstance(refusal, _ABOUT_THE_KEY):
        return _of_key(refusal)
    pointer = _pointer(refusal, body) if body is not None else None
    if refusal.code == "not_found" and pointer in {None, "/data"}:
        return not_found().problems[0]
    data = _data(refusal)
    detail = _detail(refusal, data)
    return Problem(
        status=status_of(refusal, JSONAPI),
        code=refusal.code,
        detail=detail,
        source={} if pointer is None else {"pointer": pointer},
        meta={**_attribute(pointer, detail), **data},
    )


def _of_key(refusal: errors.LedgerError) -> Problem:
    return Problem(
        status=status_of(refusal, JSONAPI),
        code=refusal.code,
        detail=refusal.detail,
        source={"header": "Idempotency-Key"},
    )


def _pointer(refusal: errors.LedgerError, body: Any) -> str:
    names = _MEMBERS.get(refusal.attribute, (refusal.attribute or "",))
    attributes = [join("data", "attributes", name) for name in names]
    relationships = [join("data", "relationships", name, "data") for name in names]
    return nearest(body, *attributes, *relationships, "/data")


def _attribute(pointer: str | None, message: str) -> dict[str, str]:
    _, found, name = (pointer or "").partition("/data/attributes/")
    return {"attribute": name, "message": client_text.cut(message)} if found else {}


def _data(refusal: errors.LedgerError) -> dict[str, Any]:
    """Return what else the refusal tells, by member name, money and moments as on the wire."""
    currency = refusal.data.get("currency", "")
    return {member_name(name): _written(value, currency) for name, value in refusal.data.items()}


def _written(value: Any, currency: str) -> Any:
    if isinstance(value, Decimal):
        return currencies.format_amount(value, currency)
    return moments.write(value) if isinstance(value, datetime) else value


def _detail(refusal: errors.LedgerError, data: dict[str, Any]) -> str:
    if isinstance(refusal, errors.InsufficientFunds) and data:
        return f"{refusal.detail}: {data['available']} {data['currency']} is available."
    return refusal.detail


def _as_api_exception(exception: Exception) -> exceptions.APIException | None:
    if isinstance(exception, exceptions.APIException):
        return exception
    if isinstance(exception, Http404):
        return exceptions.NotFound("There is no such resource.")
    if isinstance(exception, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(exception, SuspiciousOperation):
        return exceptions.ParseError(str(exception))
    return None


def _of_framework(exception: exceptions.APIException) -> Problem:
    detail: Any = exception.detail
    if isinstance(detail, dict):
        detail = detail.get("detail", "Refused.")
    status = exception.status_code
    return Problem(status=status, code=_CODES.get(status, "refused"), detail=str(detail))


def _headers(exception: Exception, status: int) -> dict[str, str]:
    headers = {}
    if getattr(exception, "auth_header", None):
        headers["WWW-Authenticate"] = str(exception.auth_header)  # type: ignore[attr-defined]
    if getattr(exception, "wait", None):
        headers["Retry-After"] = str(math.ceil(exception.wait))  # type: ignore[attr-defined]
    if status == 503 or isinstance(exception, errors.IdempotencyInProgress):  # noqa: PLR2004
        headers["Retry-After"] = str(RETRY_AFTER)
    return headers
