"""Middlewares as anybody may add them, written as Django documents middlewares."""

import secrets
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden

GetResponse = Callable[[HttpRequest], HttpResponse]

BLOCKED = "203.0.113.7"
NONCE = "X-Nonce"
STAMP = "X-Stamp"
#: What the middlewares below have seen; a test empties it.
seen: list[Any] = []


def stamp(get_response: GetResponse) -> GetResponse:
    """Add a header to every answer: the function of Django's documentation."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response[STAMP] = "stamped"
        return response

    return middleware


class Blocklist:
    """Forbids an address."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on, unless the address is blocked."""
        if request.META["REMOTE_ADDR"] == BLOCKED:
            return HttpResponseForbidden("blocked")
        return self.get_response(request)


class Nonces:
    """Gives each answer a header of its own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on."""
        response = self.get_response(request)
        response[NONCE] = secrets.token_hex(8)
        return response


class Views:
    """Notes the view of each request."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on."""
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> None:
        """Note the path, and whether the view is the one that the route names."""
        seen.append((request.path, request.resolver_match.func is view))


class Users:
    """Notes who is logged in, before the view and after."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        """Read the user, go on, read it again."""
        seen.append((request.path, request.user.get_username()))
        response = self.get_response(request)
        str(request.user)
        return response


class _Raises:
    """Raises on the way in."""

    error: Exception

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go no further."""
        raise self.error


class Forbids(_Raises):
    """A middleware that forbids everything."""

    error = PermissionDenied("secret")


class Hides(_Raises):
    """A middleware that hides everything."""

    error = Http404("secret")


class Breaks(_Raises):
    """A middleware with a defect."""

    error = ZeroDivisionError("secret")


class Forms:
    """Reads what a form posts, before any view does."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on."""
        seen.append(dict(request.POST))
        return self.get_response(request)
