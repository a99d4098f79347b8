"""Where a server's time goes: `python -m bench.profile`, by py-spy, one line a share.

For each kind of request: the functions of the service, of its frameworks and of its drivers by
the share of samples in which they were on the stack, while the load of the benchmark runs. Only
a thread that holds the interpreter is sampled: waiting for the database is not in it.
"""

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench import databases, wrk
from bench.arena import deposit_load
from bench.plan import ROOT, Plan, from_arguments
from bench.processes import alone, clean_up_when_told_to_stop
from bench.scenarios import creating, pages
from bench.servers import Fleet, fleet
from bench.stages import Stage, stage
from bench.wrk import Load

_PY_SPY = ROOT / ".venv-bench" / "bin" / "py-spy"
_SHOWN = 60
#: The frame that every request goes through; what is outside of it is not a request's time.
_REQUEST = "WSGIHandler.__call__"


def main(arguments: list[str]) -> None:
    """Profile one worker under each load, on PostgreSQL."""
    plan = from_arguments(["--quick", "--workers", "1", *arguments])
    clean_up_when_told_to_stop()
    with (
        alone(),
        fleet(databases.connections_allowed("postgres")) as servers,
        stage("postgres", "profile", plan) as on,
    ):
        on.grow(pages.ROWS)
        for name, load in _loads(on).items():
            stacks = _profiled(servers, on, load, plan)
            print(f"\n== {name}: {sum(stacks.values())} samples", flush=True)
            print("\n".join(_lines(stacks)), flush=True)


def _loads(on: Stage) -> dict[str, Load]:
    hot = on.people["wallet"]["id"]
    return {
        "operations face, POST": deposit_load([on.hot], on.bearer()),
        "operations face, GET": Load(requests=[(on.hot, "")], headers=on.bearer()),
        "JSON:API, page of 100": pages.load(on.bearer()),
        "JSON:API, POST": creating.load([hot], "transactions", "wallets", on.bearer()),
    }


def _profiled(servers: Fleet, on: Stage, load: Load, plan: Plan) -> Counter[tuple[str, ...]]:
    server = servers.server(on.recipe())
    worker = server.process.pids()[-1]
    seconds = max(5, plan.seconds)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as pool:
        output = f"{folder}/stacks"
        running = pool.submit(wrk.run, server, load, clients=plan.clients, seconds=seconds + 2)
        command = [str(_PY_SPY), "record", "--gil", "--pid", str(worker)]
        how = [
            "--format",
            "raw",
            "--rate",
            "250",
            "--duration",
            f"{seconds:.0f}",
            "--output",
            output,
        ]
        subprocess.run([*command, *how], check=True, capture_output=True)
        print(f"{running.result().rate:,.0f}/s while it was watched", flush=True)
        return _stacks(Path(output).read_text())


def _stacks(text: str) -> Counter[tuple[str, ...]]:
    """Read py-spy's raw format, frames from the outermost and a count, of requests only."""
    stacks: Counter[tuple[str, ...]] = Counter()
    for line in text.splitlines():
        frames, _, count = line.rpartition(" ")
        if _REQUEST in frames:
            inside = frames[frames.index(_REQUEST) :]
            stacks[tuple(frame.rpartition(":")[0] for frame in inside.split(";"))] += int(count)
    return stacks


def _lines(stacks: Counter[tuple[str, ...]]) -> Iterator[str]:
    """Give functions by inclusive share, with their own share beside."""
    inclusive: Counter[str] = Counter()
    own: Counter[str] = Counter()
    for names, count in stacks.items():
        own[names[-1]] += count
        inclusive.update(dict.fromkeys(names, count))
    total = sum(stacks.values()) or 1
    for name, count in inclusive.most_common(_SHOWN):
        yield f"{100 * count / total:5.1f} %  own {100 * own[name] / total:5.1f} %  {name}"


if __name__ == "__main__":
    main(sys.argv[1:])
