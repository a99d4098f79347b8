"""`/api/openapi.json` and `/api/docs`: the document, and Swagger UI served from our own host."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.views import SpectacularSwaggerView

from wallet_transaction_api.api.openapi.generator import Generator
from wallet_transaction_api.api.plain.answers import Refused, answer


class _SwaggerUi(SpectacularSwaggerView):
    """Swagger UI without the CSRF token that it offers to APIs of sessions, and its cookie."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer with the page."""
        view: Any = super()
        page = view.get(request, *args, **kwargs)
        page.data["csrf_token"] = ""
        return page


_swagger_ui = _SwaggerUi.as_view(url_name="openapi", throttle_classes=())


def document(request: HttpRequest) -> HttpResponse:
    """Answer with the OpenAPI document: the same for everybody."""
    return HttpResponse(_text(), content_type="application/json")


def docs(request: HttpRequest) -> HttpResponse:
    """Answer with Swagger UI; nothing in it comes from elsewhere, and no other page frames it.

    Who tries requests there types a token; without this whoever opened the window could reach it.
    """
    page = _swagger_ui(request)
    if page.status_code == 406:  # noqa: PLR2004 `Accept` admits no HTML
        raise Refused("not_acceptable", detail="This page is HTML: accept text/html.")
    page.headers["X-Frame-Options"] = "DENY"
    page.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return page


@cache
def _text() -> bytes:
    generator: Any = Generator
    return answer(generator().get_schema(public=True)).content
