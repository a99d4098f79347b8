"""wrk, the load generator: closed-loop keep-alive clients, statuses and drops counted."""

import json
import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from shutil import which

from bench.measures import Measure
from bench.plan import ROOT
from bench.processes import Failed
from bench.servers import Server

_SCRIPT = ROOT / "bench" / "scripts" / "requests.lua"
_MARK = "BENCH "
_TIMEOUT = "30s"


def is_found() -> bool:
    """Tell whether wrk is installed (Debian: `apt install wrk`)."""
    return which("wrk") is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Requests sent over and over, in their order, by each of the clients."""

    requests: Sequence[tuple[str, str]]  # path and body
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)


def run(server: Server, load: Load, *, clients: int, seconds: float) -> Measure:
    """Send the load for so many seconds; return once the server has worked off all of it."""
    measure = _run(server.url, load, clients, seconds)
    server.settle()
    return measure


def _run(url: str, load: Load, clients: int, seconds: float) -> Measure:
    # wrk takes whole seconds only; the rate is by the time that it really took.
    duration = f"{max(1, round(seconds))}s"
    with tempfile.NamedTemporaryFile("w", prefix="bench-", suffix=".txt") as lines:
        lines.writelines(f"{path}\t{body}\n" for path, body in load.requests)
        lines.flush()
        threads = str(2 if clients > 256 else 1)
        command = ["wrk", "-t", threads, "-c", str(clients), "-d", duration, "--latency"]
        environment = {**os.environ, **_environment(load), "BENCH_LINES": lines.name}
        done = subprocess.run(
            [*command, "--timeout", _TIMEOUT, "-s", str(_SCRIPT), url],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    return _read(done.stdout, done.stderr)


def _environment(load: Load) -> dict[str, str]:
    headers = "\n".join(f"{name}: {value}" for name, value in load.headers.items())
    return {"BENCH_METHOD": load.method, "BENCH_HEADERS": headers}


def _read(said: str, complaint: str) -> Measure:
    lines = [line for line in said.splitlines() if line.startswith(_MARK)]
    if not lines:
        raise Failed(f"wrk: {said}\n{complaint}")
    seen = json.loads(lines[0].removeprefix(_MARK))
    return Measure(
        answered=seen["answered"],
        seconds=seen["microseconds"] / 1e6,
        p50=seen["p50"] / 1e3,
        p99=seen["p99"] / 1e3,
        errors=Counter({kind: count for kind, count in seen["errors"].items() if count}),
    )
