"""A Redis of our own, to be killed, frozen and flushed; and each store on a clean slate."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.core.cache import cache as django_cache

from wallet_transaction_api.cache import backends, directory, trust
from wallet_transaction_api.cache.local import LocalStore
from wallet_transaction_api.cache.shared import SharedStore
from wallet_transaction_api.cache.stores import Store


class RedisServer:
    """A private redis-server; it keeps its port and its snapshot over restarts."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = folder
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, with the snapshot of `save` if there is one; return when it answers."""
        options = f"--port {self.port} --bind 127.0.0.1 --dir {self.folder} --save".split()
        self.process = subprocess.Popen(
            ["redis-server", *options, ""], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_until(self._answers)

    def kill(self) -> None:
        """End it as a crash would."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        """Stop it answering without closing a connection."""
        assert self.process
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it answer again, with all it had."""
        assert self.process
        self.process.send_signal(signal.SIGCONT)

    def call(self, *command: str) -> Any:
        """Run a command as an operator would."""
        with redis.Redis(port=self.port) as client:
            return client.execute_command(*command)

    def _answers(self) -> bool:
        try:
            return bool(self.call("PING"))
        except redis.ConnectionError:
            return False


def wait_until(condition: Callable[[], bool], seconds: float = 5) -> None:
    """Poll until the condition holds; fail if it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.01)


@pytest.fixture(scope="session")
def _redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    if shutil.which("redis-server") is None:
        if os.environ.get("REQUIRE_BACKENDS"):
            pytest.fail("redis-server is not installed")
        pytest.skip("redis-server is not installed")
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.thaw()
    server.kill()


@pytest.fixture
def redis_server(_redis_server: RedisServer) -> RedisServer:
    """The private Redis, empty."""
    _redis_server.call("FLUSHALL")
    return _redis_server


@pytest.fixture
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try a failed Redis ten times a second."""
    monkeypatch.setattr(trust, "RETRY_SECONDS", 0.1)


@pytest.fixture
def shared(
    redis_server: RedisServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SharedStore]:
    """Make the private Redis the service's cache; return this process' store, which trusts it."""
    monkeypatch.setattr(trust, "SETTLING_SECONDS", 0)
    options = {
        "SOCKET_CONNECT_TIMEOUT": 0.25,
        "SOCKET_TIMEOUT": 0.25,
        "SERIALIZER": "django_redis.serializers.json.JSONSerializer",
    }
    cache = {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": redis_server.url,
        "OPTIONS": options,
    }
    settings.CACHES = {"default": cache, "throttles": cache}
    yield from _current(SharedStore)


@pytest.fixture
def local(settings: Any) -> Iterator[LocalStore]:
    """Make the process' own memory the service's cache."""
    cache = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    settings.CACHES = {"default": cache, "throttles": {**cache, "LOCATION": "throttles"}}
    yield from _current(LocalStore)


@pytest.fixture(params=["local", "shared"])
def store(request: pytest.FixtureRequest) -> Store:
    """Either store."""
    found: Store = request.getfixturevalue(request.param)
    return found


def _current(kind: type) -> Iterator[Any]:
    backends.current.cache_clear()
    directory.forget()
    django_cache.clear()
    found = backends.current()
    assert isinstance(found, kind)
    if isinstance(found, SharedStore):
        wait_until(found.trust.reads)
    yield found
    if isinstance(found, SharedStore):
        recovering = found.trust._thread
        if recovering is not None:  # not under its feet
            recovering.join(10)
        found._redis.connection_pool.disconnect()
    backends.current.cache_clear()
    directory.forget()
