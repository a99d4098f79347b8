"""Every request of README.md, run by the shell as it stands there, against a live server."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from django.conf import global_settings
from django.core.management import call_command

from tests.live.conftest import ROOT

pytestmark = [pytest.mark.serial, pytest.mark.django_db(transaction=True)]

_BLOCK = re.compile(r"^```(sh|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ANYTHING = "…"


class Request(NamedTuple):
    """A command of the README and the answer that it promises."""

    command: str
    promised: Any


def _requests() -> Iterator[Request]:
    blocks = _BLOCK.findall((ROOT / "README.md").read_text())
    for (kind, text), following in zip(blocks, [*blocks[1:], ("", "")], strict=True):
        if kind == "sh" and "curl" in text:
            promised = json.loads(following[1]) if following[0] == "json" else None
            yield Request(text, promised)


def _assert_promised(promised: Any, got: Any, where: str) -> None:
    """Compare member by member; the README leaves members out and writes … for any value."""
    if isinstance(promised, dict):
        assert isinstance(got, dict), where
        for name, value in promised.items():
            assert name in got, f"{where}.{name}"
            _assert_promised(value, got[name], f"{where}.{name}")
    elif isinstance(promised, list):
        assert len(got) == len(promised), where
        for index, (value, item) in enumerate(zip(promised, got, strict=True)):
            _assert_promised(value, item, f"{where}[{index}]")
    elif promised != _ANYTHING:
        assert got == promised, where


class Shell:
    """One shell session after the other, with the variables that the reader would have set."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.variables: dict[str, str] = {}

    def run(self, command: str) -> str:
        """Run the README's text with our server's address; return what it prints."""
        assignments = "".join(f"{name}={value}\n" for name, value in self.variables.items())
        script = assignments + command.replace("http://127.0.0.1:8000", self.url)
        if command.startswith("TOKEN="):
            script += '\nprintf %s "$TOKEN"'
        done = subprocess.run(
            ["/bin/bash", "-euo", "pipefail", "-c", script],
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.stdout

    def learn(self, answer: Any) -> None:
        """Note the wallet's id and uuid, and the hold's id, as the reader is asked to."""
        data = answer.get("data")
        if isinstance(data, dict) and data["type"] == "wallets":
            self.variables |= {"WALLET": data["id"], "UUID": data["attributes"]["uuid"]}
        if isinstance(data, dict) and data["type"] == "holds":
            self.variables["HOLD"] = data["id"]


@pytest.fixture(autouse=True)
def _real_passwords(settings: Any) -> None:
    """Hash the demo user's password as the server, a process of its own, checks it."""
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS


def test_every_request_of_the_readme_answers_as_it_promises(serve: Callable[..., Any]) -> None:
    call_command("seed_demo")
    shell, requests = Shell(serve().url), list(_requests())
    shell.variables["TOKEN"] = shell.run(requests[0].command)
    for request in requests[1:]:
        answer = json.loads(shell.run(request.command))
        assert request.promised is not None, request.command
        _assert_promised(request.promised, answer, request.command)
        shell.learn(answer)
    assert len(requests) > 8
