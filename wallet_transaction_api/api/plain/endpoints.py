"""What every URL of these faces does: credential, rate, method; then one handler; one answer."""

from collections.abc import Callable
from typing import Any, TypeAlias

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from wallet_transaction_api.api import credentials, throttling
from wallet_transaction_api.api.permissions import may_use_api
from wallet_transaction_api.api.plain.answers import Refused
from wallet_transaction_api.api.plain.refusals import refuse

Handler: TypeAlias = Callable[..., HttpResponse]
Admission: TypeAlias = Callable[[HttpRequest], None]


def probes(request: HttpRequest) -> None:
    """Let everybody in, uncounted."""


def anyone(request: HttpRequest) -> None:
    """Let everybody in as nobody, whatever credential they carry."""
    request.user = AnonymousUser()
    throttling.refuse_excess(request)


def users(request: HttpRequest) -> None:
    """Let in whose token is good, also in open mode: nobody else has a wallet of their own."""
    credentials.identify(request)
    if not request.user.is_authenticated:
        raise Refused("not_authenticated")
    throttling.refuse_excess(request)


def callers(request: HttpRequest) -> None:
    """Let in whose token is good and, in open mode, who sends none."""
    credentials.identify(request)
    if not may_use_api(request):
        raise Refused("not_authenticated")
    throttling.refuse_excess(request)


class Endpoint:
    """The view of one URL: whom it admits, and a handler per method.

    A plain Django view: DRF's costs more than everything else that a balance needs.
    """

    #: No cookie is a credential here, so there is no forgery to protect from.
    csrf_exempt = True
    #: The credential is checked here, so Django's `LoginRequiredMiddleware` leaves it alone.
    login_required = False

    def __init__(self, admit: Admission, **handlers: Handler) -> None:
        self._admit = admit
        self._handlers = dict(handlers)
        if "GET" in handlers:
            self._handlers["HEAD"] = handlers["GET"]
        self._allow = {"Allow": ", ".join([*self._handlers, "OPTIONS"])}

    def __call__(self, request: HttpRequest, **path: Any) -> HttpResponse:
        """Answer the request; what is answered is for nobody to store.

        Tokens must not be (RFC 6749, 5.1), and a balance is its owner's and soon another.
        """
        response = self._answer(request, path)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _answer(self, request: HttpRequest, path: dict[str, Any]) -> HttpResponse:
        """Answer, also with what was refused."""
        try:
            self._admit(request)
            return self._handle(request, path)
        except Exception as exception:
            refused = refuse(exception)
            if refused is None:
                raise
            return refused

    def _handle(self, request: HttpRequest, path: dict[str, Any]) -> HttpResponse:
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=self._allow)
        handler = self._handlers.get(str(request.method))
        if handler is None:
            raise Refused("method_not_allowed", headers=self._allow)
        return handler(request, **path)
