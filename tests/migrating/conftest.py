"""An empty database beside the test database, to be migrated up and down."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection

from tests.addresses import database_url

ROOT = Path(__file__).resolve().parents[2]
_KEY = "only-for-migrations-0123456789-0123456789-0123456789"


class Scratch:
    """The empty database; `connection` speaks to it until the test ends."""

    def popen(self, *command: str, **environment: str) -> "subprocess.Popen[str]":
        """Start a command of the virtual environment's Python on it, from the project root."""
        return subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env={**os.environ, **self._environment(), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run such a command."""
        process = self.popen(*command, **environment)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    def remade(self, options: str) -> str:
        """Drop the database and create it with these options; return its name."""
        name = connection.settings_dict["NAME"]
        _on_the_server(f"DROP DATABASE {name} {_EVEN_IF_USED}", f"CREATE DATABASE {name} {options}")
        _speak_to(name)
        return str(name)

    def _environment(self) -> dict[str, str]:
        return {"SECRET_KEY": _KEY, "DATABASE_URL": database_url(), "REDIS_URL": ""}


@pytest.fixture
def scratch(django_db_blocker: Any, tmp_path: Path) -> Iterator[Scratch]:
    """Make the database, and drop it afterwards."""
    own = connection.settings_dict["NAME"]
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    name = f"{own}_scratch{worker}" if not ON_SQLITE else str(tmp_path / "scratch.sqlite3")
    with django_db_blocker.unblock():
        _on_the_server(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name} {_CHARSET}")
        _speak_to(name)
        try:
            yield Scratch()
        finally:
            _on_the_server(f"DROP DATABASE {name} {_EVEN_IF_USED}")
            _speak_to(own)
            ContentType.objects.clear_cache()


@pytest.fixture
def migrate() -> Callable[..., str]:
    """Run `migrate` and return what it says."""

    def run(**options: Any) -> str:
        out = StringIO()
        call_command("migrate", stdout=out, **options)
        return out.getvalue()

    return run


ON_SQLITE = connection.vendor == "sqlite"
_CHARSET = "CHARACTER SET utf8mb4" if connection.vendor == "mysql" else ""
_EVEN_IF_USED = "WITH (FORCE)" if connection.vendor == "postgresql" else ""


def _speak_to(name: str | None) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def _on_the_server(*statements: str) -> None:
    """Run statements outside any database of the project; a file needs none."""
    if ON_SQLITE:
        return
    _speak_to(None)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
