"""`MIDDLEWARE` is Django's: an ordinary middleware works on every URL, wherever it may stand."""

import gzip
import importlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.auth.models import User
from django.core import signals
from django.core.checks import run_checks
from django.core.checks.messages import WARNING
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections
from django.test import Client
from rest_framework_simplejwt.tokens import AccessToken

from tests import middlewares
from tests.middlewares import BLOCKED, NONCE, STAMP, seen
from wallet_transaction_api import wsgi
from wallet_transaction_api.models import Wallet

pytestmark = pytest.mark.django_db

CHAIN = tuple(configured.MIDDLEWARE)
DJANGOS = (
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
)
GZIP = "django.middleware.gzip.GZipMiddleware"
PLACES = range(len(CHAIN) + 1)
#: What reads `request.user` stands after who sets it.
AFTER_USERS = range(CHAIN.index(DJANGOS[6]) + 1, len(CHAIN) + 1)
OTHER = "198.51.100.1"
AROUND = (signals.request_started, signals.request_finished)
DEPOSIT = {"operationType": "DEPOSIT", "amount": "1.50"}
JSONAPI = "application/vnd.api+json"

#: Method, path, body, media type of the body, status.
Call = tuple[str, str, Any, str, int]
Ask = Callable[..., Any]


@pytest.fixture
def calls(alice: User, open_wallet: Callable[..., Wallet]) -> list[Call]:
    """Return a call of every kind of URL."""
    wallet = open_wallet("5")
    operations, form = f"/api/v1/wallets/{wallet.uuid}", "application/json"
    posted = {
        "type": "transactions",
        "attributes": {"amount": "1.00"},
        "relationships": {"wallet": {"data": {"type": "wallets", "id": str(wallet.pk)}}},
    }
    named = {"username": "alice", "password": "alice-s3cret"}
    return [
        ("GET", "/api/wallets", None, "", 200),
        ("GET", f"/api/wallets/{wallet.pk}", None, "", 200),
        ("POST", "/api/transactions", {"data": posted}, JSONAPI, 201),
        ("GET", "/api/wallet/balance/", None, "", 200),
        ("POST", "/api/wallet/credit/", {"amount": "1"}, form, 200),
        ("GET", operations, None, "", 200),
        ("POST", f"{operations}/operation", DEPOSIT, form, 200),
        ("POST", "/api/token/", named, form, 200),
        ("GET", "/api/nosuch", None, "", 404),
        ("GET", "/api/docs", None, "", 200),
        ("GET", "/api/openapi.json", None, "", 200),
        ("GET", "/livez", None, "", 200),
        ("GET", "/readyz", None, "", 200),
        ("GET", "/admin/login/", None, "", 200),
        ("GET", "/admin/", None, "", 302),
    ]


@pytest.fixture(autouse=True)
def _nothing_seen() -> None:
    seen.clear()


@pytest.fixture
def bearer(alice: User) -> dict[str, str]:
    """Return alice's credential."""
    return {"Authorization": f"Bearer {AccessToken.for_user(alice)}"}


@pytest.fixture
def ask(bearer: dict[str, str], settings: Any) -> Callable[[int, str], Ask]:
    """Insert a middleware; return what calls through the chain from an address."""

    def insert(place: int, middleware: str) -> Ask:
        settings.MIDDLEWARE = [*CHAIN[:place], middleware, *CHAIN[place:]]
        client = Client(raise_request_exception=False)

        def call(call: Call, address: str = OTHER, **more: str) -> Any:
            method, path, body, kind, _ = call
            headers = {**bearer, **more} if path.startswith("/api") else more
            data = json.dumps(body) if body is not None else ""
            return client.generic(method, path, data, kind, headers=headers, REMOTE_ADDR=address)

        return call

    return insert


def _ours(name: str) -> str:
    return f"{middlewares.__name__}.{name}"


def _thrice(calls: list[Call]) -> Iterator[tuple[Call, str]]:
    """Yield every call three times, each time as two callers."""
    for call in calls:
        for _ in range(3):
            yield call, BLOCKED
            yield call, OTHER


