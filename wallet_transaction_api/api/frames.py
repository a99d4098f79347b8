"""What the middlewares say to requests that are alike to them, asked once.

Between the two middlewares of this module stand those that look at a few lines of a request to a
face and at nothing else: they refuse or redirect it, or let it pass and give its answer the same
headers each time. Who was let pass once goes straight through, and gets those headers.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

#: All that the middlewares in between look at, of requests to a face.
_LINES = (
    "HTTP_HOST",
    "HTTP_ORIGIN",
    "HTTP_X_FORWARDED_PROTO",
    "SERVER_NAME",
    "SERVER_PORT",
    "wsgi.url_scheme",
)
_FACES = "/api/"
_LENGTH = "content-length"
_BODILESS = frozenset({204, 304})
#: Forgotten all at once beyond this many: clients choose their origins.
_MOST = 1000

GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponse]
Alike: TypeAlias = tuple[str | None, ...]
#: Headers as Django keeps them: by the name in small letters, the name and the value.
Headers: TypeAlias = dict[str, tuple[str, str]]


class Outermost:
    """Middleware: goes through those that follow, or past them if they let such a one pass."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response
        self._innermost = _innermost_of(get_response)
        self._frames: dict[Alike, Headers] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on; what has no body is not measured (RFC 9110, 8.6)."""
        response = self._passed(request)
        if response.status_code in _BODILESS:
            _stored(response).pop(_LENGTH, None)
        return response

    def _passed(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(_FACES) or request.method == "OPTIONS":
            return self._get_response(request)
        alike = tuple(map(request.META.get, _LINES))
        frame = self._frames.get(alike)
        if frame is None:
            return self._learn(alike, request)
        return _framed(self._innermost(request), frame)

    def _learn(self, alike: Alike, request: HttpRequest) -> HttpResponse:
        """Go through them, and note what they add to an answer that they let through."""
        response = self._get_response(request)
        bare: Headers | None = getattr(request, "bare_headers", None)
        if bare is not None:
            said = _stored(response).items()
            added = {name: line for name, line in said if bare.get(name) != line}
            added.pop(_LENGTH, None)
            if not added.keys() & bare.keys():  # of what was merged each one's part is not seen
                self._remember(alike, added)
        return response

    def _remember(self, alike: Alike, frame: Headers) -> None:
        if len(self._frames) >= _MOST:
            self._frames.clear()
        self._frames[alike] = frame


class Innermost:
    """Middleware: notes what headers an answer has before the others add theirs."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response
        #: Django wraps middlewares in functions, which have the attributes of instances only.
        self.is_innermost = True

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on."""
        response = self._get_response(request)
        request.bare_headers = dict(_stored(response))  # type: ignore[attr-defined]
        return response


def _innermost_of(layer: Any) -> GetResponse:
    """Walk inwards as Django's own middlewares are made: each knows the next as `get_response`."""
    while not hasattr(layer, "is_innermost"):
        layer = layer.get_response
    found: GetResponse = layer
    return found


def _framed(response: HttpResponse, frame: Headers) -> HttpResponse:
    headers, vary = _stored(response), frame.get("vary")
    if vary and "vary" in headers:
        patch_vary_headers(response, [vary[1]])
    if _LENGTH not in headers and not response.streaming:
        response.headers["Content-Length"] = str(len(response.content))
    # Written as they are kept: through the front door each is checked and encoded anew.
    for name, line in frame.items():
        headers.setdefault(name, line)
    return response


def _stored(response: HttpResponse) -> Headers:
    stored: Headers = response.headers._store  # noqa: SLF001
    return stored
