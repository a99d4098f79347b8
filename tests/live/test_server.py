"""The production server under a burst, with several processes, and when told to stop."""

import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from django.db import transaction
from rest_framework_simplejwt.tokens import AccessToken

from tests.cache.conftest import RedisServer
from wallet_transaction_api.models import Entry, Wallet

pytestmark = [pytest.mark.serial, pytest.mark.django_db(transaction=True)]

CLIENTS = 32
REQUESTS = 20


def _operate(client: httpx.Client, wallet: Wallet, kind: str, amount: str) -> int:
    body = {"operationType": kind, "amount": amount}
    return client.post(f"/api/v1/wallets/{wallet.uuid}/operation", json=body).status_code


def _client(server: Any, user: User) -> httpx.Client:
    headers = {"Authorization": f"Bearer {AccessToken.for_user(user)}"}
    return httpx.Client(base_url=server.url, headers=headers, timeout=60)


def _storm(server: Any, user: User, work: Callable[[httpx.Client], list[int]]) -> Counter[int]:
    def run(_: int) -> list[int]:
        with _client(server, user) as client:
            return work(client)

    with ThreadPoolExecutor(CLIENTS) as pool:
        return Counter(status for answers in pool.map(run, range(CLIENTS)) for status in answers)


def test_answers_every_request_of_a_burst_on_one_wallet(
    serve: Callable[..., Any], alice: User
) -> None:
    server, wallet = serve(), alice.default_wallet

    def deposit(client: httpx.Client) -> list[int]:
        return [_operate(client, wallet, "DEPOSIT", "1.25") for _ in range(REQUESTS)]

    assert _storm(server, alice, deposit) == {200: CLIENTS * REQUESTS}
    wallet.refresh_from_db()
    assert wallet.balance == Decimal("1.25") * CLIENTS * REQUESTS
    assert wallet.last_sequence == Entry.objects.filter(wallet=wallet).count()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_lets_exactly_as_many_withdrawals_through_as_there_is_money_for(
    serve: Callable[..., Any],
    alice: User,
    open_wallet: Callable[..., Wallet],
    redis_server: RedisServer,
    workers: str,
) -> None:
    server = serve(WEB_WORKERS=workers, REDIS_URL=redis_server.url)
    wallet = open_wallet("100.00")

    def withdraw(client: httpx.Client) -> list[int]:
        return [_operate(client, wallet, "WITHDRAW", "1") for _ in range(REQUESTS)]

    assert _storm(server, alice, withdraw) == {200: 100, 400: CLIENTS * REQUESTS - 100}
    wallet.refresh_from_db()
    assert wallet.balance == 0


def test_finishes_what_is_in_flight_when_told_to_stop(
    serve: Callable[..., Any], alice: User
) -> None:
    server, wallet, answers = serve(), alice.default_wallet, []

    def deposit() -> None:
        with _client(server, alice) as client:
            answers.append(_operate(client, wallet, "DEPOSIT", "5"))

    with transaction.atomic():  # its lock (SQLite: BEGIN IMMEDIATE) holds the request back in there
        Wallet.objects.select_for_update().get(pk=wallet.pk)
        request = threading.Thread(target=deposit)
        request.start()
        time.sleep(1)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(1)
    request.join(30)
    assert answers == [200]
    assert server.process.wait(30) == 0
    wallet.refresh_from_db()
    assert wallet.balance == 5


def test_answers_probes_by_its_address_only_whatever_else_is_refused(
    serve: Callable[..., Any],
) -> None:
    server = serve(ALLOWED_HOSTS="wallets.example", SECURE_SSL_REDIRECT="true")
    paths = ("/livez", "/readyz", "/api/wallets", "/admin/")
    assert [httpx.get(f"{server.url}{path}").status_code for path in paths] == [200, 200, 400, 400]


def test_measures_no_answer_that_has_no_body(serve: Callable[..., Any], alice: User) -> None:
    wallet = Wallet.objects.create(owner=alice, label="Gone", currency="USD")
    with _client(serve(), alice) as client:
        url = f"/api/wallets/{wallet.pk}"
        whole = client.get(url)
        same = client.get(url, headers={"If-None-Match": whole.headers["ETag"]})
        gone = client.delete(url)
    assert [answer.status_code for answer in (whole, same, gone)] == [200, 304, 204]
    assert [answer.headers.get("content-length") for answer in (whole, same, gone)] == [
        str(len(whole.content)),
        None,
        None,
    ]
