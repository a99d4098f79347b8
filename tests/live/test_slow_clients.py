"""Clients that send slowly, or nothing, or in ways that no browser does, delay nobody."""

import resource
import socket
import statistics
import struct
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from rest_framework_simplejwt.tokens import AccessToken

from wallet_transaction_api.models import Wallet

pytestmark = [pytest.mark.serial, pytest.mark.django_db(transaction=True)]

SECONDS = 4
HEAD = b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n%s\r\n\r\n{"
STARTS = [
    HEAD % (b"/api/token/", b"Content-Length: 100"),
    HEAD % (b"/api/wallets", b"Content-Length: 1000000"),
    (HEAD % (b"/nowhere", b"Transfer-Encoding: chunked"))[:-1] + b"1\r\n{\r\n",
    b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ",
    b"",
]


def _milliseconds(server: Any) -> float:
    def ask() -> float:
        started = time.monotonic()
        assert httpx.get(f"{server.url}/livez", timeout=10).status_code == 200
        return (time.monotonic() - started) * 1000

    return statistics.median(ask() for _ in range(7))


def _connect(server: Any, start: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    connection.sendall(start)
    return connection


def _drip(connections: list[socket.socket]) -> None:
    """Send one byte more over each; a chunk of one byte is a chunk too, or ends the connection."""
    for connection in connections:
        try:
            connection.send(b"x")
        except OSError:
            continue


def _is_ended(connection: socket.socket) -> bool:
    connection.settimeout(5)
    try:
        while connection.recv(4096):
            pass
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    return True


def test_500_slow_connections_delay_nobody_and_are_ended(serve: Callable[..., Any]) -> None:
    server = serve(REQUEST_BODY_SECONDS=str(SECONDS))
    before = _milliseconds(server)
    connections = [_connect(server, STARTS[number % len(STARTS)]) for number in range(500)]
    _drip(connections)
    # Twice as long at most; on a busy machine a few milliseconds are noise.
    assert _milliseconds(server) < max(2 * before, before + 25)
    _drip(connections)
    time.sleep(SECONDS + 1)
    ended = [_is_ended(connection) for connection in connections]
    for connection in connections:
        connection.close()
    assert ended.count(False) == 0


def test_silent_connections_do_not_use_up_the_descriptors(
    serve: Callable[..., Any],
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))  # what the server inherits
    try:
        server = serve(REQUEST_BODY_SECONDS=str(SECONDS))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1024), hard))
    connections = [_connect(server, b"") for _ in range(300)]
    try:
        assert _milliseconds(server) < 1000
    finally:
        for connection in connections:
            connection.close()


def test_http_2_without_tls_is_not_spoken(serve: Callable[..., Any]) -> None:
    server = serve()
    settings = struct.pack(">I", 0)[1:] + bytes([4, 0]) + struct.pack(">I", 0)
    with _connect(server, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings) as connection:
        assert not connection.recv(100).startswith(b"\x00\x00")
    assert _milliseconds(server) < 1000


def test_a_request_with_too_many_bytes_of_headers_is_answered_431(
    serve: Callable[..., Any],
) -> None:
    server = serve()
    answer = httpx.get(f"{server.url}/livez", headers={"Origin": "http://a" + "a" * 40_000})
    assert answer.status_code == 431


def test_an_end_that_never_came_is_not_acted_upon(serve: Callable[..., Any], alice: User) -> None:
    server = serve()
    body = b'{"amount": "10"}'
    head = (
        "POST /api/wallet/credit HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {AccessToken.for_user(alice)}\r\nTransfer-Encoding: chunked\r\n\r\n"
    ).encode()
    chunk = b"%x\r\n%s\r\n" % (len(body), body)
    for end in (b"", b"0\r\n", b"0\r\nX-Trailer: 1\r\n\r\n"):
        with _connect(server, head + chunk + end) as connection:
            time.sleep(0.2)
            connection.shutdown(socket.SHUT_WR)
            answer = connection.recv(4096)
        assert not answer.startswith(b"HTTP/1.1 200"), (end, answer)
    assert not Wallet.objects.get(default_for=alice).entries.exists()
    with _connect(server, head + chunk + b"0\r\n\r\n") as connection:
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")


def test_a_header_name_with_an_underscore_names_nothing(
    serve: Callable[..., Any], alice: User
) -> None:
    server = serve(TRUSTED_PROXIES="127.0.0.1", SECURE_SSL_REDIRECT="true")
    url = f"{server.url}/api/wallet/balance"
    headers = {"Authorization": f"Bearer {AccessToken.for_user(alice)}"}
    assert httpx.get(url, headers={**headers, "X-Forwarded-Proto": "https"}).status_code == 200
    assert httpx.get(url, headers={**headers, "X_Forwarded_Proto": "https"}).status_code == 301


def test_an_idempotency_key_that_is_not_ascii_is_malformed_and_not_absent(
    serve: Callable[..., Any], alice: User
) -> None:
    headers = {
        "Authorization": f"Bearer {AccessToken.for_user(alice)}",
        "Idempotency-Key": "schl\u00fcssel".encode(),
    }
    url = f"{serve().url}/api/wallet/credit"
    answer = httpx.post(url, json={"amount": "1"}, headers=headers)  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_invalid")
