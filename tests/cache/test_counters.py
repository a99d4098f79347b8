"""No number of callers at once gets more than a window holds: in Redis, or in one process."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.core.cache import caches
from django.db import connections
from django_redis import get_redis_connection

from tests.api.plain.conftest import JSON
from tests.conftest import Api
from tests.environment import Environment
from wallet_transaction_api import env
from wallet_transaction_api.cache import counters as places
from wallet_transaction_api.cache.counters import Taken, Window, take

THREADS, CALLS = 16, 4
FEW, MANY = Window("few", 30, 60), Window("many", 45, 60)
NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def _no_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_outage", places._Outage())
    monkeypatch.setattr(places, "_local", places._Local())


@pytest.fixture(params=["memory", "redis", "redis away"])
def counters(request: Any, environment: Environment, settings: Any) -> Iterator[str]:
    """Count in each of the places."""
    if request.param == "memory":
        settings.CACHES = environment.settings()["CACHES"]
    elif request.param == "redis away":
        default = {**redis_cache(), "LOCATION": NOWHERE}
        settings.CACHES = {**environment.settings()["CACHES"], "throttles": default}
    elif not django_settings.REDIS_URL:
        pytest.skip("REDIS_URL is not set")
    places._local.clear()
    yield request.param
    places._local.clear()


def redis_cache() -> dict[str, Any]:
    """Return a cache in Redis as the settings declare it."""
    options = {"SOCKET_CONNECT_TIMEOUT": 0.25, "SOCKET_TIMEOUT": 0.5}
    return {"BACKEND": "django_redis.cache.RedisCache", "OPTIONS": options}


def _at_once(work: Callable[[], Any]) -> list[Any]:
    def repeat(_: int) -> list[Any]:
        try:
            return [work() for _ in range(CALLS)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return [result for results in pool.map(repeat, range(THREADS)) for result in results]


def _left(window: Window) -> int:
    """Return how many more there is room for."""
    count = 0
    while take(window):
        count += 1
    return count


@pytest.mark.serial
def test_many_at_once_get_as_many_as_the_window_holds(counters: str) -> None:
    taken = _at_once(lambda: take(FEW, MANY))
    assert sum(each is not None for each in taken) == FEW.most
    assert _left(MANY) == MANY.most - FEW.most  # those without room counted in neither


@pytest.mark.serial
def test_what_many_give_back_at_once_is_there_again(counters: str) -> None:
    def work() -> None:
        taken = take(FEW, MANY)
        if taken:
            taken.give_back()

    _at_once(work)
    assert (_left(FEW), _left(MANY)) == (FEW.most, MANY.most)


def test_giving_back_never_makes_more_room_than_there_was(counters: str) -> None:
    taken = take(FEW)
    assert taken is not None
    for _ in range(3):
        taken.give_back()
    assert _left(FEW) == FEW.most


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
def test_no_more_guesses_pass_at_once_than_one_by_one(
    counters: str, alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wallet_transaction_api.api.throttling.time.time", lambda: 1_800_000_000.0)
    settings.THROTTLE_LOGIN = env.Rate(30, 60)
    body = {"username": "alice", "password": "wrong"}
    statuses = _at_once(lambda: Api().post("/api/token/", body, JSON).status_code)
    assert sorted(statuses) == [401] * 30 + [429] * (THREADS * CALLS - 30)


class TestWithoutRedis:
    @pytest.fixture(autouse=True)
    def _away(self, environment: Environment, settings: Any) -> Iterator[None]:
        default = {**redis_cache(), "LOCATION": NOWHERE}
        settings.CACHES = {**environment.settings()["CACHES"], "throttles": default}
        places._local.clear()
        yield
        places._local.clear()

    def test_the_log_says_so_once(self, log: StringIO) -> None:
        for _ in range(5):
            take(FEW)
        assert log.getvalue().count("rates count per process") == 1
        assert "WARNING" in log.getvalue()

    def test_redis_is_left_alone_for_a_moment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        calls: list[int] = []
        run = places._Shared._run

        def count(*args: Any) -> Any:
            calls.append(1)
            return run(*args)

        monkeypatch.setattr(places._Shared, "_run", count)
        for _ in range(5):
            assert take(FEW)
        assert len(calls) == 1
        monkeypatch.setattr(places, "RETRY_SECONDS", -1)
        places._outage.note(OSError())
        take(FEW)
        assert len(calls) == 2


@pytest.mark.skipif(not django_settings.REDIS_URL, reason="REDIS_URL is not set")
class TestInRedis:
    @pytest.mark.parametrize("value", ["abc", "", "1e9", "9" * 400, "-5", "nan", " 1"])
    def test_a_forged_counter_has_no_room(self, value: str) -> None:
        redis, key = get_redis_connection("throttles"), caches["throttles"].make_key(FEW.key)
        redis.set(key, value)
        assert take(FEW, MANY) is None
        Taken(places._shared, [FEW]).give_back()
        assert redis.get(key) == value.encode()
        assert _left(MANY) == MANY.most

    def test_nor_has_a_key_of_another_type(self) -> None:
        get_redis_connection("throttles").lpush(caches["throttles"].make_key(FEW.key), "x")
        assert take(FEW) is None
        Taken(places._shared, [FEW]).give_back()

    def test_a_counter_ends_with_its_window(self) -> None:
        take(FEW)
        left = get_redis_connection("throttles").pttl(caches["throttles"].make_key(FEW.key))
        assert 0 < left <= FEW.seconds * 1000

    def test_giving_back_to_a_window_that_has_ended_leaves_nothing(self) -> None:
        taken = take(FEW)
        assert taken is not None
        redis, key = get_redis_connection("throttles"), caches["throttles"].make_key(FEW.key)
        redis.delete(key)
        taken.give_back()
        assert not redis.exists(key)
