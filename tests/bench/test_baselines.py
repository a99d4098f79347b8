"""The baselines run behind what the service runs behind; the run proves that they check."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from django.conf import settings

from bench import arena
from bench.arena import Arena
from bench.plan import ROOT, from_arguments
from bench.processes import Failed
from bench.servers import Recipe
from bench.wrk import Load

_ASKED = """
import json, django
from django.conf import settings
django.setup()
from rest_framework.settings import api_settings
known = api_settings.DEFAULT_AUTHENTICATION_CLASSES
names = [f"{kind.__module__}.{kind.__name__}" for kind in known]
print(json.dumps({"middleware": settings.MIDDLEWARE, "authentication": names}))
"""


@pytest.mark.parametrize("name", ["empty", "orm", "dja"])
def test_a_baseline_has_the_services_middlewares_and_credential_check(name: str) -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": f"bench.baselines.{name}.settings"}
    said = subprocess.run(
        [sys.executable, "-c", _ASKED],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(said.stdout) == {
        "middleware": settings.MIDDLEWARE,
        "authentication": settings.REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"],
    }


class _Fleet:
    """Servers that are never started."""

    def server(self, recipe: Recipe) -> Any:
        return type("Server", (), {"port": 0})


def _check(monkeypatch: pytest.MonkeyPatch, *, without: int, with_one: int) -> None:
    def ask(port: int, method: str, path: str, headers: Mapping[str, str], body: Any) -> Any:
        return (with_one if "Authorization" in headers else without), b""

    monkeypatch.setattr(arena, "ask", ask)
    fleet: Any = _Fleet()
    stage: Any = None
    at = Arena(plan=from_arguments([]), kind="postgres", fleet=fleet, stage=stage, spread=())
    load = Load(requests=[("/", "")], headers={"Authorization": "Bearer x", "Accept": "y"})
    at.expect_credential_check(Recipe(name="baseline", command=[]), load)


@pytest.mark.parametrize("success", [200, 201])
def test_a_baseline_that_checks_the_credential_is_measured(
    monkeypatch: pytest.MonkeyPatch, success: int
) -> None:
    _check(monkeypatch, without=401, with_one=success)


@pytest.mark.parametrize(("without", "with_one"), [(200, 200), (401, 401), (403, 200), (401, 500)])
def test_a_baseline_that_does_not_is_not_measured(
    monkeypatch: pytest.MonkeyPatch, without: int, with_one: int
) -> None:
    with pytest.raises(Failed, match="without and with a token, not 401 and success"):
        _check(monkeypatch, without=without, with_one=with_one)
