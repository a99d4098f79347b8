"""Request bodies: JSON as every face reads it, refused as this face refuses."""

from typing import Any

from rest_framework.request import Request

from wallet_transaction_api.api import bodies
from wallet_transaction_api.api.jsonapi.problems import Problem, Refused


def read(request: Request) -> Any:
    """Return the body's value; raises 400 for what is not JSON."""
    try:
        return bodies.parse(request.body)
    except bodies.Malformed as error:
        raise Refused(Problem(status=400, code="malformed_json", detail=str(error))) from error
