"""The RSGI application: reads a request's body on the event loop, then calls WSGI in a thread.

A client that sends its body slowly waits on the event loop, where waiting costs a few kilobytes,
and never in one of the threads that answer requests.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

from granian.rsgi import HTTPProtocol, Scope

from wallet_transaction_api.server.bodies import BodyError, BodyReader
from wallet_transaction_api.server.environ import wsgi_environ

log = logging.getLogger(__name__)
#: A WSGI application (PEP 3333).
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Front:
    """Serves `application` in `threads` threads; `bodies` reads what clients send."""

    def __init__(self, application: Application, *, threads: int, bodies: BodyReader) -> None:
        self._application = application
        self._bodies = bodies
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="web")

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Answer one request."""
        try:
            body = await self._bodies.read(scope.headers, protocol)
        except BodyError as error:
            _log(scope, error)
            _reject(protocol, error)
        else:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._pool, self._answer, scope, protocol, body)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let the threads end; granian calls this when no request is left."""
        self._pool.shutdown()

    def _answer(self, scope: Scope, protocol: HTTPProtocol, body: bytes) -> None:
        status, headers = 500, []

        def start_response(line: str, lines: list[tuple[str, str]], exc_info: Any = None) -> None:
            nonlocal status, headers
            status, headers = int(line[:3]), lines

        parts = self._application(wsgi_environ(scope, body), start_response)
        try:
            protocol.response_bytes(status, headers, b"".join(parts))
        finally:
            if close := getattr(parts, "close", None):
                close()


def _log(scope: Scope, error: BodyError) -> None:
    """Log what no middleware sees; the path is escaped, so no client writes a line of its own."""
    log.info("%s %s %s %d", scope.client, quote(scope.method), quote(scope.path), error.status)


def _reject(protocol: HTTPProtocol, error: BodyError) -> None:
    """Answer before any route is known, so in plain JSON on every path."""
    body = json.dumps({"error": error.message, "code": error.code}).encode()
    headers = [
        ("content-type", "application/json"),
        ("content-length", str(len(body))),
        ("cache-control", "no-store"),
        ("connection", "close"),
        *error.headers,
    ]
    protocol.response_bytes(error.status, headers, body)
