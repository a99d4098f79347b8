"""The front answers what the WSGI application answers, in its threads."""

import asyncio
import json
import threading
from typing import Any

import pytest

from tests.server.fakes import Protocol, Scope
from wallet_transaction_api.server.bodies import BodyReader
from wallet_transaction_api.server.front import Front


class Parts(list[bytes]):
    """An answer that knows whether it was closed."""

    closed = False

    def close(self) -> None:
        """Note it."""
        self.closed = True


def _ask(application: Any, scope: Scope, *body: bytes, **more: Any) -> Protocol:
    protocol = Protocol(*body, **more)

    async def ask() -> None:
        front = Front(application, threads=1, bodies=BodyReader(most=100, seconds=0.05))
        try:
            await front.__rsgi__(scope, protocol)  # type: ignore[arg-type]
        finally:
            front.__rsgi_del__(asyncio.get_running_loop())

    asyncio.run(ask())
    return protocol


def test_the_application_answers_in_a_thread_and_is_closed() -> None:
    parts, threads = Parts([b"a", b"b"]), []

    def application(environ: Any, start_response: Any) -> Any:
        threads.append(threading.current_thread())
        start_response("201 Created", [("x-a", "1")])
        return parts

    protocol = _ask(application, Scope())
    assert protocol.answers == [(201, [("x-a", "1")], b"ab")]
    assert parts.closed
    assert threads != [threading.main_thread()]


def test_a_slow_body_is_answered_without_the_application() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        pytest.fail("it was called")

    protocol = _ask(application, Scope(("content-length", "9")), wait=asyncio.Event().wait)
    [(status, headers, body)] = protocol.answers
    assert (status, json.loads(body)["code"]) == (408, "request_timeout")
    assert dict(headers)["connection"] == "close"
