"""A process' environment of our own: nothing of the machine's, a project folder that is empty.

A plugin of the test session (`pytest_plugins`). `environment.settings()` reads the settings
anew, as a starting process does; `project` is a copy of the project to start processes in.
"""

import os
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from wallet_transaction_api import env

ROOT = Path(__file__).resolve().parent.parent
#: Every variable that the service knows.
VARIABLES = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
KEY = "a-key-of-these-tests-0123456789-0123456789-0123456789"


class Environment:
    """What a starting process finds."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._patch = patch

    def set(self, **values: str) -> None:
        """Set variables."""
        for name, value in values.items():
            self._patch.setenv(name, value)

    def write(self, name: str, text: str) -> Path:
        """Write a file into the project's folder."""
        path = self.folder / name
        path.write_text(text)
        return path

    def settings(self) -> dict[str, Any]:
        """Read the settings as a new process would."""
        env._environment.cache_clear()
        return runpy.run_path(str(ROOT / "wallet_transaction_api/settings.py"))

    def refusal(self) -> str:
        """Return the one line that the settings refuse to load with."""
        with pytest.raises(env.ConfigurationError) as caught:
            self.settings()
        assert "\n" not in str(caught.value)
        return str(caught.value)


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Environment]:
    """An empty environment in an empty folder."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)
    monkeypatch.setattr(env, "ROOT", tmp_path)
    for client in ("MySQLdb", "psycopg"):
        if find_spec(client) is None:  # settings can be read that nothing here could connect by
            monkeypatch.setitem(sys.modules, client, ModuleType(client))
    yield Environment(tmp_path, monkeypatch)
    env._environment.cache_clear()


class Project:
    """A fresh clone, and the commands typed in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("wallet_transaction_api", "alembic"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pyc*"))
        for name in ("manage.py", "alembic.ini"):
            shutil.copy(ROOT / name, folder)

    def write(self, name: str, text: str) -> None:
        """Write a file into its folder."""
        (self.folder / name).write_text(text)

    def run(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run python with arguments and nothing of the machine's environment but PATH and HOME."""
        return subprocess.run(
            [sys.executable, *command],
            cwd=self.folder,
            env=self._environment(**variables),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def start(self, *command: str, **variables: str) -> subprocess.Popen[bytes]:
        """Start python with arguments, likewise, and leave it running."""
        return subprocess.Popen(
            [sys.executable, *command],
            cwd=self.folder,
            env=self._environment(**variables),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    @staticmethod
    def _environment(**variables: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return {**kept, **variables}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Copy what a clone holds, less the tests and documents."""
    return Project(tmp_path)
