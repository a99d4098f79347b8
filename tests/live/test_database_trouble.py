"""A database that is cut off, comes back, or is locked: 503 in each dialect, then as before."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from rest_framework_simplejwt.tokens import AccessToken

from tests.addresses import database_url
from tests.conftest import JSONAPI
from tests.live.relay import Relay
from wallet_transaction_api.models import Wallet

pytestmark = [pytest.mark.serial, pytest.mark.django_db(transaction=True)]
over_the_network = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="a file has no line to cut"
)
JSON = "application/json"


@pytest.fixture
def relay() -> Iterator[Relay]:
    """Return a relay to the test database's server."""
    parts = urlsplit(database_url())
    standard = 5432 if connection.vendor == "postgresql" else 3306
    relay = Relay((parts.hostname or "127.0.0.1", parts.port or standard))
    yield relay
    relay.cut()


@pytest.fixture
def client(serve: Callable[..., Any], relay: Relay, alice: User) -> Iterator[httpx.Client]:
    """Return alice's client of a server whose database is behind the relay."""
    parts = urlsplit(database_url())
    user = parts.netloc.rpartition("@")[0]
    url = parts._replace(netloc=f"{user}@127.0.0.1:{relay.port}").geturl()
    with _client(serve(DATABASE_URL=url), alice) as client:
        yield client


def _client(server: Any, user: User) -> httpx.Client:
    headers = {"Authorization": f"Bearer {AccessToken.for_user(user)}"}
    return httpx.Client(base_url=server.url, headers=headers, timeout=60)


def _credit(client: httpx.Client) -> int:
    return client.post("/api/wallet/credit", json={"amount": 1}).status_code


def _assert_unavailable(answer: httpx.Response, content_type: str) -> None:
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["Content-Type"] == content_type
    body = answer.json()
    error = body["errors"][0] if content_type == JSONAPI else body
    assert error["code"] in {"unavailable", "busy"}


@over_the_network
def test_a_database_out_of_reach_is_503_until_it_is_back(
    client: httpx.Client, relay: Relay, alice: User
) -> None:
    wallet = alice.default_wallet
    requests: list[tuple[str, str, Any, str]] = [
        ("POST", "/api/wallet/credit", {"amount": 1}, JSON),
        ("GET", f"/api/v1/wallets/{wallet.uuid}", None, JSON),
        ("POST", "/api/token/", {"username": "alice", "password": "alice-s3cret"}, JSON),
        ("GET", "/api/wallets", None, JSONAPI),
        ("GET", "/api/transactions/1", None, JSONAPI),
    ]
    assert _credit(client) == 200
    relay.cut()
    with ThreadPoolExecutor(len(requests)) as pool:
        answers = pool.map(lambda item: client.request(*item[:2], json=item[2]), requests)
        for answer, (*_, content_type) in zip(answers, requests, strict=True):
            _assert_unavailable(answer, content_type)
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").json()["database"] == "unavailable"
    relay.mend()
    _wait_until_ready(client)
    assert _credit(client) == 200
    wallet.refresh_from_db()
    assert wallet.balance == 2


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the words are PostgreSQL's")
def test_a_read_only_database_is_503_to_writers_and_read_by_others(
    serve: Callable[..., Any], alice: User
) -> None:
    url = f"{database_url()}?options=-c%20default_transaction_read_only=on"
    operation = f"/api/v1/wallets/{alice.default_wallet.uuid}/operation"
    writes = [
        ("/api/wallet/credit", {"amount": 1}, JSON),
        (operation, {"operationType": "DEPOSIT", "amount": 1}, JSON),
        ("/api/wallets", {"data": {"type": "wallets", "attributes": {"label": "x"}}}, JSONAPI),
    ]
    with _client(serve(DATABASE_URL=url), alice) as client:
        for path, body, content_type in writes:
            headers = {"Content-Type": content_type}
            answer = client.post(path, json=body, headers=headers)
            _assert_unavailable(answer, content_type)
        assert client.get("/api/wallet/balance").status_code == 200
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["database"]) == (503, "read-only")


def _wait_until_ready(client: httpx.Client) -> None:
    deadline = time.monotonic() + 30
    while client.get("/readyz").status_code != 200:
        assert time.monotonic() < deadline, "the server did not recover by itself"
        time.sleep(0.2)


@over_the_network
def test_lost_connections_cost_at_most_one_answer_each(
    client: httpx.Client, relay: Relay, alice: User
) -> None:
    answers = []
    for _ in range(5):
        relay.drop()
        answers += [_credit(client), _credit(client), _credit(client)]
    assert set(answers) <= {200, 503}
    assert answers.count(200) >= 10
    assert answers[-1] == 200
    wallet = alice.default_wallet
    assert answers.count(200) <= wallet.balance <= len(answers)


def test_a_lock_held_for_too_long_is_503_and_moves_nothing(
    serve: Callable[..., Any], alice: User
) -> None:
    wallet = alice.default_wallet
    url = database_url() + ("?timeout=1" if connection.vendor == "sqlite" else "")
    with _client(serve(DATABASE_URL=url, DB_LOCK_TIMEOUT="1"), alice) as client:
        with transaction.atomic():
            Wallet.objects.select_for_update().get(pk=wallet.pk)
            wallet.label = "Held"
            wallet.save(update_fields={"label"})
            with ThreadPoolExecutor(2) as pool:
                document = {
                    "data": {"type": "wallets", "id": str(wallet.pk), "attributes": {"label": "x"}}
                }
                edited = pool.submit(
                    client.patch, f"/api/wallets/{wallet.pk}", json=document,
                    headers={"Content-Type": JSONAPI},
                )  # fmt: skip
                posted = pool.submit(client.post, "/api/wallet/credit", json={"amount": 1})
                _assert_unavailable(edited.result(), JSONAPI)
                _assert_unavailable(posted.result(), JSON)
        assert _credit(client) == 200
    wallet.refresh_from_db()
    assert (wallet.balance, wallet.label) == (1, "Held")
