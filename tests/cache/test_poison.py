"""Whoever writes to Redis shows a wrong balance at worst: no decision, no permission, no crash."""

# ruff: noqa: PLR0917 what pytest is asked for is named

import json
import pickle
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches

from tests.cache.conftest import RedisServer, wait_until
from tests.conftest import Answer, Api
from wallet_transaction_api import cache, env
from wallet_transaction_api.api import throttling
from wallet_transaction_api.cache import directory, foreign, texts
from wallet_transaction_api.cache.shared import SharedStore
from wallet_transaction_api.ledger import balances, posting
from wallet_transaction_api.ledger.journal import Book
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import Wallet

pytestmark = pytest.mark.django_db(transaction=True)
JSON = "application/json"


class _Exploit:
    """Runs code where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self._path,)


#: What is no value of ours, of whatever key.
GARBAGE: dict[str, bytes] = {
    "empty": b"",
    "not JSON": b"{[",
    "binary": bytes(range(256)),
    "an integer": b"5",
    "a negative integer": b"-1000000000",
    "out of range": b"9" * 400,
    "a number": b"1.5",
    "NaN": b"NaN",
    "infinity": b"-Infinity",
    "null": b"null",
    "a string": b'"100"',
    "an object": b'{"id": 1}',
    "an empty list": b"[]",
    "nulls": b"[null,null,null,null,null,null,null,null]",
    "deep": b"[" * 100_000,
    "deep and short": b"[" * 500,
    "huge": b"[" + b"1," * 400_000 + b"1]",
    "UTF-16": '["a"]'.encode("utf-16"),
    "a lone surrogate": b'["\\ud800"]',
    "a pickle": pickle.dumps([1]),
}


FIELDS = ("balance", "recent", "version", "lease", "epoch")


@pytest.fixture
def redis(redis_server: RedisServer) -> RedisServer:
    return redis_server


@pytest.fixture
def mine(alice: User, shared: SharedStore) -> Wallet:
    """Return alice's automatic wallet with 7.00 in it, cached with its transactions."""
    wallet: Wallet = alice.default_wallet  # type: ignore[attr-defined]
    posting.post_one(Posting(wallet_id=wallet.pk, amount=Decimal(7)))
    for _ in range(3):
        assert _balance(alice) == "7.00"
        cache.recent_transactions(wallet.pk)
    assert shared.read_recent(wallet.uuid.hex)
    return wallet


def _balance(user: User) -> str:
    answer = Api(user).get("/api/wallet/balance")
    assert answer.status_code == 200, answer.content
    return str(answer.json()["balance"])


def _history(user: User) -> list[Any]:
    answer = Api(user).get("/api/wallet/transactions")
    assert answer.status_code == 200, answer.content
    return list(answer.json()["results"])


def _key(shared: SharedStore, wallet: Wallet) -> str:
    return shared._prefix + wallet.uuid.hex


def _forged(wallet: Wallet, **changes: Any) -> str:
    found = balances.of_uuid(wallet.uuid)
    return texts.write_balance({**(found or {}), **changes})


def _debit(user: User, amount: str) -> Answer:
    return Api(user).post("/api/wallet/debit", {"amount": amount}, JSON)


def _state(wallet: Wallet) -> Any:
    """Return what a posting publishes."""
    return Book([wallet.pk]).wallet(wallet.pk)


def _still_shown(user: User) -> None:
    assert _balance(user) == "7.00"
    assert [row["amount"] for row in _history(user)] == ["7.00"]


def _still_right(user: User, shared: SharedStore) -> None:
    """Assert that all is answered, the money moves, and Redis is believed."""
    _still_shown(user)
    assert _debit(user, "8.00").json()["code"] == "insufficient_funds"
    assert _debit(user, "2.00").json()["balance"] == "5.00"
    assert _balance(user) == "5.00"
    assert [row["amount"] for row in _history(user)] == ["-2.00", "7.00"]
    assert shared.trust.reads()
    assert cache.health() == "ok"


#: What we might have written: it is shown, and ends with the entry.
PLAUSIBLE = {("version", "an integer"), ("recent", "an empty list")}


