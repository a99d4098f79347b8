"""Servers under load: started when needed, ready when they answer, within the connections."""

import http.client
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench.processes import Failed, Process, free_port

_READY_SECONDS = 60
_SETTLING_REQUESTS = 8
#: Connections of the database server that are left to others.
_SPARE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a server is started, and how many database connections it may hold."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    connections: int = 0


class Server:
    """A running server. `started` is how many seconds passed until it answered."""

    def __init__(self, recipe: Recipe) -> None:
        """Start it on a free port and wait for its first answer."""
        self.port = free_port()
        self.connections = recipe.connections
        begun = time.monotonic()
        self.process = Process(recipe.command, {**recipe.environment, "PORT": str(self.port)})
        #: Whether it has served a load: before that it imports, connects and compiles.
        self.warm = False
        try:
            self._wait(recipe.name, begun + _READY_SECONDS)
        except BaseException:
            self.process.stop()
            raise
        self.started = time.monotonic() - begun

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Ask once; return status and body."""
        return ask(self.port, "GET", path, headers)

    def settle(self) -> None:
        """Return once the requests that a generator left behind are worked off.

        They are first in the queue, and would take the next round's time from another side.
        Each answer speaks for one of the processes, so several are asked for.
        """
        for _ in range(_SETTLING_REQUESTS):
            ask(self.port, "GET", "/livez", {})

    def _wait(self, name: str, deadline: float) -> None:
        while time.monotonic() < deadline and not self.process.ended:
            try:
                ask(self.port, "GET", "/livez", {})
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise Failed(f"{name} did not start: {self.process.said}")


class Fleet:
    """The running servers; the least recently used make room when connections run out."""

    def __init__(self, allowed: int) -> None:
        """Keep within the database server's `allowed` connections, less some for others."""
        self._allowed = allowed - _SPARE
        self._running: dict[str, Server] = {}

    def server(self, recipe: Recipe) -> Server:
        """Return the recipe's server, started if it is not there."""
        server = self._running.pop(recipe.name, None)
        if server is None:
            self.make_room(recipe.connections)
            server = Server(recipe)
        self._running[recipe.name] = server
        return server

    def make_room(self, connections: int) -> None:
        """Stop servers until there is room for so many connections."""
        while self._running and self._used() + connections > self._allowed:
            name = next(iter(self._running))
            if not self._used():
                return
            self.stop(name)

    def stop(self, name: str) -> None:
        """Stop one."""
        self._running.pop(name).process.stop()

    def stop_all(self) -> None:
        """Stop all."""
        for name in list(self._running):
            self.stop(name)

    def _used(self) -> int:
        return sum(server.connections for server in self._running.values())


@contextmanager
def fleet(allowed: int) -> Iterator[Fleet]:
    """Give a fleet and stop it afterwards, whatever happened."""
    running = Fleet(allowed)
    try:
        yield running
    finally:
        running.stop_all()


def ask(
    port: int, method: str, path: str, headers: Mapping[str, str], body: str | None = None
) -> tuple[int, bytes]:
    """Send one request; return status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body=body, headers=dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read()
    except http.client.HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()
