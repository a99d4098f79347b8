"""The APIs take no cookie for a credential: sessions and CSRF tokens are for the admin's pages."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from wallet_transaction_api.api.trouble import is_api


class NoSessions:
    """Middleware: takes the session's and the CSRF cookie out of a request to an API.

    A browser that is logged in to the admin sends both. Without them its API calls are anonymous
    until the view has checked their credential, and no answer deletes or renews a cookie. It
    stands before `SessionMiddleware`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on without them."""
        if "HTTP_COOKIE" in request.META and is_api(request):
            for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
                request.COOKIES.pop(name, None)
        return self._get_response(request)
