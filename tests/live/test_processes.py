"""Several server processes on one database and one Redis: as one process would do it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.books import assert_in_order, balance
from tests.cache.conftest import RedisServer, wait_until
from tests.history import Told, complaints
from tests.live import asks
from tests.live.asks import Ask
from tests.live.storm import Storm, books, client_of, opening, send, told_by
from wallet_transaction_api.models import Wallet

pytestmark = [pytest.mark.serial, pytest.mark.django_db(transaction=True)]
CLIENTS = 32
#: Reads that Redis answered, after which it counts as having been in use.
HITS = 200


@pytest.fixture
def server(serve: Callable[..., Any], redis_server: RedisServer) -> Any:
    """Return a server of two processes."""
    return serve(WEB_WORKERS="2", REDIS_URL=redis_server.url)


def _at_once(url: str, user: User, ask: Ask, key: str) -> list[Told | None]:
    """Send one request by all clients at once; None for who was told that it is running."""
    barrier = Barrier(CLIENTS)

    def run(_: int) -> Told | None:
        with client_of(url, user, seconds=30) as client:
            client.get("/livez")  # connected before the others start
            barrier.wait(30)
            answer = send(client, ask, key)
            assert answer.status_code != 503, answer.content
            return told_by(answer)

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(run, range(CLIENTS)))


def test_one_key_sent_by_many_moves_money_once(
    server: Any, alice: User, open_wallet: Callable[..., Wallet]
) -> None:
    source, destination = open_wallet("100.00"), open_wallet(label="Other")
    requests = {
        "deposit": asks.operated(destination, Decimal("7.00"))[0],
        "transfer": asks.transferred(source, destination, Decimal("60.00"))[0],
        "refused": asks.posted(source, Decimal("-60.00"))[0],
    }
    for name, ask in requests.items():
        told = [answer for answer in _at_once(server.url, alice, ask, name) if answer]
        with client_of(server.url, alice) as client:
            told.append(told_by(send(client, ask, name)) or Told(0, b"still running"))
        assert len({(answer.status, answer.body) for answer in told}) == 1, told
        assert [answer.is_replay for answer in told].count(False) == 1
        assert told[0].status == {"deposit": 200, "transfer": 201, "refused": 422}[name]
    assert (balance(source), balance(destination)) == (40, 67)
    assert_in_order()


def test_no_balance_is_older_than_what_was_acknowledged(
    server: Any, alice: User, open_wallet: Callable[..., Wallet], redis_server: RedisServer
) -> None:
    wallets = [open_wallet(f"{5 + number}.00", label=f"W{number}") for number in range(2)]
    openings = [opening(wallet) for wallet in wallets]
    storm = Storm(server.url, alice, wallets, alice.default_wallet)
    redis_server.call("CONFIG", "RESETSTAT")
    with storm.raging():
        wait_until(lambda: redis_server.call("INFO", "stats")["keyspace_hits"] > HITS, 30)
        storm.wait_for(40)
    assert storm.stale == []
    assert complaints([*openings, *storm.requests], *books()) == []
    assert_in_order()