@pytest.mark.parametrize("field", FIELDS)
def test_garbage_in_an_entry_is_answered_from_the_database(
    alice: User, mine: Wallet, shared: SharedStore, redis: RedisServer, field: str
) -> None:
    for kind in (kind for kind in GARBAGE if (field, kind) not in PLAUSIBLE):
        redis.call("HSET", _key(shared, mine), field, GARBAGE[kind])  # type: ignore[arg-type]
        _still_shown(alice)
        redis.call("HSET", _key(shared, mine), field, GARBAGE[kind])  # type: ignore[arg-type]
        cache.publish([_state(mine)])
        _still_shown(alice)
    _still_right(alice, shared)


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_that_is_gone_is_too(
    alice: User, mine: Wallet, shared: SharedStore, redis: RedisServer, field: str
) -> None:
    redis.call("HDEL", _key(shared, mine), field)
    _still_right(alice, shared)


OTHER_TYPES = [
    ("SET", "text"),
    ("RPUSH", "a"),
    ("SADD", "a"),
    ("ZADD", "1", "a"),
    ("HSET", "a", "b"),
    ("XADD", "*", "a", "b"),
    ("SETBIT", "100", "1"),
]


@pytest.mark.parametrize("command", OTHER_TYPES, ids=lambda item: item[0])
@pytest.mark.parametrize("name", ["entry", "epoch"])
def test_a_key_of_another_type_is_too(
    alice: User,
    mine: Wallet,
    shared: SharedStore,
    redis: RedisServer,
    name: str,
    command: tuple[str, ...],
) -> None:
    key = shared._epoch if name == "epoch" else _key(shared, mine)
    redis.call("DEL", key)
    redis.call(command[0], key, *command[1:])
    _still_right(alice, shared)


def test_a_forged_epoch_voids_at_most(
    alice: User, mine: Wallet, shared: SharedStore, redis: RedisServer
) -> None:
    for value in GARBAGE.values():
        redis.call("SET", shared._epoch, value)  # type: ignore[arg-type]
        _still_shown(alice)
    _still_right(alice, shared)


AMOUNTS: list[Any] = [
    "NaN", "sNaN", "Infinity", "-Infinity", "1e999999999", "1e-999999999", "", "x", "9" * 45,
    "1" + "0" * 18, "0." + "1" * 19, "\ud800", None, 7, 7.5, [], {}, True,
]  # fmt: skip


def test_an_amount_that_is_none_is_answered_from_the_database(
    alice: User, mine: Wallet, shared: SharedStore, redis: RedisServer
) -> None:
    for changes in [{name: amount} for name in ("balance", "available") for amount in AMOUNTS]:
        redis.call("HSET", _key(shared, mine), "balance", _forged(mine, **changes))
        _still_shown(alice)
    _still_right(alice, shared)


FACTS: list[tuple[str, Any]] = [
    ("id", 1), ("id", -1), ("id", 2**70), ("id", True), ("id", "1"), ("owner_id", 10**6),
    ("owner_id", None), ("currency", "JPY"), ("currency", "nosuch"), ("currency", 5),
    ("uuid", "0" * 32), ("uuid", "no"), ("status", "owned"), ("status", None), ("version", -1),
    ("version", "x"), ("version", 2**64), ("version", False),
]  # fmt: skip


def test_a_fact_that_is_forged_is_answered_from_the_database(
    alice: User, mine: Wallet, shared: SharedStore, redis: RedisServer
) -> None:
    for name, value in FACTS:
        redis.call("HSET", _key(shared, mine), "balance", _forged(mine, **{name: value}))
        _still_shown(alice)
    _still_right(alice, shared)


@pytest.mark.parametrize("is_noted", [False, True])
def test_no_entry_opens_a_wallet_to_a_stranger(
    alice: User, bob: User, mine: Wallet, shared: SharedStore, redis: RedisServer, *, is_noted: bool
) -> None:
    forged = _forged(mine, owner_id=bob.pk, status="active")
    if not is_noted:
        directory.forget()  # another process, which has seen neither
    redis.call("HSET", _key(shared, mine), "balance", forged)
    api = Api(bob)
    for _ in range(2):
        assert api.get(f"/api/v1/wallets/{mine.uuid}").status_code == 404
        body = {"operationType": "WITHDRAW", "amount": "1.00"}
        operation = api.post(f"/api/v1/wallets/{mine.uuid}/operation", body, JSON)
        assert operation.status_code == 404
        assert api.get(f"/api/wallets/{mine.pk}").status_code == 404
    _still_right(alice, shared)


