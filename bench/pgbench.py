"""pgbench, PostgreSQL's own C client: what one commit per posting can reach, at best."""

import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from shutil import which

from bench.measures import Measure, percentile
from bench.plan import ROOT
from bench.processes import Failed

_SCRIPTS = ROOT / "bench" / "scripts"
_TPS = re.compile(r"^tps = ([0-9.]+) \(without", re.MULTILINE)
_DONE = re.compile(r"transactions actually processed: (\d+)")
_FAILED = re.compile(r"number of failed transactions: (\d+)")
_LATENCY = 2  # the column of the log that has a transaction's microseconds


def is_found() -> bool:
    """Tell whether pgbench is installed."""
    return which("pgbench") is not None


def run(
    url: str, script: str, variables: Mapping[str, int], *, clients: int, seconds: float
) -> Measure:
    """Run a script of bench/scripts by so many clients, with prepared statements."""
    defined = [word for name, value in variables.items() for word in ("-D", f"{name}={value}")]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        command = ["pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "2"]
        timing = ["-T", str(max(1, round(seconds))), "-l", "--log-prefix", f"{folder}/log"]
        done = subprocess.run(
            [*command, *timing, *defined, "-f", str(_SCRIPTS / script), url],
            capture_output=True,
            text=True,
            check=False,
        )
        latencies = _latencies(Path(folder))
    if done.returncode or not _TPS.search(done.stdout):
        raise Failed(f"pgbench: {done.stdout}\n{done.stderr}")
    return _measure(done.stdout, latencies)


def _measure(said: str, latencies: list[float]) -> Measure:
    count = int(_found(_DONE, said))
    failed = int(_found(_FAILED, said))
    return Measure(
        answered=count,
        seconds=count / float(_found(_TPS, said)),
        p50=percentile(latencies, 0.5),
        p99=percentile(latencies, 0.99),
        errors=Counter({"failed": failed} if failed else {}),
    )


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1] if match else "0"


def _latencies(folder: Path) -> list[float]:
    lines = (line for path in folder.iterdir() for line in path.read_text().splitlines())
    return [int(line.split()[_LATENCY]) / 1e3 for line in lines]
