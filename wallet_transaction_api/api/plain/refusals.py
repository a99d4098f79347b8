"""Answers exceptions: these faces' own, the ledger's, DRF's, Django's and the database's."""

from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from rest_framework import exceptions

from wallet_transaction_api import outages
from wallet_transaction_api.api import bodies, client_text
from wallet_transaction_api.api.credentials import CHALLENGE
from wallet_transaction_api.api.errors import PLAIN, RETRY_AFTER, status_of
from wallet_transaction_api.api.plain.answers import REFUSALS, Refused, answer
from wallet_transaction_api.ledger import errors


def refuse(exception: Exception) -> HttpResponse | None:
    """Return the error answer; None for what is a defect of ours and nobody's refusal."""
    if outages.is_outage(exception):
        outages.report(exception)
        exception = errors.LedgerUnreachable()
    if isinstance(exception, errors.LedgerError):
        return of_ledger(exception)
    refused = exception if isinstance(exception, Refused) else _translated(exception)
    return _of_face(refused) if refused else None


def of_ledger(refusal: errors.LedgerError) -> HttpResponse:
    """Return the answer of a refusal by the ledger."""
    status = status_of(refusal, PLAIN)
    body = {"error": refusal.title(), "code": refusal.code}
    if refusal.detail != refusal.title():
        body["detail"] = client_text.cut(refusal.detail)
    later = isinstance(refusal, errors.Unavailable | errors.IdempotencyInProgress)
    headers = {"Retry-After": str(RETRY_AFTER)} if later else None
    return answer(body, status=status, headers=headers)


def _of_face(refused: Refused) -> HttpResponse:
    status, error = REFUSALS[refused.code]
    headers = dict(refused.headers or {})
    if status == 401:  # noqa: PLR2004 RFC 9110 wants it with every 401
        headers["WWW-Authenticate"] = CHALLENGE
    body = {"error": error, "code": refused.code, **refused.more}
    return answer(body, status=status, headers=headers)


def _translated(exception: Exception) -> Refused | None:
    if isinstance(exception, exceptions.AuthenticationFailed):
        return Refused("token_not_valid", detail=_detail(exception))
    if isinstance(exception, exceptions.Throttled):
        return Refused("throttled", headers={"Retry-After": _wait(exception)})
    if isinstance(exception, exceptions.ValidationError):
        return _invalid(exception)
    return _of_body(exception)


def _of_body(exception: Exception) -> Refused | None:
    if isinstance(exception, bodies.Malformed):
        return Refused("malformed_json", detail=str(exception))
    if isinstance(exception, RequestDataTooBig):
        return Refused("request_too_large")
    unreadable = (MultiPartParserError, UnreadablePostError, BadRequest, SuspiciousOperation)
    if isinstance(exception, unreadable):
        return Refused("malformed_form", detail=client_text.cut(str(exception)))
    return None


def _wait(exception: Any) -> str:
    return str(exception.wait)


def _detail(exception: exceptions.APIException) -> str:
    detail: Any = exception.detail
    return str(detail.get("detail", "") if isinstance(detail, dict) else detail)


def _invalid(exception: exceptions.ValidationError) -> Refused:
    """Name the fields at fault, each with its messages."""
    details: Any = exception.detail
    codes = {detail.code for messages in details.values() for detail in messages}
    fields = {name: [str(detail) for detail in messages] for name, messages in details.items()}
    return Refused("required" if codes == {"required"} else "invalid", fields=fields)
