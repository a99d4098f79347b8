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


@pytest.fixture(autouse=True)
def _still_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep every call of a test in one window, 20 seconds before its end."""
    monkeypatch.setattr(throttling.time, "time", lambda: 1_000_000_000 - 1_000_000_000 % 60 + 40.0)


def _login(
    api: Api,
    password: str = "wrong",  # noqa: S107
    address: str = "127.0.0.1",
    username: str = "alice",
) -> Answer:
    body = {"username": username, "password": password}
    return api.send("POST", "/api/token/", body, JSON, REMOTE_ADDR=address)


def _register(username: str, address: str = "127.0.0.1") -> Answer:
    body = {"username": username, "password": "a-long-enough-phrase"}
    return Api().send("POST", "/api/register/", body, JSON, REMOTE_ADDR=address)


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


@pytest.mark.parametrize("written", ["alice", "ALICE", "\uff21lice", "\u00e1lice", " alice "])
def test_a_name_is_guessed_at_in_any_spelling(written: str, alice: User, settings: Any) -> None:
    settings.THROTTLE_LOGIN = env.Rate(2, 60)
    assert _login(Api()).status_code == 401
    assert _login(Api(), username=written).status_code == 401
    assert _login(Api()).status_code == 429
    assert _login(Api(), username=written).status_code == 429


def test_who_is_wrong_does_not_hold_up_others_at_the_address(
    alice: User, bob: User, settings: Any
) -> None:
    settings.THROTTLE_LOGIN = env.Rate(2, 60)
    assert [_login(Api()).status_code for _ in range(3)] == [401, 401, 429]
    assert _login(Api(), "bob-s3cret", username="bob").status_code == 200


def test_one_address_guesses_at_many_names_at_ten_times_the_rate(
    alice: User, settings: Any
) -> None:
    settings.THROTTLE_LOGIN = env.Rate(1, 60)
    answers = [_login(Api(), username=f"user{number}").status_code for number in range(11)]
    assert answers == [401] * 10 + [429]
    renewal = Api().post("/api/token/refresh", {"refresh": "x"}, JSON)
    assert (renewal.status_code, renewal["Retry-After"]) == (429, "20")
    assert _login(Api(), "alice-s3cret", "192.0.2.1").status_code == 200


def test_guessing_tokens_counts(alice: User, settings: Any) -> None:
    settings.THROTTLE_LOGIN = env.Rate(1, 60)
    answers = [Api().post("/api/token/refresh", {"refresh": "x"}, JSON) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]


def test_registrations_count_whether_the_name_is_free_or_not(alice: User, settings: Any) -> None:
    settings.THROTTLE_LOGIN, settings.REGISTRATION_OPEN = env.Rate(2, 60), True
    assert _register("alice").status_code == 409
    assert _register("carol").status_code == 201
    answer = _register("dave")
    assert refused(answer) == (429, "Too many requests", "throttled")
    assert answer["Retry-After"] == "20"
    assert _register("dave", "192.0.2.1").status_code == 201
    assert _login(Api(), "alice-s3cret").status_code == 200


def test_what_is_no_guess_counts_for_nothing(alice: User, settings: Any) -> None:
    settings.THROTTLE_LOGIN, settings.REGISTRATION_OPEN = env.Rate(1, 60), True
    for body in ({}, {"username": "alice"}, {"username": "alice", "password": ""}):
        for path in ("/api/token/", "/api/register/", "/api/token/refresh/"):
            assert Api().post(path, body, JSON).status_code == 400
    assert _login(Api()).status_code == 401
    assert _register("carol").status_code == 201


def test_a_network_of_ipv6_is_one_caller(alice: User, settings: Any) -> None:
    settings.THROTTLE_LOGIN = env.Rate(1, 60)
    assert _login(Api(), address="2001:db8::1").status_code == 401
    assert _login(Api(), address="2001:db8::ffff:2").status_code == 429
    assert _login(Api(), address="2001:db8:0:1::1").status_code == 401
    assert _login(Api(), address="::ffff:192.0.2.1").status_code == 401
    assert _login(Api(), address="::ffff:192.0.2.2").status_code == 401


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
