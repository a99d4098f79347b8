"""The fields of a request: JSON object, urlencoded or multipart form, as the client likes."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import RawPostDataException

from wallet_transaction_api.api import bodies
from wallet_transaction_api.api.plain.answers import Refused
from wallet_transaction_api.ledger import currencies, errors, rules

_JSON = "application/json"
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


def read(request: HttpRequest) -> dict[str, Any]:
    """Return the fields by name; a form's field that was sent twice is a list.

    Raises 400 for what cannot be read, 413 for too much of it, 415 for another media type.
    Uploaded files are no fields.
    """
    length = _length(request)
    if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise RequestDataTooBig
    if request.content_type == _JSON:
        return _members(bodies.parse(request.body))
    if request.content_type in _FORMS:
        _refuse_cut(request, length)
        lists = request.POST.lists()
        return {name: items[0] if len(items) == 1 else items for name, items in lists}
    if length or _is_in_chunks(request):
        raise Refused("unsupported_media_type", detail=f"Send {_JSON} or a form.")
    return {}


def read_amount(fields: Mapping[str, Any], currency: str) -> Decimal:
    """Return the field `amount`, positive; raises `AmountInvalid` or `AmountPrecision`."""
    value = fields.get("amount")
    if value is None:
        raise errors.AmountInvalid("Amount is missing.")
    amount = rules.exact_amount(value, currencies.exponent(currency))
    if amount < 0:
        raise errors.AmountInvalid("Amount is negative.")
    return amount


def _refuse_cut(request: HttpRequest, length: int) -> None:
    """Refuse a form whose end was lost on the way: `amount=100` begins with `amount=1`.

    Of one in chunks nobody could tell, and a length beside the chunks is not believed.
    """
    if _is_in_chunks(request):
        detail = "Send a form with its Content-Length, not in chunks; JSON may come in chunks."
        raise Refused("malformed_form", detail=detail)
    if _received(request, length) < length:
        raise Refused("malformed_form", detail="The body is shorter than its Content-Length.")


def _received(request: HttpRequest, length: int) -> int:
    """Return how much of the body came.

    A form that a middleware has read is not there to be measured any more: `serve` has rejected
    one that is too short before.
    """
    try:
        return len(request.body)
    except RawPostDataException:
        return length


def _is_in_chunks(request: HttpRequest) -> bool:
    return "HTTP_TRANSFER_ENCODING" in request.META


def _length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0


def _members(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise bodies.Malformed("The body is not a JSON object.")
    return value
