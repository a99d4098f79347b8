"""An older balance is never read once a newer one was acknowledged, whatever Redis goes through."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.conf import settings

from tests.addresses import database_url
from tests.cache.conftest import RedisServer, wait_until
from tests.cache.traffic import RETRY_SECONDS, SETTLING_SECONDS, Acknowledged, Traffic
from tests.live.conftest import ROOT
from wallet_transaction_api import cache
from wallet_transaction_api.cache.local import LocalStore
from wallet_transaction_api.ledger import balances, posting
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import Wallet

pytestmark = [pytest.mark.serial, pytest.mark.django_db(transaction=True)]

PROCESSES = 2
#: Seconds of undisturbed traffic between two troubles: time to trust, to cache and to be cached.
CALM = 0.3
#: Seconds after which the processes have tried again, settled, and believe Redis again.
RECOVERY = RETRY_SECONDS + SETTLING_SECONDS + 0.3


class Processes:
    """Server processes' worth of traffic on one wallet, on the test database and a Redis."""

    def __init__(self, folder: Path, wallet: Wallet, redis_url: str) -> None:
        self.folder = folder
        self.acknowledged = Acknowledged(folder / "acknowledged")
        self._environment = {
            **os.environ,
            "SECRET_KEY": settings.SECRET_KEY,
            "DATABASE_URL": database_url(),
            "REDIS_URL": redis_url,
            "LOG_LEVEL": "CRITICAL",
        }
        self._arguments = ["-m", "tests.cache.traffic", str(folder), str(wallet.pk)]
        self._arguments.append(str(wallet.uuid))
        self._running = [self._start() for _ in range(PROCESSES)]

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *self._arguments],
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.PIPE,
            text=True,
        )

    def go_on(self) -> None:
        """Return when something more was written, a while later."""
        before = self.acknowledged.now()
        time.sleep(CALM)
        wait_until(lambda: self.acknowledged.now() > before, seconds=30)

    def finish(self) -> list[dict[str, Any]]:
        """Stop them; return what each saw."""
        (self.folder / "stop").touch()
        return [json.loads(process.communicate(timeout=60)[0]) for process in self._running]

    def kill(self) -> None:
        """End what still runs."""
        for process in self._running:
            process.kill()
            process.communicate()


@pytest.fixture
def processes(
    tmp_path: Path, open_wallet: Callable[..., Wallet], redis_server: RedisServer
) -> Iterator[Processes]:
    running = Processes(tmp_path, open_wallet(), redis_server.url)
    try:
        wait_until(lambda: running.acknowledged.now() > 10, seconds=30)
        yield running
    finally:
        running.kill()


def assert_fresh(seen: list[dict[str, Any]], processes: Processes) -> None:
    assert [one["errors"] for one in seen] == [[]] * PROCESSES
    assert [one["stale"] for one in seen] == [[]] * PROCESSES
    assert sum(one["writes"] for one in seen) == processes.acknowledged.now()
    assert all(one["reads"] > 10 for one in seen)
    assert Wallet.objects.get(label="Wallet").balance == processes.acknowledged.now()


def hits(server: RedisServer) -> int:
    """Return how often a cached balance was there."""
    return int(server.call("INFO", "stats")["keyspace_hits"])


def test_with_redis_killed_and_started_again(
    processes: Processes, redis_server: RedisServer
) -> None:
    for _ in range(2):
        processes.go_on()
        redis_server.call("SAVE")  # what it comes back with is older than what is acknowledged
        processes.go_on()
        redis_server.kill()
        processes.go_on()
        redis_server.start()
        time.sleep(RECOVERY)
    processes.go_on()
    served = hits(redis_server)
    assert_fresh(processes.finish(), processes)
    assert served > 10


def test_with_redis_frozen(processes: Processes, redis_server: RedisServer) -> None:
    for seconds in (0.6, 1.2):
        processes.go_on()
        redis_server.freeze()
        time.sleep(seconds)
        redis_server.thaw()
        time.sleep(RECOVERY)
    processes.go_on()
    assert_fresh(processes.finish(), processes)


def test_with_redis_flushed(processes: Processes, redis_server: RedisServer) -> None:
    for _ in range(100):
        redis_server.call("FLUSHALL")
        time.sleep(0.01)
    assert_fresh(processes.finish(), processes)


def test_with_scripts_forgotten_which_one_process_alone_may_notice(
    processes: Processes, redis_server: RedisServer
) -> None:
    for _ in range(4):
        redis_server.call("SCRIPT", "FLUSH")
        time.sleep(0.02)
        redis_server.call("SCRIPT", "FLUSH")
        time.sleep(RECOVERY)
        processes.go_on()
    assert_fresh(processes.finish(), processes)


def test_with_entries_vanishing_one_by_one(processes: Processes, redis_server: RedisServer) -> None:
    for _ in range(300):
        if key := redis_server.call("RANDOMKEY"):
            redis_server.call("DEL", key)
        time.sleep(0.003)
    assert_fresh(processes.finish(), processes)


def test_in_one_process_without_redis(
    tmp_path: Path, open_wallet: Callable[..., Wallet], local: LocalStore
) -> None:
    wallet = open_wallet()
    traffic = Traffic(tmp_path, wallet.pk, wallet.uuid)
    running = Thread(target=traffic.run)
    running.start()
    try:
        wait_until(lambda: traffic.writes > 40 or bool(traffic.errors), seconds=30)
    finally:
        traffic.stop.touch()
        running.join()
    assert (traffic.errors, traffic.stale) == ([], [])
    assert traffic.reads > 100


def test_of_a_balance_that_changes_while_it_is_read(
    open_wallet: Callable[..., Wallet], store: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stop the reader between the database and the cache, and let a writer overtake it."""
    wallet = open_wallet("10.00")
    read = balances.of_uuid

    def overtaken(uuid: Any) -> Any:
        row = read(uuid)
        posting.post_one(Posting(wallet_id=wallet.pk, amount=Decimal(5)))
        return row

    with monkeypatch.context() as patch:
        patch.setattr(balances, "of_uuid", overtaken)
        cache.balance_by_uuid(wallet.uuid)
    for _ in range(2):
        row = cache.balance_by_uuid(wallet.uuid)
        assert row
        assert row["balance"] == 15
