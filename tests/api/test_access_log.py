"""The access log has one line per request, which no client can forge."""

import logging
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from tests.conftest import Api
from wallet_transaction_api.api.access_log import AccessLog

LOGGER = "wallet_transaction_api.api.access_log"


@pytest.fixture
def client(settings: Any, caplog: pytest.LogCaptureFixture) -> Callable[..., Api]:
    """Return clients of a service that logs."""
    settings.ACCESS_LOG = True
    caplog.set_level(logging.INFO, logger=LOGGER)
    return Api


def _lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == LOGGER]


def test_names_the_client_and_the_user(
    client: Callable[..., Api], alice: User, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.1/32")]
    headers = {"X-Forwarded-For": "203.0.113.9"}
    assert client(alice).get("/api/wallets?page[size]=1", headers=headers).status_code == 200
    [line] = _lines(caplog)
    words = line.split()
    assert words[:5] == ["203.0.113.9", str(alice.pk), "GET", "/api/wallets", "200"]
    assert words[6] == "ms"


@pytest.mark.django_db
def test_escapes_what_a_client_writes(
    client: Callable[..., Api], caplog: pytest.LogCaptureFixture
) -> None:
    client().get("/nowhere%0a2026-11-30%20forged")
    [line] = _lines(caplog)
    assert line.startswith("127.0.0.1 - GET /nowhere%0A2026-11-30%20forged 404 ")


@pytest.mark.django_db
def test_has_the_request_id(client: Callable[..., Api], log: Any) -> None:
    answer = client().get("/livez")
    [line] = [line for line in log.getvalue().splitlines() if LOGGER in line]
    assert f" {answer['X-Request-ID']} " in line


def test_is_off_by_default(settings: Any) -> None:
    assert settings.ACCESS_LOG is False
    with pytest.raises(MiddlewareNotUsed):
        AccessLog(HttpResponse)


def test_logs_what_another_middleware_rejects(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ACCESS_LOG = True
    caplog.set_level(logging.INFO, logger=LOGGER)

    def blocked(request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=403)

    AccessLog(blocked)(RequestFactory().get("/x"))
    assert "GET /x 403" in _lines(caplog)[0]
