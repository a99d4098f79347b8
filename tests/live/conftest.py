"""A real server in a process of its own, on the test database, reached over real sockets."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from tests.addresses import database_url, free_port
from tests.cache.conftest import _redis_server, redis_server

__all__ = ["_redis_server", "redis_server"]

ROOT = Path(__file__).resolve().parents[2]


class Server:
    """`manage.py serve` on a free port of the loopback interface."""

    def __init__(self, **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = environment
        self.process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env={**os.environ, **_base_environment(self.port), **self._environment},
            start_new_session=True,
        )

    def wait_until_ready(self, seconds: float = 30) -> None:
        """Return once the server answers; fail when it died or takes longer."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "the server ended before it answered"
            try:
                if httpx.get(f"{self.url}/livez", timeout=1).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        pytest.fail("the server did not answer in time")

    def kill(self) -> None:
        """`kill -9` all its processes at once."""
        _end_group(self.process.pid)
        self.process.wait(20)

    def start_again(self, **environment: str) -> None:
        """Start on the same port, with further environment; return once it answers."""
        self._environment |= environment
        self.process = self._started()
        self.wait_until_ready()

    def stop(self, how: int = signal.SIGTERM, seconds: float = 20) -> int:
        """Signal the server and return its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(seconds)
        finally:
            _end_group(self.process.pid)


@pytest.fixture
def serve(transactional_db: None) -> Iterator[Callable[..., Server]]:
    """Start servers with extra environment; all are ended after the test."""
    servers: list[Server] = []

    def start(**environment: str) -> Server:
        servers.append(Server(**environment))
        servers[-1].wait_until_ready()
        return servers[-1]

    yield start
    for server in servers:
        server.stop(signal.SIGKILL)


def _base_environment(port: int) -> dict[str, str]:
    return {
        "SECRET_KEY": settings.SECRET_KEY,  # the tests sign tokens with it
        "DEBUG": "false",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "DATABASE_URL": database_url(),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "WEB_WORKERS": "1",
    }


def _end_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
