"""What the figures were measured on: machine, versions, commit."""

import platform
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench import databases
from bench.plan import ROOT, url_of

_PACKAGES = ("django", "djangorestframework", "djangorestframework-jsonapi", "granian")
_KIB_OF_A_GIB = 2**20


def facts(kinds: Iterable[str]) -> dict[str, str]:
    """Return what a reader has to know, by name."""
    software = [f"Python {platform.python_version()}"]
    software += [f"{name} {version(name)}" for name in _PACKAGES]
    servers = [f"{kind} {databases.version(kind)}" for kind in kinds]
    if databases.answers("redis"):
        servers.append(f"Redis {_redis_version()}")
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": _commit(),
        "machine": f"{_processor()}, {_cores()} cores, {_memory()}, Linux {platform.release()}",
        "software": ", ".join(software),
        "servers": ", ".join(servers),
        "load average at the start": Path("/proc/loadavg").read_text().rsplit(maxsplit=2)[0],
    }


def _redis_version() -> str:
    import redis

    client = redis.Redis.from_url(url_of("redis"))
    return str(client.info("server")["redis_version"])


def _commit() -> str:
    commit = _git("rev-parse", "--short", "HEAD")
    return f"{commit} with local changes" if _git("status", "--porcelain") else commit


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or ("unknown" if done.returncode else "")


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _cores() -> int:
    import os

    return len(os.sched_getaffinity(0))


def _memory() -> str:
    kibibytes = int(Path("/proc/meminfo").read_text().split()[1])
    return f"{kibibytes / _KIB_OF_A_GIB:.0f} GiB"
