"""`Idempotency-Key` on every face: reading it, and what makes two requests the same.

The answer is kept by `ledger.idempotency`, with the money. Here requests become claims and kept
answers become responses again, byte for byte, marked `Idempotent-Replayed: true`.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from wallet_transaction_api.api import bodies, permissions
from wallet_transaction_api.ledger import errors, idempotency
from wallet_transaction_api.ledger.claims import Answer, Claim, Kept

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_META = f"HTTP_{HEADER.upper().replace('-', '_')}"
#: Printable ASCII, 1 to 255 characters.
_KEY = re.compile(r"[\x20-\x7e]{1,255}")
#: The headers that are part of an answer, whoever gives it.
_KEPT_HEADERS = ("Content-Type", "Location", "ETag")
#: Begins the array that a number with a point or an exponent is written as.
_NUMBER = "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a request: its response, and the wallets that it reached, if seen.

    A response that is not `is_kept` is not remembered: what it tells of may be done again.
    """

    response: HttpResponse
    wallet_ids: Iterable[int]
    is_kept: bool = True


def claim_of(request: Any, *, owner_id: int, write: Callable[[Any], Outcome]) -> Claim | None:
    """Return the request's claim to its key; None without one.

    `write` makes the outcome of the work's result or of a refusal by the state. Raises
    `IdempotencyKeyInvalid`.
    """
    key = request.META.get(_META)  # `headers` would be made of all of them first
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise errors.IdempotencyKeyInvalid("Send 1 to 255 printable ASCII characters.")
    return Claim(
        owner_id=owner_id,
        key=key,
        fingerprint=fingerprint(request),
        write=lambda outcome: _answer(write(outcome)),
    )


def replay(request: permissions.Call, claim: Claim | None) -> HttpResponse | None:
    """Return the kept response, before the request is looked into.

    Raises `IdempotencyKeyReused` for another request's key, and what `response_of` raises.
    """
    kept = idempotency.find(claim) if claim else None
    return response_of(request, kept) if kept else None


def response_of(request: permissions.Call, kept: Kept) -> HttpResponse:
    """Return the kept answer as a response.

    Raises `WalletNotFound` for a replay to whoever lost the right to a wallet of the request.
    """
    if kept.is_replay and not permissions.has_right_to(request, kept.answer.wallet_ids or ()):
        raise errors.WalletNotFound
    response = HttpResponse(kept.answer.body.encode(), status=kept.answer.status)
    del response["Content-Type"]  # an answer without a document has none
    for name, value in kept.answer.headers.items():
        response[name] = value
    if kept.is_replay:
        response[REPLAYED] = "true"
    return response


def fingerprint(request: Any) -> str:
    """Return the digest of method, path, query and canonical body.

    JSON is the same in any order of members and with any white space, but numbers count as
    they are written; a form is its fields, and what is neither is its text.
    """
    parts = [
        str(request.method),
        request.path.rstrip("/"),
        request.META.get("QUERY_STRING", ""),
        _canonical(getattr(request, "_request", request)),
    ]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _canonical(request: HttpRequest) -> str:
    body = request.body  # before the form is looked at: afterwards it could not be read
    if (request.content_type or "").endswith("json"):
        return _canonical_json(body)
    fields = sorted(request.POST.lists())
    return json.dumps(fields) if fields else _text(body)


def _canonical_json(body: bytes) -> str:
    try:
        value = _unlike_numbers(_decode(body.decode()))
        return json.dumps(value, sort_keys=True, separators=(",", ":"))
    except (ValueError, RecursionError):
        return _text(body)


def _as_written(number: str) -> tuple[str, str]:
    return _NUMBER, number


def _unlike_numbers(value: Any) -> Any:
    """Return the value in which no array is written as a number is."""
    if isinstance(value, dict):
        return {name: _unlike_numbers(item) for name, item in value.items()}
    if not isinstance(value, list):
        return value
    items = [_unlike_numbers(item) for item in value]
    return [_NUMBER, *items] if items[:1] == [_NUMBER] else items


def _text(body: bytes) -> str:
    return body.decode("utf-8", "surrogateescape")


def _answer(outcome: Outcome) -> Answer:
    response = outcome.response
    return Answer(
        status=response.status_code,
        body=response.content.decode(),
        headers={name: response[name] for name in _KEPT_HEADERS if name in response},
        wallet_ids=tuple(sorted(set(outcome.wallet_ids))),
        is_kept=outcome.is_kept,
    )


#: Takes what `bodies.parse` takes: an object that names a member twice has no one meaning.
_decode = json.JSONDecoder(
    parse_float=_as_written, parse_constant=_as_written, object_pairs_hook=bodies.members
).decode
