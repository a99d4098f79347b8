"""Rates from the environment: 429 with Retry-After, in the dialect of each face."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches

from tests.api.plain.conftest import JSON, refused
from tests.conftest import Answer, Api
from tests.environment import Environment
from wallet_transaction_api import env
from wallet_transaction_api.api import throttling
from wallet_transaction_api.cache import counters


@pytest.fixture(autouse=True)
def _still_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep every call of a test in one window, 20 seconds before its end."""
    monkeypatch.setattr(throttling.time, "time", lambda: 1_000_000_000 - 1_000_000_000 % 60 + 40.0)


def _login(api: Api, password: str = "wrong", address: str = "127.0.0.1") -> Answer:  # noqa: S107
    body = {"username": "alice", "password": password}
    return api.request(
        "POST", "/api/token/", data=str(body).replace("'", '"'), content_type=JSON,
        REMOTE_ADDR=address,
    )  # fmt: skip


def test_nothing_is_counted_unless_asked_for(alice: User) -> None:
    assert {Api(alice).get("/api/wallet/balance").status_code for _ in range(50)} == {200}


def test_a_user_is_held_to_the_rate_on_all_faces_together(
    alice: User, bob: User, settings: Any
) -> None:
    settings.THROTTLE_USER = env.Rate(4, 60)
    api, path = Api(alice), f"/api/v1/wallets/{alice.default_wallet.uuid}"
    for url in ("/api/wallet/balance", path, "/api/wallets", "/api/wallet/transactions"):
        assert api.get(url).status_code == 200
    answer = api.get(path)
    assert refused(answer) == (429, "Too many requests", "throttled")
    assert answer["Retry-After"] == "20"
    assert api.post("/api/wallet/credit", {"amount": 1}, JSON).status_code == 429
    document = api.get("/api/wallets")
    assert document.status_code == 429
    assert document["Retry-After"] == "20"
    assert document["Content-Type"] == "application/vnd.api+json"
    assert document.json()["errors"][0]["code"] == "throttled"
    assert Api(bob).get("/api/wallet/balance").status_code == 200


def test_an_anonymous_address_is_held_to_the_rate(alice: User, settings: Any) -> None:
    settings.AUTH_REQUIRED, settings.THROTTLE_ANON = False, env.Rate(2, 60)
    path = f"/api/v1/wallets/{alice.default_wallet.uuid}"
    assert [Api().get(path).status_code for _ in range(3)] == [200, 200, 429]
    assert Api().get("/api/wallets").status_code == 429
    assert Api().get(path, REMOTE_ADDR="192.0.2.1").status_code == 200
    assert Api(alice).get(path).status_code == 200
    assert Api().get("/livez").status_code == 200


def test_wrong_passwords_are_held_to_the_rate(alice: User, settings: Any) -> None:
    settings.THROTTLE_LOGIN = env.Rate(3, 60)
    assert [_login(Api()).status_code for _ in range(4)] == [401, 401, 401, 429]
    answer = _login(Api(), "alice-s3cret")
    assert refused(answer) == (429, "Too many requests", "throttled")
    assert answer["Retry-After"] == "20"
    assert _login(Api(), "alice-s3cret", "192.0.2.1").status_code == 200


def test_who_knows_the_password_is_never_held_up(alice: User, settings: Any) -> None:
    settings.THROTTLE_LOGIN = env.Rate(2, 60)
    assert {_login(Api(), "alice-s3cret").status_code for _ in range(10)} == {200}


def test_guessing_names_and_tokens_counts_too(alice: User, settings: Any) -> None:
    settings.THROTTLE_LOGIN, settings.REGISTRATION_OPEN = env.Rate(2, 60), True
    taken = {"username": "alice", "password": "a-long-enough-phrase"}
    assert Api().post("/api/register", taken, JSON).status_code == 409
    assert Api().post("/api/token/refresh", {"refresh": "x"}, JSON).status_code == 401
    assert Api().post("/api/register", taken, JSON).status_code == 429
    assert _login(Api()).status_code == 429


def test_without_the_cache_nobody_is_refused(
    alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError

    settings.THROTTLE_USER = settings.THROTTLE_LOGIN = env.Rate(1, 60)
    for name in ("add", "read"):
        monkeypatch.setattr(counters, name, fail)
    assert {_login(Api()).status_code for _ in range(3)} == {401}
    assert {Api(alice).get("/api/wallet/balance").status_code for _ in range(3)} == {200}


@pytest.fixture
def in_memory(environment: Environment, settings: Any) -> Iterator[dict[str, Any]]:
    """Return the caches of a process without Redis."""
    settings.CACHES = environment.settings()["CACHES"]
    yield settings.CACHES
    for name in settings.CACHES:
        caches[name].clear()


def test_in_memory_no_number_of_balances_washes_out_a_counter(
    alice: User, settings: Any, in_memory: dict[str, Any]
) -> None:
    settings.THROTTLE_LOGIN = env.Rate(3, 60)
    assert [_login(Api()).status_code for _ in range(3)] == [401] * 3
    for number in range(in_memory["default"]["OPTIONS"]["MAX_ENTRIES"] + 1):
        caches["default"].set(f"wallet-{number}", "5.00")
    assert _login(Api()).status_code == 429


def test_in_memory_there_is_room_for_many(in_memory: dict[str, Any]) -> None:
    for name, most in {"default": 10_000, "throttles": 100_000}.items():
        for number in range(most):
            caches[name].set(f"{number}", 1)
        assert caches[name].get("0") == 1


@pytest.mark.parametrize(
    ("text", "rate"),
    [("100/minute", (100, 60)), ("1/second", (1, 1)), ("5/hour", (5, 3600)), ("9/day", (9, 86400)),
     ("off", None), ("", None)],
)  # fmt: skip
def test_rates_are_read(monkeypatch: pytest.MonkeyPatch, text: str, rate: Any) -> None:
    monkeypatch.setenv("THROTTLE_USER", text)
    assert env.rate("THROTTLE_USER") == rate


@pytest.mark.parametrize("text", ["0/minute", "x", "5", "5/min", "-1/day", "1.5/hour", "5/minutes"])
def test_a_bad_rate_stops_the_start(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("THROTTLE_USER", text)
    with pytest.raises(env.ConfigurationError, match=r"^THROTTLE_USER: "):
        env.rate("THROTTLE_USER")
