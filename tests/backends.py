"""Run the suite on the embedded default and on every real backend found; say plainly which ran.

`python -m tests.backends [pytest arguments]`. A backend is looked for at `TEST_MYSQL_URL`,
`TEST_POSTGRES_URL` and `TEST_REDIS_URL`, by default on the local standard ports.
`REQUIRE_BACKENDS=1` makes a missing one a failure. `TEST_BACKENDS` names those to run on (all
unless set: CI runs the suite on SQLite elsewhere). Of Redis six databases are used, from the one
that its URL names; they are emptied.

First each backend has both cores for the tests that can share; then all backends run their
`serial` ones side by side, which mostly wait for a lock or a server.
"""

import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from subprocess import PIPE, STDOUT
from typing import Any
from urllib.parse import urlsplit

ALL = "sqlite,mysql,postgres"
WANTED = os.environ.get("TEST_BACKENDS", ALL).split(",")
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
TEST_KEY = "only-for-tests-0123456789-0123456789-0123456789-0123456789"
_NO_TESTS = 5


@dataclass(frozen=True)
class Backend:
    """A database to test on, with the driver that it needs."""

    name: str
    url: str
    driver: str

    def missing(self) -> str:
        """Return why it cannot be tested on, or nothing."""
        if find_spec(self.driver) is None:
            return f"driver {self.driver} is not installed"
        if self.url and not _answers(self.url):
            return f"nothing answers at {_place(self.url)}"
        return ""


BACKENDS = (
    Backend("sqlite", "", "sqlite3"),
    Backend(
        "mysql",
        os.environ.get("TEST_MYSQL_URL", "mysql://root@127.0.0.1:3306/wallets"),
        "MySQLdb",
    ),
    Backend(
        "postgres",
        os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/wallets"),
        "psycopg",
    ),
)


def main() -> int:
    """Run everything; return the exit status."""
    arguments = sys.argv[1:]
    has_redis = find_spec("redis") is not None and _answers(REDIS_URL)
    if set(WANTED) - set(ALL.split(",")):
        sys.exit(f"TEST_BACKENDS: name some of {ALL}")
    wanted = [backend for backend in BACKENDS if backend.name in WANTED]
    reasons = {backend.name: backend.missing() for backend in wanted}
    present = [backend for backend in wanted if not reasons[backend.name]]
    runs = [Run(backend, _environment(backend, has_redis=has_redis)) for backend in present]
    for run in runs:
        run.together(arguments)
    with ThreadPoolExecutor(max(len(runs), 1)) as pool:
        list(pool.map(lambda run: run.alone(arguments), runs))
    outcomes = {run.backend.name: run.outcome() for run in runs}
    results = [(name, outcomes.get(name, f"NOT RUN: {reason}")) for name, reason in reasons.items()]
    results += [(name, "left out") for name in ALL.split(",") if name not in WANTED]
    results.append(("redis", "used" if has_redis else f"NOT USED: none at {_place(REDIS_URL)}"))
    return _report(results)


class Run:
    """The suite on one backend: once side by side, once one test after the other."""

    def __init__(self, backend: Backend, environment: dict[str, str]) -> None:
        self.backend = backend
        self._environment = environment
        self._codes: list[int] = []
        self._seconds = 0.0

    def together(self, arguments: list[str]) -> None:
        """Run the tests that can share the machine, showing them as they go."""
        self._pytest(["-m", "not serial", "-n", "2", *arguments])

    def alone(self, arguments: list[str]) -> None:
        """Run the others; shown when they are through."""
        self._pytest(["-m", "serial", "-n", "0", *arguments], stdout=PIPE, stderr=STDOUT, text=True)

    def outcome(self) -> str:
        """Say how it went."""
        passed = set(self._codes) <= {0, _NO_TESTS}
        return f"{'passed' if passed else 'FAILED'} in {self._seconds:.0f} s"

    def _pytest(self, arguments: list[str], **options: Any) -> None:
        started = time.monotonic()
        title = f"\n=== {self.backend.name}: pytest {' '.join(arguments)}"
        if not options:
            print(title, flush=True)
        command = [sys.executable, "-m", "pytest", "-q", *arguments]
        done = subprocess.run(command, env=self._environment, check=False, **options)
        if options:
            print(f"{title}\n{done.stdout}", end="", flush=True)
        self._codes.append(done.returncode)
        self._seconds += time.monotonic() - started


def _environment(backend: Backend, *, has_redis: bool) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DB_")}
    return {
        **kept,
        "SECRET_KEY": TEST_KEY,
        "DATABASE_URL": _test_url(backend),
        "REDIS_URL": _redis_url(backend) if has_redis else "",
    }


def _redis_url(backend: Backend) -> str:
    """Two databases a backend, one for each of the processes that run side by side."""
    parts = urlsplit(REDIS_URL)
    number = int(parts.path.strip("/") or 0) + 2 * BACKENDS.index(backend)
    return parts._replace(path=f"/{number}").geturl()


def _test_url(backend: Backend) -> str:
    return backend.url or "sqlite:///suite.sqlite3"


def _report(results: list[tuple[str, str]]) -> int:
    print("\n=== backends")
    for name, outcome in results:
        print(f"{name:10} {outcome}")
    failed = any(outcome.startswith("FAILED") for _, outcome in results)
    absent = any(outcome.startswith("NOT") for _, outcome in results)
    if absent and os.environ.get("REQUIRE_BACKENDS") == "1":
        print("REQUIRE_BACKENDS=1: a missing backend is a failure")
        return 1
    return int(failed)


def _answers(url: str) -> bool:
    host, port = _address(url)
    try:
        with socket.create_connection((host, port), timeout=2):
            return True
    except OSError:
        return False


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    standard = {"mysql": 3306, "redis": 6379}.get(parts.scheme, 5432)
    return parts.hostname or "127.0.0.1", parts.port or standard


def _place(url: str) -> str:
    host, port = _address(url)
    return f"{host}:{port}"


if __name__ == "__main__":
    sys.exit(main())
