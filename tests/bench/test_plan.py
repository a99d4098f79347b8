"""The flags, and the environment that `make bench` installs."""

import re
import tomllib

import pytest

from bench.plan import QUICK, ROOT, SCENARIOS, from_arguments, url_of


def test_a_full_run_measures_everything_and_writes_it_down() -> None:
    plan = from_arguments([])
    assert plan.only == SCENARIOS
    assert plan.databases == ("postgres", "mysql", "sqlite")
    assert plan.rounds >= 7
    assert plan.output == ROOT / "bench" / "RESULTS.md"
    assert plan.plot


def test_a_quick_run_writes_no_files() -> None:
    plan = from_arguments(["--quick"])
    assert plan.only == QUICK
    assert plan.output is None
    assert plan.plot is None


def test_a_plot_alone_leaves_the_results_as_they_are() -> None:
    plan = from_arguments(["--only", "plot"])
    assert plan.plot
    assert plan.output is None


def test_ten_million_rows_are_asked_for_by_a_flag() -> None:
    assert from_arguments([]).sizes[-1] == 10**6
    assert from_arguments(["--big"]).sizes[-1] == 10**7


def test_no_test_empties_its_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BENCH_REDIS_URL", raising=False)
    by_make_test = range(9, 9 + 6)
    assert int(url_of("redis").rpartition("/")[2]) not in by_make_test


def test_locust_is_the_one_that_is_locked() -> None:
    packages = tomllib.loads((ROOT / "poetry.lock").read_text())["package"]
    locked = {package["name"]: package["version"] for package in packages}
    pins = dict(
        re.findall(r"^(\S+)==(\S+)$", (ROOT / "bench/requirements.txt").read_text(), re.MULTILINE)
    )
    assert pins["locust"] == locked["locust"]