def test_the_chain_is_djangos_and_no_check_is_silenced(settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = (
        True  # in development they are not
    )
    assert [name for name in CHAIN if not name.startswith("wallet_transaction_api.")] == [*DJANGOS]
    assert configured.SILENCED_SYSTEM_CHECKS == []
    ours = {"wallet_transaction_api.W001", "security.W004", "security.W008"}
    found = run_checks(include_deployment_checks=True, databases=[])
    assert {message.id for message in found if message.level >= WARNING} <= ours


@pytest.mark.parametrize("place", PLACES)
def test_a_function(ask: Any, calls: list[Call], place: int) -> None:
    call = ask(place, _ours("stamp"))
    for each, address in _thrice(calls):
        answer = call(each, address)
        assert (answer.status_code, answer.headers.get(STAMP)) == (each[4], "stamped"), each


@pytest.mark.parametrize("place", PLACES)
def test_a_blocklist(ask: Any, calls: list[Call], place: int) -> None:
    call = ask(place, _ours("Blocklist"))
    for each, address in _thrice(calls):
        answer = call(each, address)
        assert answer.status_code == (403 if address == BLOCKED else each[4]), each
        assert (answer.content == b"blocked") == (address == BLOCKED)


@pytest.mark.parametrize("place", PLACES)
def test_a_header_per_request(ask: Any, calls: list[Call], place: int) -> None:
    call = ask(place, _ours("Nonces"))
    nonces = [call(each, address)[NONCE] for each, address in _thrice(calls)]
    assert len(set(nonces)) == len(nonces)


@pytest.mark.parametrize("place", PLACES)
def test_compression(ask: Any, calls: list[Call], place: int) -> None:
    call = ask(place, GZIP)
    compressed = 0
    for each, address in _thrice(calls):
        zipped = call(each, address, **{"Accept-Encoding": "gzip"})
        whole = call(each, address)
        assert zipped.status_code == whole.status_code == each[4], each
        assert "Content-Encoding" not in whole.headers
        body = zipped.content
        assert zipped["Content-Length"] == str(len(body))
        if zipped.headers.get("Content-Encoding") == "gzip":
            body, compressed = gzip.decompress(body), compressed + 1
        _compare(each, body, whole)
    assert compressed >= 6 * 4


def _compare(call: Call, body: bytes, whole: Any) -> None:
    if not whole["Content-Type"].startswith(("application/json", JSONAPI)):
        assert body.startswith(whole.content[:9])
        return
    read, expected = json.loads(body), json.loads(whole.content)
    assert read.keys() == expected.keys()
    if call[0] == "GET":
        assert read == expected


@pytest.mark.parametrize("place", PLACES)
def test_one_that_looks_at_views(ask: Any, calls: list[Call], place: int) -> None:
    call = ask(place, _ours("Views"))
    for each, address in _thrice(calls):
        seen.clear()
        assert call(each, address).status_code == each[4]
        assert seen == [(each[1], True)]


@pytest.mark.parametrize("place", AFTER_USERS)
def test_one_that_reads_the_user(ask: Any, calls: list[Call], place: int) -> None:
    call = ask(place, _ours("Users"))
    for each, address in _thrice(calls):
        seen.clear()
        assert call(each, address).status_code == each[4]
        assert seen == [(each[1], "")]


def test_djangos_own_that_requires_a_login_leaves_the_apis_alone(
    ask: Any, calls: list[Call]
) -> None:
    """Their views check the credential themselves; the pages of the admin ask for a login."""
    call = ask(AFTER_USERS[0], "django.contrib.auth.middleware.LoginRequiredMiddleware")
    for each in calls:
        assert call(each).status_code == each[4], each


@pytest.mark.parametrize("place", [0, AFTER_USERS[0]])
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", "amount=3.00"),
        (
            "multipart/form-data; boundary=q",
            '--q\r\nContent-Disposition: form-data; name="amount"\r\n\r\n3.00\r\n--q--\r\n',
        ),
    ],
)
def test_one_that_reads_forms(  # noqa: PLR0917 pytest names them
    place: int, kind: str, body: str, bearer: dict[str, str], settings: Any, alice: User
) -> None:
    settings.MIDDLEWARE = [*CHAIN[:place], _ours("Forms"), *CHAIN[place:]]
    client = Client(raise_request_exception=False)
    answer = client.generic("POST", "/api/wallet/credit/", body, kind, headers=bearer)
    assert (answer.status_code, answer.json()["balance"]) == (200, "3.00")
    assert seen == [{"amount": ["3.00"]}]
    broken = client.generic(
        "POST", "/api/wallet/credit/", body, "multipart/form-data", headers=bearer
    )
    assert broken.status_code == 400


@pytest.mark.parametrize("place", AFTER_USERS)
def test_who_is_logged_in_to_the_admin_is_nobody_on_the_apis(
    ask: Any, calls: list[Call], staff: User, settings: Any, place: int
) -> None:
    settings.MIDDLEWARE = [*CHAIN[:place], _ours("Users"), *CHAIN[place:]]
    client = Client(raise_request_exception=False)
    client.force_login(staff)
    names = {
        path: (client.get(path).status_code, seen.pop()[1])
        for path in ("/admin/", "/api/wallets", "/api/wallet/balance/", "/livez")
    }
    assert names == {
        "/admin/": (200, "staff"),
        "/api/wallets": (401, ""),
        "/api/wallet/balance/": (401, ""),
        "/livez": (200, ""),
    }


