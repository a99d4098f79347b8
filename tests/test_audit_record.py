"""What `make audit` records of the database of vulnerabilities, it answers, and nothing else.

pip-audit itself is in an environment of its own; here a few of its questions stand for it.
"""

import json
import runpy
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).resolve().parent.parent
FOUND = {"vulns": [{"id": "TEST-1"}]}


class Audit:
    """The tool, with questions of ours in pip-audit's place."""

    def __init__(self) -> None:
        self.tool = runpy.run_path(str(ROOT / "tools/audit/__main__.py"))
        self.asked = ["safe==1.0", "unsafe==1.0"]
        self.heard: list[Any] = []
        self.tool["_record"].__globals__["_audit"] = self._ask

    def _ask(self, osv_url: str) -> int:
        answers = [httpx.post(osv_url, json=_question(subject)) for subject in self.asked]
        self.heard = [each.json() if each.is_success else each.status_code for each in answers]
        return int(FOUND in self.heard)

    def record(self, file: Path) -> int:
        """Record what a database says that knows of one vulnerability."""

        def osv(question: bytes) -> bytes:
            return json.dumps(FOUND if b'"unsafe"' in question else {}).encode()

        with self.tool["answering"](osv) as url:
            return int(self.tool["_record"](file, url))

    def replay(self, file: Path) -> int:
        """Ask the record."""
        return int(self.tool["_replay"](file))


def _question(subject: str) -> dict[str, Any]:
    name, version = subject.split("==")
    return {"package": {"name": name, "ecosystem": "PyPI"}, "version": version}


@pytest.fixture
def audit() -> Audit:
    return Audit()


def test_a_record_answers_what_the_database_answered(audit: Audit, tmp_path: Path) -> None:
    assert audit.record(tmp_path / "record.json") == 1
    assert audit.heard == [{}, FOUND]
    audit.heard.clear()
    assert audit.replay(tmp_path / "record.json") == 1
    assert audit.heard == [{}, FOUND]


def test_a_record_knows_no_other_version(
    audit: Audit, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    audit.record(tmp_path / "record.json")
    audit.asked = ["safe==1.1"]
    assert audit.replay(tmp_path / "record.json") == 2
    assert "nothing of safe==1.1: make it anew" in capsys.readouterr().out


def test_it_is_said_of_which_day_a_record_is(
    audit: Audit, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    audit.record(tmp_path / "record.json")
    day = json.loads((tmp_path / "record.json").read_text())["recorded"]
    audit.replay(tmp_path / "record.json")
    assert f"What OSV said on {day}" in capsys.readouterr().out
