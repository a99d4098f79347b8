"""The short way to the operations face answers what Django's own way does, header by header."""

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import OperationalError, close_old_connections
from rest_framework_simplejwt.tokens import AccessToken

from wallet_transaction_api.api.handler import Handler
from wallet_transaction_api.api.plain.urls import OPERATIONS
from wallet_transaction_api.models import Wallet

pytestmark = pytest.mark.django_db

Call = tuple[str, str, Any, dict[str, str]]
DEPOSIT = {"operationType": "DEPOSIT", "amount": "1.50"}
#: Method, path below the wallet's, body, and what the environment says beside that.
CALLS: list[Call] = [
    ("GET", "", None, {}),
    ("GET", "/", None, {}),
    ("HEAD", "", None, {}),
    ("OPTIONS", "", None, {}),
    ("DELETE", "", None, {}),
    ("GET", "", None, {"HTTP_AUTHORIZATION": ""}),
    ("GET", "", None, {"HTTP_AUTHORIZATION": "Bearer nonsense"}),
    ("GET", "", None, {"HTTP_HOST": "elsewhere.example"}),
    ("GET", "", None, {"HTTP_HOST": "a b"}),
    ("GET", "", None, {"HTTP_ORIGIN": "https://app.example"}),
    ("OPTIONS", "", None, {"HTTP_ORIGIN": "https://app.example",
                           "HTTP_ACCESS_CONTROL_REQUEST_METHOD": "GET"}),
    ("GET", "/nosuch", None, {}),
    ("GET", "/%0a", None, {}),
    ("GET", "\xff", None, {}),
    ("GET", "\n", None, {}),
    ("POST", "", DEPOSIT, {}),
    ("GET", "/operation", None, {}),
    ("POST", "/operation", DEPOSIT, {}),
    ("POST", "/operation/", DEPOSIT, {}),
    ("POST", "/operation", DEPOSIT, {"HTTP_IDEMPOTENCY_KEY": "k"}),
    ("POST", "/operation", {"operationType": "DEPOSIT", "amount": "x"}, {}),
    ("POST", "/operation", {"operationType": "WITHDRAW", "amount": "999999"}, {}),
    ("POST", "/operation", [], {}),
    ("POST", "/operation", DEPOSIT, {"CONTENT_TYPE": "text/plain"}),
]  # fmt: skip


def ask(
    handler: WSGIHandler, method: str, path: str, body: Any = None, **more: str
) -> tuple[str, dict[str, str], bytes]:
    """Return the status, the headers and the body that a server is given."""
    sent = json.dumps(body).encode() if body is not None else b""
    given: list[Any] = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "HTTP_HOST": "testserver",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(sent)),
        "HTTP_X_REQUEST_ID": "asked",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(sent),
        **more,
    }
    answer: Any = handler(environ, lambda status, headers: given.extend((status, dict(headers))))
    text = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    return given[0], given[1], text


@pytest.fixture(autouse=True)
def closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """Keep the test's connection, in whose transaction all happens; note who would close it."""
    noted: list[bool] = []
    ways = "wallet_transaction_api.api.handler.close_old_connections"
    monkeypatch.setattr(ways, lambda: noted.append(True))
    around = (signals.request_started, signals.request_finished)
    for signal in around:
        signal.disconnect(close_old_connections)
    yield noted
    for signal in around:
        signal.connect(close_old_connections)


@pytest.fixture
def bearer(alice: User) -> dict[str, str]:
    """Return alice's credential."""
    return {"HTTP_AUTHORIZATION": f"Bearer {AccessToken.for_user(alice)}"}


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call[0]} {call[1]!a} {call[3]}")
def test_answers_are_the_same(
    call: Call, open_wallet: Callable[..., Wallet], bearer: dict[str, str], settings: Any
) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]
    method, path, body, more = call
    answers = []
    for handler in (Handler, WSGIHandler):
        wallet = open_wallet("5", label=handler.__name__)
        environ = {**bearer, **more}
        if "HTTP_IDEMPOTENCY_KEY" in more:
            environ["HTTP_IDEMPOTENCY_KEY"] = handler.__name__
        # The short way is short from the second call on; Django's is the whole way at the first.
        calls = [("GET", "", None), (method, path, body)][handler is WSGIHandler :]
        serving, below = handler(), f"/api/v1/wallets/{wallet.uuid}"
        said = [ask(serving, verb, below + rest, sent, **environ) for verb, rest, sent in calls]
        answers.append(said[-1])
    assert answers[0] == answers[1]


@pytest.mark.parametrize("failure", [OperationalError("gone"), ValueError("a defect")])
def test_failures_are_the_same(
    failure: Exception, bearer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(request: object, **path: str) -> None:
        raise failure

    for route in OPERATIONS:
        monkeypatch.setattr(route, "callback", fail)
    path = "/api/v1/wallets/some"
    assert ask(Handler(), "GET", path, **bearer) == ask(WSGIHandler(), "GET", path, **bearer)


def test_the_short_way_leads_to_the_operations_only(bearer: dict[str, str]) -> None:
    for path in ("/api/v1", "/api/v1/", "/api/v1/nosuch", "/api/wallets", "/livez", "/"):
        assert ask(Handler(), "GET", path, **bearer) == ask(WSGIHandler(), "GET", path, **bearer)


def test_a_connection_that_failed_is_closed(bearer: dict[str, str], closed: list[bool]) -> None:
    ask(Handler(), "GET", "/api/v1/wallets/some", **bearer)
    assert closed
