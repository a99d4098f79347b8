"""`manage.py serve` starts the server that the environment describes, or says why not."""

import socket
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from granian.cli import cli

from tests.addresses import free_port
from wallet_transaction_api.management.commands import serve
from wallet_transaction_api.migrating import requirements

#: How granian calls the options about what comes in from the network. Those of HTTP/2 and TLS,
#: which the service leaves to a proxy, have names of their own.
_FACING = ("--host", "--port", "--http1", "--backlog", "--backpressure", "--ws", "--interface")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Note what would have replaced this process."""
    found: list[list[str]] = []
    monkeypatch.setattr(serve.os, "execve", lambda _, arguments, __: found.append(arguments))
    return found


@pytest.mark.django_db
def test_hands_the_settings_to_the_server(started: list[list[str]], settings: Any) -> None:
    settings.HOST, settings.PORT = "127.0.0.1", free_port()
    settings.WEB_WORKERS, settings.REQUEST_BODY_SECONDS = 1, 7
    call_command("serve")
    [words] = started
    for option, value in {
        "--port": settings.PORT,
        "--workers": 1,
        "--http1-header-read-timeout": 7000,
    }.items():
        assert words[words.index(option) + 1] == str(value)
    assert words[-1] == "wallet_transaction_api.rsgi:application"


@pytest.mark.django_db
def test_every_option_that_faces_the_network_is_named(
    started: list[list[str]], settings: Any
) -> None:
    settings.PORT = free_port()
    call_command("serve")
    [words] = started
    assert words[words.index("--http") + 1] == "1"
    facing = [each for each in cli.params if each.opts[0].startswith(_FACING)]
    assert len(facing) == 10
    for option in facing:
        assert {*option.opts, *option.secondary_opts} & set(words), option.opts


@pytest.mark.django_db
def test_the_server_reads_no_options_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(serve.os, "execve", lambda _, __, environment: seen.append(environment))
    monkeypatch.setenv("GRANIAN_HTTP2_MAX_HEADERS_SIZE", "1")
    settings.PORT = free_port()
    call_command("serve")
    [environment] = seen
    assert "PATH" in environment
    assert not [name for name in environment if name.startswith("GRANIAN_")]


def test_starts_without_its_database_and_says_why_it_does_not_answer(
    started: list[list[str]], settings: Any, caplog: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise OperationalError("FATAL:  password authentication failed\n")

    monkeypatch.setattr(requirements, "unmet", fail)
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
