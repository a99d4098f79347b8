"""`TRUSTED_PROXIES`: who may say on whose behalf, and over what, a request comes."""

from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from tests.conftest import Api
from wallet_transaction_api import env
from wallet_transaction_api.api.proxies import TrustedProxies

Seen = Callable[..., tuple[str, bool]]


@pytest.fixture
def seen(settings: Any) -> Seen:
    """Send a request through the middleware; return the address and whether it is secure."""
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

    def send(peer: str, forwarded: str = "", proto: str = "") -> tuple[str, bool]:
        headers = {"HTTP_X_FORWARDED_FOR": forwarded, "HTTP_X_FORWARDED_PROTO": proto}
        request = RequestFactory().get("/", REMOTE_ADDR=peer, **headers)  # type: ignore[arg-type]

        def view(request: HttpRequest) -> HttpResponse:
            return HttpResponse()

        TrustedProxies(view)(request)
        assert "HTTP_X_FORWARDED_FOR" not in request.META
        return request.META["REMOTE_ADDR"], request.is_secure()

    return send


@pytest.mark.parametrize(
    ("peer", "forwarded", "caller"),
    [
        ("10.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "6.6.6.6, 192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "6.6.6.6, 192.0.2.7, 10.0.0.2", "192.0.2.7"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.7, nonsense", "10.0.0.1"),
        ("10.0.0.1", " , ,", "10.0.0.1"),
        ("::ffff:10.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db9::7", "2001:db9::7"),
        ("192.0.2.9", "6.6.6.6", "192.0.2.9"),
        ("192.0.2.9", "10.0.0.1", "192.0.2.9"),
        ("", "6.6.6.6", ""),
    ],
)
def test_the_caller_is_the_nearest_that_is_no_proxy(
    seen: Seen, peer: str, forwarded: str, caller: str
) -> None:
    assert seen(peer, forwarded)[0] == caller


@pytest.mark.parametrize(
    ("peer", "proto", "secure"),
    [
        ("10.0.0.1", "https", True),
        ("10.0.0.1", "http", False),
        ("10.0.0.1", "https, http", False),
        ("10.0.0.1", "http, https", True),
        ("10.0.0.1", "", False),
        ("192.0.2.9", "https", False),
    ],
)
def test_tls_is_believed_from_proxies_alone(
    seen: Seen, peer: str, proto: str, secure: bool
) -> None:
    assert seen(peer, proto=proto)[1] is secure


def test_links_and_rates_follow_the_proxy(alice: User, settings: Any) -> None:
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.0/8")]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    headers = {"X-Forwarded-Proto": "https"}
    answer = Api(alice).get("/api/wallets", headers=headers)
    assert answer.json()["links"]["self"].startswith("https://")
    settings.AUTH_REQUIRED, settings.THROTTLE_ANON = False, env.Rate(1, 86400)
    codes = [
        Api().get("/api/wallets", headers={"X-Forwarded-For": caller}).status_code
        for caller in ("192.0.2.1", "192.0.2.2", "192.0.2.1")
    ]
    assert codes == [200, 200, 429]


def test_without_proxies_no_header_is_believed(alice: User, settings: Any) -> None:
    assert settings.TRUSTED_PROXIES == []
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}
    answer = Api(alice).get("/api/wallets", headers=headers)
    assert answer.json()["links"]["self"] == "http://testserver/api/wallets"
    with pytest.raises(MiddlewareNotUsed):
        TrustedProxies(lambda _: HttpResponse())


def test_a_bad_network_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", "10.0.0.0/8, 10.0.0.1/8")
    with pytest.raises(env.ConfigurationError, match=r"^TRUSTED_PROXIES: "):
        env.networks("TRUSTED_PROXIES")