#: What raises, and what is answered.
RAISING = {
    "Forbids": (403, "permission_denied"),
    "Hides": (404, "not_found"),
    "Breaks": (500, "internal_error"),
}
#: With DEBUG, what stands inside this one.
JSON_IN_DEBUG = CHAIN.index("wallet_transaction_api.api.trouble.JsonInDebug")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", RAISING)
def test_one_that_raises(ask: Any, place: int, name: str) -> None:
    _raises(ask(place, _ours(name)), *RAISING[name])


@pytest.mark.parametrize("place", [JSON_IN_DEBUG + 1, AFTER_USERS[0], PLACES[-1]])
@pytest.mark.parametrize("name", RAISING)
def test_one_that_raises_with_debug(ask: Any, settings: Any, place: int, name: str) -> None:
    settings.DEBUG = True
    _raises(ask(place, _ours(name)), *RAISING[name])


def _raises(call: Ask, status: int, code: str) -> None:
    """Expect JSON of the APIs and a page of the admin."""
    for path in ("/api/wallets", "/api/wallet/balance/", "/api/v1/wallets/x"):
        answer = call(("GET", path, None, "", status))
        assert answer.status_code == status
        assert code in str(answer.json())
        assert b"secret" not in answer.content
    page = call(("GET", "/admin/login/", None, "", status))
    assert page.status_code == status
    assert page["Content-Type"].startswith("text/html")


COOKIES = ["", "sessionid=x", "sessionid=0123456789abcdef0123456789abcdef", "csrftoken=x", "a=b"]


@pytest.mark.parametrize("cookie", COOKIES)
def test_the_apis_neither_take_nor_set_cookies(ask: Any, calls: list[Call], cookie: str) -> None:
    call = ask(0, _ours("stamp"))
    for each in calls:
        if not each[1].startswith("/admin"):
            answer = call(each, Cookie=cookie)
            assert answer.status_code == each[4]
            assert not answer.cookies
            assert "Cookie" not in answer.headers.get("Vary", "")


class TestOnTheServer:
    """By the WSGI application that a server loads, not Django's test client."""

    @pytest.mark.parametrize("place", PLACES)
    def test_ordinary_middlewares_work(
        self, calls: list[Call], bearer: dict[str, str], settings: Any, place: int
    ) -> None:
        added = [_ours(name) for name in ("Blocklist", "Nonces", "stamp", "Views")]
        settings.MIDDLEWARE = [*CHAIN[:place], *added, *CHAIN[place:]]
        with _loaded() as application:
            _all_work(application, calls, bearer)

    def test_the_handler_is_djangos_and_sends_its_signals(
        self, calls: list[Call], bearer: dict[str, str]
    ) -> None:
        sent: list[Any] = []

        def receive(sender: Any, signal: Any, **kwargs: Any) -> None:
            sent.append((signal, sender))

        for signal in AROUND:
            signal.connect(receive)
        with _loaded() as application:
            for call in calls:
                sent.clear()
                assert _ask(application, call, bearer)[0] == call[4]
                assert sent == [(signal, WSGIHandler) for signal in AROUND]
        for signal in AROUND:
            assert signal.disconnect(receive)


@contextmanager
def _loaded() -> Iterator[Any]:
    """Load the module that servers load, with the settings of now.

    The connection stays open, as with Django's test client: the test's transaction is in it.
    """
    for signal in AROUND:
        signal.disconnect(close_old_connections)
    try:
        yield importlib.reload(wsgi).application
    finally:
        for signal in AROUND:
            signal.connect(close_old_connections)


def _all_work(application: Any, calls: list[Call], bearer: dict[str, str]) -> None:
    nonces = []
    for call, address in _thrice(calls):
        seen.clear()
        status, headers, body = _ask(application, call, bearer, REMOTE_ADDR=address)
        if address == BLOCKED:
            assert (status, body, seen) == (403, b"blocked", [])
        else:
            assert (status, headers[STAMP]) == (call[4], "stamped")
            assert seen == [(call[1], True)]
            nonces.append(headers[NONCE])
    assert len(set(nonces)) == len(nonces) > 0


def _ask(
    application: Any, call: Call, bearer: dict[str, str], **more: str
) -> tuple[int, dict[str, str], bytes]:
    """Return the status, the headers and the body that a server is given."""
    method, path, body, kind, _ = call
    sent = json.dumps(body).encode() if body is not None else b""
    given: list[Any] = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "HTTP_HOST": "testserver",
        "REMOTE_ADDR": OTHER,
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(len(sent)),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(sent),
        **({"HTTP_AUTHORIZATION": bearer["Authorization"]} if path.startswith("/api") else {}),
        **more,
    }
    answer = application(environ, lambda status, headers: given.extend((status, dict(headers))))
    text = b"".join(answer)
    answer.close()
    return int(given[0][:3]), given[1], text
