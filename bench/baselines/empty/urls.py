"""One URL."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from bench.baselines.credentials import authenticated


@authenticated
def empty(request: HttpRequest) -> HttpResponse:
    """Answer as short as a balance is, with the length that keep-alive clients want."""
    return HttpResponse(b'{"balance": "0.00"}', headers={"Content-Length": "19"})


urlpatterns = [path("empty", empty)]
