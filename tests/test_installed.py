"""The package as pip installs it: built, installed in an environment of its own, migrated, served.

Nothing is fetched: the build backend is one of the development dependencies, and the libraries are
those of this environment, which the new one sees by a path file.
"""

import os
import subprocess
import sys
import sysconfig
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection

from tests.addresses import free_port

ROOT = Path(__file__).resolve().parent.parent
pytestmark = [
    pytest.mark.serial,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="it is the same: once is enough"),
]
_BUILD = "import sys; from poetry.core.masonry import api; print(api.build_{}(sys.argv[1]))"


def _ran(*command: object, cwd: Path, **variables: str) -> str:
    """Run a command with nothing of this process' environment but PATH and HOME."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**kept, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _built(kind: str, source: Path, folder: Path) -> Path:
    return folder / _ran(sys.executable, "-c", _BUILD.format(kind), folder, cwd=source).strip()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _built("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


def _names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def test_a_wheel_holds_what_the_repository_does(wheel: Path) -> None:
    others = ("--cached", "--others", "--exclude-standard")
    packaged = ("wallet_transaction_api", "alembic", "alembic.ini")
    listed = _ran("git", "ls-files", *others, "--", *packaged, cwd=ROOT)
    prefixes = ("", "wallet_transaction_api/")
    expected = {f"{prefixes[name.startswith('alembic')]}{name}" for name in listed.splitlines()}
    assert _names(wheel) == expected
    assert "wallet_transaction_api/py.typed" in expected


def test_a_wheel_made_of_the_sdist_is_the_same(wheel: Path, tmp_path: Path) -> None:
    with tarfile.open(_built("sdist", ROOT, tmp_path)) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = (path for path in tmp_path.iterdir() if path.is_dir())
    assert {"manage.py", "alembic", "alembic.ini", ".env.example"} <= _inside(source)
    assert _names(_built("wheel", source, tmp_path)) == _names(wheel)


def _inside(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


class Installed:
    """An environment with the wheel, and an empty folder to run it in."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        self.bin, self.folder = folder / "venv" / "bin", folder / "empty"
        self.folder.mkdir()
        _ran(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
        code = "import sysconfig; print(sysconfig.get_path('purelib'))"
        packages = Path(_ran(self.bin / "python", "-c", code, cwd=folder).strip())
        libraries = sysconfig.get_path("purelib")
        (packages / "libraries.pth").write_text(f"{libraries}\n")
        offline = ("--no-index", "--no-deps", "--quiet", "--disable-pip-version-check")
        _ran(self.bin / "python", "-m", "pip", "install", *offline, wheel, cwd=folder)

    def run(self, *command: str, **variables: str) -> str:
        """Run a program of the environment in the empty folder."""
        return _ran(self.bin / command[0], *command[1:], cwd=self.folder, **variables)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(tmp_path_factory.mktemp("installed"), wheel)


@pytest.fixture
def served(installed: Installed) -> Iterator[Callable[..., dict[str, Any]]]:
    """Migrate and serve; return what posts a form and gives the answer."""
    installed.run("wallet-transaction-api", "migrate", "--verbosity", "0")
    port = free_port()
    server = subprocess.Popen(
        [installed.bin / "wallet-transaction-api", "serve"],
        cwd=installed.folder,
        env={"PATH": os.environ["PATH"], "PORT": str(port)},
        start_new_session=True,
    )
    url = f"http://127.0.0.1:{port}"

    def post(path: str, form: dict[str, str], **headers: str) -> dict[str, Any]:
        answer = httpx.post(f"{url}{path}", data=form, headers=headers)
        assert answer.is_success, answer.text
        return dict(answer.json())

    try:
        _wait_until_ready(url)
        yield post
    finally:
        server.terminate()
        server.wait(40)


def _wait_until_ready(url: str) -> None:
    for _ in range(300):
        try:
            if httpx.get(f"{url}/readyz", timeout=5).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail("the server did not answer in time")


def test_it_is_the_installed_package_that_runs(installed: Installed) -> None:
    where = installed.run("python", "-c", "import wallet_transaction_api as it; print(it.__path__)")
    assert str(installed.bin.parent) in where
    assert str(ROOT) not in where


def test_it_migrates_serves_and_posts(
    installed: Installed, served: Callable[..., dict[str, Any]]
) -> None:
    tokens = served("/api/register/", {"username": "carol", "password": "a-l0ng-s3cret"})
    credential = {"Authorization": f"Bearer {tokens['access']}"}
    answer = served("/api/wallet/credit/", {"amount": "12.50"}, **credential)
    assert answer["balance"] == "12.50"
    installed.run("wallet-transaction-api", "verify_ledger")  # fails if anything is wrong
    assert {"db.sqlite3", ".secret_key"} <= _inside(installed.folder)


def test_python_runs_the_same_commands(installed: Installed) -> None:
    said = installed.run("python", "-m", "wallet_transaction_api", "help", "serve")
    assert "WEB_WORKERS" in said


def test_alembics_own_commands_find_its_file(installed: Installed) -> None:
    code = "import wallet_transaction_api as it; print(it.__path__[0])"
    ini = Path(installed.run("python", "-c", code).strip()) / "alembic.ini"
    said = installed.run("python", "-m", "alembic", "-c", str(ini), "history")
    assert "0001 -> 0002, daily totals" in said