@pytest.mark.parametrize("is_noted", [False, True])
def test_no_entry_moves_another_wallets_money(
    alice: User, bob: User, mine: Wallet, shared: SharedStore, redis: RedisServer, *, is_noted: bool
) -> None:
    """Bob's automatic wallet is made to look like alice's, as his: he pays out of his own."""
    his: Wallet = bob.default_wallet  # type: ignore[attr-defined]
    posting.post_one(Posting(wallet_id=his.pk, amount=Decimal(3)))
    for _ in range(3):
        assert _balance(bob) == "3.00"
    known = directory.default_of(bob.pk)
    directory.forget()
    if is_noted:
        assert known
        directory.learn_default(bob.pk, {"uuid": known, "id": his.pk})
    forged = _forged(his, id=mine.pk, uuid=str(mine.uuid), balance="99.00", available="99.00")
    redis.call("HSET", _key(shared, his), "balance", forged)
    assert _debit(bob, "7.00").json()["code"] == "insufficient_funds"
    assert _debit(bob, "2.00").json()["balance"] == "1.00"
    _still_right(alice, shared)


def test_a_forged_version_keeps_a_balance_as_long_as_its_entry_lives(
    alice: User, mine: Wallet, shared: SharedStore, redis: RedisServer
) -> None:
    redis.call("HSET", _key(shared, mine), "version", "1000", "recent", "[]")
    assert _history(alice) == []
    assert _debit(alice, "8.00").json()["code"] == "insufficient_funds"
    assert _debit(alice, "2.00").json()["balance"] == "5.00"
    assert _balance(alice) == "7.00"
    redis.call("PEXPIRE", _key(shared, mine), "1")
    wait_until(lambda: _balance(alice) == "5.00")
    assert len(_history(alice)) == 2


def test_a_forged_balance_is_shown_and_decides_nothing(
    alice: User, mine: Wallet, shared: SharedStore, redis: RedisServer
) -> None:
    redis.call("HSET", _key(shared, mine), "balance", _forged(mine, balance="99", available="99"))
    assert _balance(alice) == "99.00"
    assert _debit(alice, "8.00").json()["code"] == "insufficient_funds"
    assert _debit(alice, "2.00").json()["balance"] == "5.00"
    assert _balance(alice) == "5.00"


ROWS: list[tuple[str, Any]] = [
    ("id", 0), ("id", "1"), ("txid", None), ("txid", "x" * 256), ("txid", "\ud800"),
    ("amount", "NaN"), ("amount", 5), ("amount", "1e999"), ("kind", "theft"), ("kind", None),
    ("description", 5), ("description", "x" * 1001), ("description", "\udfff"),
    ("balance_after", None), ("created_at", "yesterday"), ("created_at", "2026-01-01"),
    ("created_at", 5), ("created_at", None), ("created_at", "9999-12-31T23:59:59-23:59"),
]  # fmt: skip


def test_a_forged_transaction_is_answered_from_the_database(
    alice: User, mine: Wallet, shared: SharedStore, redis: RedisServer
) -> None:
    (row,) = json.loads(shared.read_recent(mine.uuid.hex) or "")
    for name, value in ROWS:
        less = {member: item for member, item in row.items() if member != name}
        for rows in ([{**row, name: value}], [less], [row] * 30):
            redis.call("HSET", _key(shared, mine), "recent", json.dumps(rows))
            _still_shown(alice)
    _still_right(alice, shared)


