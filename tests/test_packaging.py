"""The requirements that `make` installs are those that poetry locked, and it installs them."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = ("requirements.txt", "requirements-mysql.txt", "requirements-dev.txt")


def _locked() -> dict[str, str]:
    packages = tomllib.loads((ROOT / "poetry.lock").read_text())["package"]
    return {package["name"].lower(): package["version"] for package in packages}


def _pinned(name: str) -> dict[str, str]:
    lines = re.findall(
        r"^([A-Za-z0-9._-]+)(?:\[.*\])?==([^ ;]+)", (ROOT / name).read_text(), re.MULTILINE
    )
    return {package.lower(): version for package, version in lines}


@pytest.mark.parametrize("name", FILES)
def test_requirements_agree_with_the_lock(name: str) -> None:
    locked, pinned = _locked(), _pinned(name)
    assert pinned
    assert {package: locked.get(package) for package in pinned} == pinned


@pytest.mark.parametrize("name", FILES)
def test_every_requirement_is_pinned_by_hash(name: str) -> None:
    blocks = re.split(r"\n(?=\S)", (ROOT / name).read_text().strip())
    assert all("--hash=sha256:" in block for block in blocks)


def test_every_direct_dependency_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = [re.split(r"[\[<>=~!]", entry)[0] for entry in project["dependencies"]]
    assert set(names) <= set(_pinned("requirements.txt"))


def test_nothing_names_a_package_registry() -> None:
    texts = [(ROOT / name).read_text() for name in (*FILES, "poetry.lock")]
    assert not any(re.search(r"https?://|--index-url", text) for text in texts)


class TestInstalling:
    """By what `make` says that it would do."""

    @pytest.fixture
    def venv(self, tmp_path: Path) -> Path:
        """Return what looks like an environment, made just now."""
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin/python").touch()
        return tmp_path

    @staticmethod
    def said(venv: Path, target: str, extras: str) -> str:
        variables = [f"VENV={venv}", f"EXTRAS={extras}", "HEADERS="]
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return subprocess.run(
            ["make", "--dry-run", target, *variables],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    @pytest.mark.parametrize("target", ["install", "lint"])
    def test_is_done_once(self, venv: Path, target: str) -> None:
        assert "-r requirements.txt" in self.said(venv, target, "")
        for stamp in (".installed", ".installed-dev"):
            (venv / stamp).touch()
        assert "-r requirements" not in self.said(venv, target, "")

    @pytest.mark.parametrize("target", ["install", "lint"])
    def test_brings_an_extra_that_is_asked_for_later(self, venv: Path, target: str) -> None:
        for stamp in (".installed", ".installed-dev"):
            (venv / stamp).touch()
        assert "-r requirements-mysql.txt" in self.said(venv, target, "mysql")
