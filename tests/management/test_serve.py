"""`manage.py serve` starts the server that the environment describes, or says why not."""

import socket
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from tests.addresses import free_port
from wallet_transaction_api.management.commands import serve
from wallet_transaction_api.migrating import state


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Note what would have replaced this process."""
    found: list[list[str]] = []
    monkeypatch.setattr(serve.os, "execv", lambda _, arguments: found.append(arguments))
    return found


@pytest.mark.django_db
def test_hands_the_settings_to_the_server(started: list[list[str]], settings: Any) -> None:
    settings.HOST, settings.PORT = "127.0.0.1", free_port()
    settings.WEB_WORKERS, settings.WEB_THREADS, settings.ACCESS_LOG = 1, 3, True
    call_command("serve")
    [words] = started
    for option, value in {"--port": settings.PORT, "--workers": 1, "--blocking-threads": 3}.items():
        assert words[words.index(option) + 1] == str(value)
    assert "--access-log" in words
    assert words[-1] == settings.WSGI_APPLICATION.replace(".application", ":application")


def test_starts_without_its_database_and_says_why_it_does_not_answer(
    started: list[list[str]], settings: Any, caplog: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise OperationalError("FATAL:  password authentication failed\n")

    monkeypatch.setattr(state, "missing", fail)
    settings.HOST, settings.PORT = "127.0.0.1", free_port()
    call_command("serve")
    assert len(started) == 1
    (line,) = caplog.messages
    assert line.startswith("the database does not answer")
    assert line.endswith(": OperationalError: FATAL: password authentication failed")


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104
def test_refuses_a_port_that_somebody_listens_on(
    started: list[list[str]], settings: Any, host: str
) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind((host, 0))
        other.listen()
        settings.HOST, settings.PORT = host, other.getsockname()[1]
        with pytest.raises(CommandError, match=r"^PORT: cannot listen on .*in use"):
            call_command("serve")
    assert started == []


def test_refuses_an_address_that_is_not_ours(started: list[list[str]], settings: Any) -> None:
    settings.HOST = "192.0.2.1"
    with pytest.raises(CommandError, match=r"^PORT: cannot listen on 192\.0\.2\.1"):
        call_command("serve")
    assert started == []
