"""Checks the attributes of a document: which may be written, by whom, and their values."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from rest_framework.serializers import Serializer, ValidationError

from wallet_transaction_api.api.client_text import quoted
from wallet_transaction_api.api.jsonapi.documents import Document
from wallet_transaction_api.api.jsonapi.pointers import join, nearest
from wallet_transaction_api.api.jsonapi.problems import Problem, Refused, at_attribute
from wallet_transaction_api.api.jsonapi.resources import Resource
from wallet_transaction_api.ledger import errors

#: Codes that clients tell apart; DRF's own for whatever else is wrong with a value are `invalid`.
_KNOWN = {"required", errors.AmountInvalid.code, errors.AmountPrecision.code}
#: So many unknown attributes are named: a body has room for a hundred thousand, an answer not.
MOST_UNKNOWN = 100

#: Messages with their codes, by column.
_Details = Any


def read(
    document: Document,
    resource: Resource,
    shape: Serializer[Any],
    *,
    writable: frozenset[str],
    staff: bool,
    missing: Sequence[Problem] = (),
) -> dict[str, Any]:
    """Return the values by column; everything wrong with them is reported together.

    Raises 403 for members that the caller may not write, else 422 for unknown attributes,
    refused values and whatever is `missing` besides.
    """
    known = resource.attributes_for(staff=staff)
    _refuse_read_only(document, known.keys() - writable)
    members = {name: known[name].column for name in document.attributes if name in known}
    values, refused = _validated(
        shape, {column: document.attributes[name] for name, column in members.items()}
    )
    problems = [*_unknown(document, resource, known), *_refused(document, resource, refused)]
    if problems or missing:
        raise Refused(*problems, *missing)
    return values


def required(document: Document, member: str) -> Problem:
    """Make the problem of a missing member; its pointer names what is there."""
    pointer = nearest(document.body, "/data/attributes", "/data")
    return at_attribute(member, pointer, 422, "required", f"{member} is required.")


def _refuse_read_only(document: Document, fixed: Any) -> None:
    problems = [
        at_attribute(name, join("data", "attributes", name), 403, "read_only", f"{name} is fixed.")
        for name in document.attributes
        if name in fixed
    ]
    if problems:
        raise Refused(*problems)


def _unknown(document: Document, resource: Resource, known: Mapping[str, Any]) -> Iterator[Problem]:
    unknown = (name for name in document.attributes if name not in known)
    for name in islice(unknown, MOST_UNKNOWN):
        detail = f"{resource.type} have no attribute {quoted(name)}."
        pointer = join("data", "attributes", name)
        yield at_attribute(name, pointer, 422, "unknown_attribute", detail)


def _validated(shape: Serializer[Any], data: dict[str, Any]) -> tuple[dict[str, Any], _Details]:
    """Return the values by column, and what is wrong with those refused."""
    try:
        return dict(shape.run_validation(data)), {}
    except ValidationError as error:
        return {}, error.detail


def _refused(document: Document, resource: Resource, refused: _Details) -> Iterator[Problem]:
    members = {item.column: name for name, item in resource.attributes.items()} if refused else {}
    for column, details in refused.items():
        member = members[column]
        for detail in details:
            code = detail.code if detail.code in _KNOWN else "invalid"
            if code == "required":
                yield required(document, member)
            else:
                pointer = join("data", "attributes", member)
                yield at_attribute(member, pointer, 422, code, str(detail))
