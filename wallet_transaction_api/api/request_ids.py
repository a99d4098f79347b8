"""`X-Request-ID`: one name for a request in its answer, in the logs and in what it changed."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from wallet_transaction_api import names, origins
from wallet_transaction_api.origins import Origin

HEADER = "X-Request-ID"
_META = "HTTP_X_REQUEST_ID"
#: What needs no escaping in a URL, a log line or a header (RFC 3986, unreserved).
FORM = "[A-Za-z0-9._~-]{1,64}"
_is_well_formed = re.compile(FORM).fullmatch


class RequestIds:
    """Middleware, the outermost: takes the caller's id or makes one, and says it in every answer.

    An id of another form is ignored, not refused: no payment fails for the sake of a log. It is
    the caller's word, which names a request and proves nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on; whatever answers, the id is on it."""
        given = request.META.get(_META)
        known = given if given and _is_well_formed(given) else names.new()
        request.request_id = known  # type: ignore[attr-defined]  # for the log
        token = origins.origin.set(Origin(known, request))
        try:
            response = self._get_response(request)
        finally:
            origins.origin.reset(token)
        response.headers[HEADER] = known
        return response
