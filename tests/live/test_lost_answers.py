"""`kill -9` after the commit, before the answer: a retry gets the first answer, moves nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from django.contrib.auth.models import User
from django.db import connection

from tests.addresses import database_url
from tests.books import assert_in_order
from tests.cache.conftest import wait_until
from tests.live.asks import Ask
from tests.live.relay import Relay
from tests.live.storm import client_of, send
from wallet_transaction_api.models import Entry, IdempotencyRecord, Wallet

pytestmark = [pytest.mark.serial, pytest.mark.django_db(transaction=True)]
Serve = Callable[..., Any]
#: What only the end of a transaction says; `SET autocommit` and READ COMMITTED are other matters.
COMMIT = {"postgresql": b"COMMIT\0", "mysql": b"\x03COMMIT"}


def _asks(source: Wallet, destination: Wallet) -> dict[str, Ask]:
    ends = {"source": source, "destination": destination}
    linkage = {name: {"data": {"type": "wallets", "id": str(w.pk)}} for name, w in ends.items()}
    transfer = {"type": "transfers", "attributes": {"amount": "7.00"}, "relationships": linkage}
    deposit = {"operationType": "DEPOSIT", "amount": "7.00"}
    path = f"/api/v1/wallets/{source.uuid}/operation"
    return {
        "deposit": Ask("POST", path, deposit, "application/json"),
        "transfer": Ask("POST", "/api/transfers", {"data": transfer}),
    }


def _journal() -> list[tuple[int, Decimal]]:
    return list(Entry.objects.order_by("id").values_list("wallet_id", "amount"))


def test_an_answer_lost_on_its_way_to_the_client_is_given_again(
    serve: Serve, alice: User, open_wallet: Callable[..., Wallet]
) -> None:
    server, wallet = serve(), open_wallet("10.00")
    ask = _asks(wallet, alice.default_wallet)["deposit"]
    relay = Relay(("127.0.0.1", server.port))
    relay.lose_answer_to(b"Idempotency-Key")
    with client_of(f"http://127.0.0.1:{relay.port}", alice, seconds=30) as client:
        _fails_by(client, ask, lambda: _kill(server, relay))
    moved = _journal()
    server.start_again()
    with client_of(server.url, alice) as client:
        again = send(client, ask, "k-1")
    assert again.headers["Idempotent-Replayed"] == "true"
    first, _, body = relay.lost.partition(b"\r\n\r\n")
    assert (int(first.split()[1]), body) == (again.status_code, again.content)
    assert again.status_code in {200, 201}
    assert _journal() == moved
    assert_in_order()


def _kill(server: Any, relay: Relay) -> None:
    assert relay.has_lost.wait(30)
    server.kill()
    relay.cut()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="a file has no line to lose a word on")
@pytest.mark.parametrize(("name", "group_commit"), [("deposit", "true"), ("transfer", "false")])
def test_a_server_that_dies_before_it_hears_of_its_commit_has_done_it_once(
    serve: Serve, alice: User, open_wallet: Callable[..., Wallet], name: str, group_commit: str
) -> None:
    relay = _database_relay()
    server = serve(DATABASE_URL=_through(relay), GROUP_COMMIT=group_commit)
    wallet = open_wallet("10.00")
    ask = _asks(wallet, alice.default_wallet)[name]
    relay.lose_answer_to(COMMIT[connection.vendor])
    with client_of(server.url, alice, seconds=30) as client:
        _fails_by(client, ask, lambda: _kill_once_committed(server, relay))
    moved = _journal()
    server.start_again(DATABASE_URL=database_url())
    with client_of(server.url, alice) as client:
        again = send(client, ask, "k-1")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.status_code in {200, 201}
    assert _journal() == moved
    assert (wallet.pk, Decimal(10)) in moved
    assert len(moved) == {"deposit": 2, "transfer": 3}[name]
    assert_in_order()


def _kill_once_committed(server: Any, relay: Relay) -> None:
    wait_until(IdempotencyRecord.objects.exists, 30)
    assert relay.has_lost.wait(30)
    server.kill()
    relay.cut()


def _fails_by(client: httpx.Client, ask: Ask, kill: Callable[[], None]) -> None:
    """Send; the answer does not come, because meanwhile `kill` happens."""
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(send, client, ask, "k-1")
        kill()
        with pytest.raises(httpx.TransportError):
            answer.result()


def _database_relay() -> Relay:
    parts = urlsplit(database_url())
    standard = 5432 if connection.vendor == "postgresql" else 3306
    return Relay((parts.hostname or "127.0.0.1", parts.port or standard))


def _through(relay: Relay) -> str:
    parts = urlsplit(database_url())
    user = parts.netloc.rpartition("@")[0]
    return parts._replace(netloc=f"{user}@127.0.0.1:{relay.port}").geturl()
