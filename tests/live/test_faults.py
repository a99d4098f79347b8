"""A storm of writes while its servers die: every promise that was made is kept, and no other.

`FAULT_ROUNDS` repeats it with each number of processes, with and without group commit.
"""

import os
from collections.abc import Callable
from itertools import cycle, islice
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from tests.books import assert_in_order
from tests.cache.conftest import RedisServer
from tests.history import complaints
from tests.live.storm import Storm, books, opening
from wallet_transaction_api.ledger import limit_uses, limits
from wallet_transaction_api.models import Limit, Wallet

pytestmark = [pytest.mark.serial, pytest.mark.django_db(transaction=True)]

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "1"))
#: Processes, group commit.
ARRANGEMENTS = [("1", "true"), ("2", "false"), ("2", "true"), ("1", "false")]
#: Debits of the limited wallet.
MOST = 12
ALL = {"pending", "captured", "voided", "limit_exceeded"}
Serve = Callable[..., Any]


@pytest.mark.parametrize("arrangement", list(islice(cycle(ARRANGEMENTS), 2 * ROUNDS)), ids=str)
def test_every_acknowledged_write_is_there_once_and_no_refused_one(
    serve: Serve,
    alice: User,
    open_wallet: Callable[..., Wallet],
    redis_server: RedisServer,
    arrangement: tuple[str, str],
) -> None:
    workers, group_commit = arrangement
    server = serve(WEB_WORKERS=workers, GROUP_COMMIT=group_commit, REDIS_URL=redis_server.url)
    wallets = [open_wallet(f"{5 + number}.00", label=f"W{number}") for number in range(3)]
    openings = [opening(wallet) for wallet in wallets]
    limit = limits.set_limit(
        wallet_id=wallets[0].pk, direction="debit", window="month", max_count=MOST
    )
    storm = Storm(server.url, alice, wallets, alice.default_wallet)
    with storm.raging():
        storm.wait_for(40)
        _stop_and_flush(redis_server, storm)
        _terminate_connections()
        storm.wait_for(40)
        server.kill()
        server.start_again()
        storm.wait_for(40)
        storm.wait_until(lambda: storm.has_done() == ALL)
    assert complaints([*openings, *storm.requests], *books()) == []
    _assert_kept(limit.pk)
    assert any(request.unknown for request in storm.requests)
    assert {request.passed for request in storm.requests} == {True, False}
    assert (storm.stale, bool(storm.reads)) == ([], True)
    assert_in_order()


def _assert_kept(limit_id: int) -> None:
    """See that no more passed than the limit allows, and that it counts what the journals say."""
    limit = Limit.objects.get(pk=limit_id)
    assert limit.window_started_at is not None
    said = limit_uses.used_since(limit.wallet_id, limit.direction, limit.window_started_at)
    assert (limit.used_amount, limit.used_count) == said
    assert limit.used_count <= MOST


def _stop_and_flush(redis_server: RedisServer, storm: Storm) -> None:
    redis_server.kill()
    storm.wait_for(20)
    redis_server.start()
    redis_server.call("FLUSHALL")
    storm.wait_for(20)


def _terminate_connections() -> None:
    """End the others' connections to the test database, as an operator or a failover does."""
    queries = {
        "postgresql": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        "mysql": "SELECT id FROM information_schema.processlist"
        " WHERE db = DATABASE() AND id <> CONNECTION_ID()",
    }
    if connection.vendor not in queries:
        return  # a file has no connections
    with connection.cursor() as cursor:
        cursor.execute(queries[connection.vendor])
        for (number,) in cursor.fetchall():
            if connection.vendor == "mysql":
                cursor.execute(f"KILL {int(number)}")
