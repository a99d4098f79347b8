"""The access log: one line per request."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.utils.encoding import escape_uri_path

log = logging.getLogger(__name__)


class AccessLog:
    """Middleware: logs address, user, method, path, status and milliseconds of each request.

    It stands after `TrustedProxies`, so the address is the client's and not the proxy's. The path
    is escaped, so no client can write a line of its own. The query is left out: it may hold what
    nobody should keep. The formatter adds the request id.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.ACCESS_LOG:
            raise MiddlewareNotUsed
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then log."""
        started = time.perf_counter()
        response = self._get_response(request)
        milliseconds = (time.perf_counter() - started) * 1000
        log.info(
            "%s %s %s %s %d %.1f ms",
            request.META.get("REMOTE_ADDR") or "-",
            getattr(getattr(request, "user", None), "pk", None) or "-",
            escape_uri_path(request.method or ""),
            escape_uri_path(request.path),
            response.status_code,
            milliseconds,
        )
        return response
