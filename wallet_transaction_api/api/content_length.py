"""RFC 9110, 8.6: an answer that never has a body has no `Content-Length`."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_BODILESS = frozenset({204, 304})


class NoLengthWithoutBody:
    """Middleware: removes the length that `CommonMiddleware` gives every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on; what has no body is not measured."""
        response = self._get_response(request)
        if response.status_code in _BODILESS:
            response.headers.pop("Content-Length", None)
        return response
