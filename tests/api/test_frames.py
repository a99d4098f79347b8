"""What the middlewares say is the same when it was remembered."""

from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from rest_framework_simplejwt.tokens import AccessToken

from wallet_transaction_api.api import frames
from wallet_transaction_api.api.frames import Innermost, Outermost
from wallet_transaction_api.models import Wallet

pytestmark = pytest.mark.django_db

ORIGIN = "https://app.example"
#: Path and headers, each asked after the others in one order and in the other.
CALLS: list[tuple[str, dict[str, str]]] = [
    ("/api/wallets", {}),
    ("/api/wallets", {"origin": ORIGIN}),
    ("/api/wallets", {"origin": "https://elsewhere.example"}),
    ("/api/wallets", {"host": "elsewhere.example"}),
    ("/api/wallets", {"host": "a b"}),
    ("/api/nosuch", {"origin": ORIGIN}),
    ("/api/wallets", {"x-forwarded-proto": "https"}),
    ("/api/wallets", {"x-forwarded-proto": "http"}),
    ("/api/wallet/balance", {"origin": ORIGIN, "authorization": ""}),
    ("/api/wallet/balance", {"x-forwarded-proto": "https"}),
    ("/api/wallet/balance", {}),
    ("/livez", {"origin": ORIGIN}),
]


@pytest.fixture(params=["plain", "strict"])
def settled(request: pytest.FixtureRequest, settings: Any) -> None:
    """Serve other origins; when strict, over TLS only, behind a proxy."""
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    if request.param == "strict":
        settings.TRUSTED_PROXIES = [ip_network("127.0.0.0/8")]
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        settings.SECURE_SSL_REDIRECT = True
        settings.SECURE_HSTS_SECONDS = 60


@pytest.fixture
def ask(alice: User, open_wallet: Callable[..., Wallet]) -> Callable[..., Any]:
    """Ask by a client; return status, headers and body."""
    open_wallet("5")
    bearer = {"authorization": f"Bearer {AccessToken.for_user(alice)}", "x-request-id": "asked"}

    def ask(client: Client, call: tuple[str, dict[str, str]]) -> tuple[int, Any, bytes]:
        path, headers = call
        answer = client.get(path, headers={**bearer, **headers})
        return answer.status_code, list(answer.headers.items()), answer.content

    return ask


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("order", [1, -1])
def test_whoever_was_asked_before(ask: Callable[..., Any], order: int) -> None:
    alone = [ask(Client(), call) for call in CALLS]
    serving = Client()
    for _ in range(2):
        for call, whole in list(zip(CALLS, alone, strict=True))[::order]:
            assert ask(serving, call) == whole, call


def _layers(view: Callable[[HttpRequest], Any], seen: list[str]) -> Outermost:
    """Put a middleware between the two that notes whom it sees and adds a header."""

    def between(request: HttpRequest) -> HttpResponse:
        seen.append(f"{request.method} {request.path}")
        response = inner(request)
        response.headers["X-Said"] = "between"
        response.headers["Content-Length"] = str(len(response.content))
        return response

    inner = Innermost(view)
    between.get_response = inner  # type: ignore[attr-defined]
    return Outermost(between)


@pytest.fixture
def seen() -> list[str]:
    """Return whom the middleware in between has seen."""
    return []


def test_who_was_let_pass_goes_straight_through(seen: list[str]) -> None:
    bodies = iter(["a", "four"])
    layers = _layers(lambda _: HttpResponse(next(bodies)), seen)
    requests = RequestFactory()
    answers = [layers(requests.get(path)) for path in ("/api/a", "/api/b")]
    assert seen == ["GET /api/a"]
    assert [(it["X-Said"], it["Content-Length"]) for it in answers] == [
        ("between", "1"),
        ("between", "4"),
    ]


def test_an_answer_of_unknown_length_is_given_none(seen: list[str]) -> None:
    answers = iter([HttpResponse("one"), StreamingHttpResponse(["t", "wo"])])
    layers = _layers(lambda _: next(answers), seen)
    layers(RequestFactory().get("/api/a"))
    assert "Content-Length" not in layers(RequestFactory().get("/api/a"))


@pytest.mark.parametrize("status", [204, 304])
@pytest.mark.parametrize("path", ["/api/a", "/page"])
def test_an_answer_without_a_body_is_not_measured(seen: list[str], path: str, status: int) -> None:
    answers = iter([HttpResponse(status=status), HttpResponse("one"), HttpResponse(status=status)])
    layers = _layers(lambda _: next(answers), seen)
    lengths = [layers(RequestFactory().get(path)).get("Content-Length") for _ in range(3)]
    assert lengths == [None, "3", None]


def test_pages_and_preflights_go_all_the_way(seen: list[str]) -> None:
    layers = _layers(lambda _: HttpResponse(), seen)
    requests = RequestFactory()
    for _ in range(2):
        layers(requests.get("/admin/"))
        layers(requests.options("/api/a"))
    assert seen == ["GET /admin/", "OPTIONS /api/a"] * 2


def test_the_views_own_word_counts(seen: list[str]) -> None:
    spoken = iter([{}, {"X-Said": "view", "Vary": "Accept"}])
    layers = _layers(lambda _: HttpResponse(headers=next(spoken)), seen)
    requests = RequestFactory()
    layers(requests.get("/api/a"))
    assert layers(requests.get("/api/a"))["X-Said"] == "view"


def test_what_is_remembered_is_bounded(seen: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "_MOST", 2)
    layers = _layers(lambda _: HttpResponse(), seen)
    for number in range(5):
        layers(RequestFactory().get("/api/a", headers={"origin": f"https://{number}.example"}))
    assert 0 < len(layers._frames) <= 2