def test_what_is_foreign_is_said_once(
    alice: User,
    mine: Wallet,
    shared: SharedStore,
    redis: RedisServer,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(foreign, "_said_at", [-100.0])
    redis.call("HSET", _key(shared, mine), "balance", "garbage")
    for _ in range(5):
        assert _balance(alice) == "7.00"
    said = [record for record in caplog.records if "did not write" in record.message]
    assert len(said) == 1


@pytest.fixture
def still_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep every call of a test in one window."""
    monkeypatch.setattr(throttling.time, "time", lambda: 1_000_000_000.0)


def _counter(scope: str, who: object) -> str:
    return str(caches["throttles"].make_key(throttling._key(scope, who, env.Rate(9, 60))))


def _login(password: str) -> int:
    body = {"username": "alice", "password": password}
    return int(Api().post("/api/token", body, JSON).status_code)


@pytest.mark.usefixtures("still_clock")
def test_a_counter_that_is_no_count_frees_nobody(
    alice: User, mine: Wallet, redis: RedisServer, settings: Any
) -> None:
    settings.THROTTLE_USER = settings.THROTTLE_LOGIN = env.Rate(9, 60)
    assert _login("wrong") == 401
    for value in (value for value in GARBAGE.values() if value != b"5"):
        for scope, who in (("user", alice.pk), ("login", "127.0.0.1")):
            redis.call("SET", _counter(scope, who), value)  # type: ignore[arg-type]
        answer = Api(alice).get("/api/wallet/balance")
        assert (answer.status_code, "Retry-After" in answer) == (429, True)
        assert [_login(password) for password in ("wrong", "alice-s3cret")] == [429, 429]


@pytest.mark.usefixtures("still_clock")
@pytest.mark.parametrize("command", OTHER_TYPES, ids=lambda item: item[0])
def test_nor_does_one_of_another_type(
    alice: User, mine: Wallet, redis: RedisServer, settings: Any, command: tuple[str, ...]
) -> None:
    settings.THROTTLE_USER = settings.THROTTLE_LOGIN = env.Rate(9, 60)
    for scope, who in (("user", alice.pk), ("login", "127.0.0.1")):
        key = _counter(scope, who)
        redis.call("DEL", key)
        redis.call(command[0], key, *command[1:])
    assert Api(alice).get("/api/wallet/balance").status_code == 429
    assert _login("wrong") == 429


@pytest.mark.usefixtures("still_clock")
def test_nothing_from_redis_is_run(
    alice: User,
    mine: Wallet,
    shared: SharedStore,
    redis: RedisServer,
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.THROTTLE_USER = settings.THROTTLE_LOGIN = env.Rate(9, 60)
    mark = tmp_path / "run"
    pickled: Any = pickle.dumps(_Exploit(mark))
    for name in ("balance", "recent"):
        redis.call("HSET", _key(shared, mine), name, pickled)
    assert _balance(alice) == "7.00"
    assert len(_history(alice)) == 1
    for scope, who in (("user", alice.pk), ("login", "127.0.0.1")):
        redis.call("SET", _counter(scope, who), pickled)
    Api(alice).get("/api/wallet/balance")
    _login("wrong")
    for alias in ("default", "throttles"):
        redis.call("SET", caches[alias].make_key("anything"), pickled)
        with pytest.raises(ValueError, match=r"codec|JSON|Expecting"):
            caches[alias].get("anything")
    assert not mark.exists()


def test_the_settings_unpickle_nothing(environment: Any, redis: RedisServer) -> None:
    environment.set(REDIS_URL=redis.url)
    used = environment.settings()["CACHES"]
    serializers = {each["OPTIONS"]["SERIALIZER"] for each in used.values()}
    assert serializers == {"django_redis.serializers.json.JSONSerializer"}


@pytest.mark.usefixtures("still_clock")
def test_counters_count(alice: User, mine: Wallet, redis: RedisServer, settings: Any) -> None:
    settings.THROTTLE_USER = env.Rate(3, 60)
    api = Api(alice)
    assert [api.get("/api/wallet/balance").status_code for _ in range(4)] == [200] * 3 + [429]
    assert 0 < redis.call("PTTL", _counter("user", alice.pk)) <= 60_000


def test_the_exploit_works_where_it_is_unpickled(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(_Exploit(tmp_path / "run")))  # noqa: S301 that is the point
    assert (tmp_path / "run").exists()


def test_every_reader_of_an_entry_is_tried(open_wallet: Callable[..., Wallet]) -> None:
    row = balances.of_uuid(open_wallet("5.00").uuid)
    assert row
    assert texts.read_balance(texts.write_balance(row)) == row
    assert {name for name, _ in FACTS} | {"balance", "available"} == set(texts.BALANCE)
    assert {name for name, _ in ROWS} == set(texts._TRANSACTION)
