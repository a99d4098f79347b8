"""How long an entry may be believed when nobody can say that it changed."""

import time
from typing import Any

import pytest

from tests.cache.conftest import RedisServer
from wallet_transaction_api.cache import local as local_module
from wallet_transaction_api.cache.local import LocalStore
from wallet_transaction_api.cache.shared import SharedStore


class TestInRedis:
    def test_a_balance_lives_as_long_as_the_setting_says(
        self, shared: SharedStore, redis_server: RedisServer, settings: Any
    ) -> None:
        settings.BALANCE_CACHE_SECONDS = 12
        _, lease = shared.read("w")
        shared.fill("w", lease or "", 1, "v1")
        assert 11_000 < redis_server.call("PTTL", shared._prefix + "w") <= 12_000

    def test_its_time_runs_from_before_it_was_read(
        self, shared: SharedStore, redis_server: RedisServer
    ) -> None:
        _, lease = shared.read("w")
        redis_server.call("PEXPIRE", shared._prefix + "w", "2000")  # 3 of 5 seconds passed
        shared.fill("w", lease or "", 1, "v1")
        assert 26_000 < redis_server.call("PTTL", shared._prefix + "w") <= 27_000

    def test_transactions_do_not_prolong_it(
        self, shared: SharedStore, redis_server: RedisServer
    ) -> None:
        _, lease = shared.read("w")
        shared.fill("w", lease or "", 1, "v1")
        redis_server.call("PEXPIRE", shared._prefix + "w", "2000")
        shared.keep_recent("w", 1, "rows")
        assert redis_server.call("PTTL", shared._prefix + "w") <= 2000

    def test_a_lease_is_given_up_for_a_reader_who_died(
        self, shared: SharedStore, redis_server: RedisServer
    ) -> None:
        shared.read("w")
        assert 0 < redis_server.call("PTTL", shared._prefix + "w") <= 5000


class TestInTheProcess:
    def test_a_balance_is_gone_after_a_second(
        self, local: LocalStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _, lease = local.read("w")
        local.fill("w", lease or "", 1, "v1")
        later = time.monotonic() + 1.01
        monkeypatch.setattr(local_module.time, "monotonic", lambda: later)
        assert local.read("w")[0] is None

    def test_transactions_do_not_prolong_it(
        self, local: LocalStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        start = time.monotonic()
        _, lease = local.read("w")
        monkeypatch.setattr(local_module.time, "monotonic", lambda: start + 0.9)
        local.fill("w", lease or "", 1, "v1")
        local.keep_recent("w", 1, "rows")
        assert local.read_recent("w") == "rows"
        monkeypatch.setattr(local_module.time, "monotonic", lambda: start + 1.1)
        assert local.read_recent("w") is None
        assert local.read("w")[0] is None
