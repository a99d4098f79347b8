"""Request bodies: JSON as every face reads it, refused as this face refuses."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from rest_framework.request import Request

from wallet_transaction_api.api import bodies
from wallet_transaction_api.api.jsonapi.problems import Problem, Refused


def read(request: Request) -> Any:
    """Return the body's value; raises 400 for what is not JSON, 413 for too much of it."""
    try:
        return bodies.parse(request.body)
    except RequestDataTooBig as error:
        raise Refused(Problem(status=413, code="request_too_large", detail=str(error))) from error
    except bodies.Malformed as error:
        raise Refused(Problem(status=400, code="malformed_json", detail=str(error))) from error
