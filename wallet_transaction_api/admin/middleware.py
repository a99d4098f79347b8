"""What only pages need: sessions, forgery protection, messages, frames. The faces pass by.

A face's credential is a bearer token and its answers are data, so a session would be looked for
in vain at every request. Django's admin insists on these middlewares by class: subclasses do.
"""

from typing import Any, Protocol

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware

#: What the paths of the faces and probes start with.
_FACES = ("/api", "/livez", "/readyz")


class _Layer(Protocol):
    past: Any

    def __call__(self, request: Any) -> Any: ...


class _ForPages:
    """Goes through the middleware for pages, and past all of them at once for the faces."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)  # type: ignore[call-arg]  # the middleware's own
        #: What follows the last of them; Django wraps each in a function with its attributes.
        self.past = getattr(get_response, "past", get_response)

    def __call__(self: _Layer, request: Any) -> Any:
        """Go on."""
        if request.path_info.startswith(_FACES):
            return self.past(request)
        return super().__call__(request)  # type: ignore[safe-super]  # the middleware's own


class StaticFiles(_ForPages, WhiteNoiseMiddleware):  # type: ignore[misc]  # it has no types
    """The files of the pages."""


class Sessions(_ForPages, SessionMiddleware):
    """Who has logged in to the pages."""


class ForgeryProtection(_ForPages, CsrfViewMiddleware):
    """Forms come from our own pages."""


class Users(_ForPages, AuthenticationMiddleware):
    """The session's user."""


class Messages(_ForPages, MessageMiddleware):
    """What the next page shall say."""


class Frames(_ForPages, XFrameOptionsMiddleware):
    """No page is shown inside another's."""
