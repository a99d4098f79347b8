"""Locust, the established generator for a crowd of users; from the benchmark's own environment."""

import json
import os
import subprocess
from collections import Counter
from typing import Any

from bench.measures import Measure
from bench.plan import ROOT
from bench.processes import Failed

LOCUST = ROOT / ".venv-bench" / "bin" / "locust"
_FILE = ROOT / "bench" / "scripts" / "crowd.py"
_STOP_SECONDS = 60


def is_found() -> bool:
    """Tell whether `make bench` installed Locust."""
    return LOCUST.exists()


def run(url: str, wallet: str, token: str, *, users: int, seconds: float) -> Measure:
    """Let so many users deposit for so many seconds; each finishes its last request."""
    command = [str(LOCUST), "-f", str(_FILE), "--headless", "--json", "--only-summary"]
    crowd = ["-u", str(users), "-r", str(users), "-t", f"{round(seconds)}s"]
    done = subprocess.run(
        [*command, *crowd, "--stop-timeout", str(_STOP_SECONDS), "--host", url],
        env={**os.environ, "BENCH_WALLET": wallet, "BENCH_TOKEN": token},
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        found = json.loads(done.stdout)[0]
    except (IndexError, ValueError) as error:
        raise Failed(f"locust: {done.stdout[-1000:]}\n{done.stderr[-2000:]}") from error
    return _measure(found)


def _measure(found: dict[str, Any]) -> Measure:
    failures = found["num_failures"]
    return Measure(
        answered=found["num_requests"],
        seconds=found["last_request_timestamp"] - found["start_time"],
        p50=_percentile(found["response_times"], 0.5),
        p99=_percentile(found["response_times"], 0.99),
        errors=Counter({"status": failures} if failures else {}),
    )


def _percentile(counted: dict[str, int], share: float) -> float:
    """Return a percentile of counts by milliseconds."""
    times = Counter({float(time): count for time, count in counted.items()})
    missing = share * times.total()
    for time in sorted(times):
        missing -= times[time]
        if missing < 0:
            return time
    return 0.0
