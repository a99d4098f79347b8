"""What goes wrong outside the views, answered in the dialect of the face that was asked."""

import re
import sys
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt

from wallet_transaction_api import outages
from wallet_transaction_api.api.errors import RETRY_AFTER
from wallet_transaction_api.api.jsonapi import problems
from wallet_transaction_api.api.jsonapi.negotiation import HEADERS, MEDIA_TYPE, DocumentRenderer
from wallet_transaction_api.api.jsonapi.problems import Problem
from wallet_transaction_api.api.plain.answers import answer
from wallet_transaction_api.ledger import errors

_PLAIN = re.compile(r"/(api/(wallet|token|register|v1)|livez|readyz)(/|\Z)")
_JSONAPI = re.compile(r"/api(/|\Z)")
#: What every path of both starts with.
_STARTS = ("/api", "/livez", "/readyz")
_UNAVAILABLE = errors.LedgerUnreachable
#: What Django itself answers for an exception that no view handled.
_REJECTED = {
    400: ("bad_request", "Bad request"),
    403: ("permission_denied", "Permission denied"),
    404: ("not_found", "Not found"),
    500: ("internal_error", "Internal error"),
}


class DatabaseTrouble:
    """Middleware: a view that does not know how to say so answers 503 for a database in trouble."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for the view."""
        return _unavailable(request, exception) if _is_trouble(exception) else None


class JsonInDebug:
    """Middleware: an API answers JSON also with `DEBUG`, when Django makes a page of an exception.

    The log has the traceback. Without `DEBUG` the handlers below answer, and this is not used.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.DEBUG:
            raise MiddlewareNotUsed
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on, and answer with an API's error in place of a page."""
        response = self._get_response(request)
        kind = response.headers.get("Content-Type", "")
        is_page = response.status_code in _REJECTED and kind.startswith(("text/html", "text/plain"))
        return _rejected(request, response.status_code) if is_page and is_api(request) else response


@login_not_required
@csrf_exempt
def nothing_here(request: HttpRequest) -> HttpResponse:
    """Answer 404 for a path below `/api` that no face has."""
    return _rejected(request, 404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400 for what Django or a middleware rejects, such as a foreign `Host`."""
    return _rejected(request, 400) if is_api(request) else defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403 for what a middleware forbids."""
    if is_api(request):
        return _rejected(request, 403)
    return defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 for a path that no route has, or that a middleware hides."""
    if is_api(request):
        return _rejected(request, 404)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 for a defect of ours, 503 where the database failed before any view."""
    error = sys.exception()
    if _is_trouble(error):
        return _unavailable(request, error)
    return _rejected(request, 500) if is_api(request) else defaults.server_error(request)


def is_api(request: HttpRequest) -> bool:
    """Tell whether the path is an API's or a probe's, which answer JSON whatever happens."""
    path = request.path_info
    return path.startswith(_STARTS) and bool(_PLAIN.match(path) or _JSONAPI.match(path))


def _rejected(request: HttpRequest, status: int) -> HttpResponse:
    return _answer(request, status, *_REJECTED[status])


def _unavailable(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    """Answer 503: nothing is known to be done, try again later."""
    if outages.is_outage(error):
        outages.report(error)
    response = _answer(request, 503, _UNAVAILABLE.code, _UNAVAILABLE.title())
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def _is_trouble(error: BaseException | None) -> bool:
    return isinstance(error, errors.Unavailable) or outages.is_outage(error)


def _answer(request: HttpRequest, status: int, code: str, error: str) -> HttpResponse:
    if _PLAIN.match(request.path_info):
        body = {"error": error, "code": code}
        return answer(body, status=status, headers={"Cache-Control": "no-store"})
    if _JSONAPI.match(request.path_info):
        document = problems.document([Problem(status=status, code=code, detail=f"{error}.")])
        text = DocumentRenderer().render(document)
        return HttpResponse(text, status=status, content_type=MEDIA_TYPE, headers=HEADERS)
    return HttpResponse(f"{error}\n", status=status, content_type="text/plain; charset=utf-8")
