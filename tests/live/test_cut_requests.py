"""Requests as they come over real sockets: in chunks, or cut off on the way."""

import json
import socket
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from rest_framework_simplejwt.tokens import AccessToken

from wallet_transaction_api.models import Wallet

pytestmark = [pytest.mark.serial, pytest.mark.django_db(transaction=True)]
FORM = "application/x-www-form-urlencoded"
PART = b'--e\r\nContent-Disposition: form-data; name="amount"\r\n\r\n1'


def _headers(user: User) -> dict[str, str]:
    return {"Authorization": f"Bearer {AccessToken.for_user(user)}"}


def _send_cut(server: Any, user: User, body: bytes, **headers: str) -> None:
    """Send a credit whose end never comes, and wait until the server has given up on it."""
    lines = {"Host": "127.0.0.1", "Connection": "close", **_headers(user), **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(f"POST /api/wallet/credit HTTP/1.1\r\n{head}\r\n".encode() + body)
        time.sleep(0.5)  # the request is on its way, and its thread reads
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 400 "), answer


@pytest.mark.parametrize(
    ("content_type", "body"), [(FORM, b"amount=1"), ("multipart/form-data; boundary=e", PART)]
)
def test_a_form_that_was_cut_off_moves_nothing(
    serve: Callable[..., Any], alice: User, content_type: str, body: bytes
) -> None:
    server = serve()
    length, chunk = str(len(body) + 2), b"%x\r\n%s\r\n" % (len(body), body)
    _send_cut(server, alice, body, Content_Type=content_type, Content_Length=length)
    _send_cut(server, alice, chunk, Content_Type=content_type, Transfer_Encoding="chunked")
    wallet = Wallet.objects.get(default_for=alice)
    assert not wallet.entries.exists()
    url = f"{server.url}/api/wallet/credit"
    whole = httpx.post(url, data={"amount": "10"}, headers=_headers(alice))
    assert whole.json()["balance"] == "10.00"


def test_json_may_come_in_chunks(serve: Callable[..., Any], alice: User) -> None:
    server = serve()

    def post(size: int) -> int:
        text = json.dumps({"amount": "12.50", "x": "y" * size}).encode()
        parts = (text[start : start + 1000] for start in range(0, len(text), 1000))
        headers = {**_headers(alice), "Content-Type": "application/json"}
        url = f"{server.url}/api/wallet/credit"
        return httpx.post(url, content=parts, headers=headers, timeout=30).status_code

    assert (post(5000), post(3_000_000)) == (200, 413)
    wallet = Wallet.objects.get(default_for=alice)
    assert [entry.amount for entry in wallet.entries.all()] == [12.5]
