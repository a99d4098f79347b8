"""The online index: built while writers write, and again after a build that broke off."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from tests.migrating import ledgers
from wallet_transaction_api.migrating import indexes, state
from wallet_transaction_api.migrating.indexes import BY_TIME
from wallet_transaction_api.models import Wallet

pytestmark = [pytest.mark.serial, pytest.mark.usefixtures("scratch")]
ON_POSTGRESQL = connection.vendor == "postgresql"
ON_MYSQL = connection.vendor == "mysql"


@pytest.fixture
def wallet(scratch: object) -> Wallet:
    """A wallet in the scratch database, which lacks the index."""
    call_command("migrate", verbosity=0)
    filled = ledgers.fill()
    _execute(*BY_TIME.drop_statements(connection.vendor))
    assert indexes.missing() == [BY_TIME.name]
    return filled


@pytest.fixture
def aside(django_db_blocker: Any) -> Iterator[Callable[..., Any]]:
    """Start work on a connection of its own."""

    def alone(work: Callable[..., Any], *args: Any) -> Any:
        try:
            return work(*args)
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        yield lambda work, *args: pool.submit(alone, work, *args)


def _execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _first(question: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def _hold_open(wallet: Wallet, posted: threading.Event, done: threading.Event) -> None:
    with transaction.atomic():
        ledgers.post(wallet, "1.00")
        posted.set()
        assert done.wait(60)


@pytest.mark.skipif(not ON_POSTGRESQL, reason="PostgreSQL builds it CONCURRENTLY")
def test_waits_for_a_long_transaction_and_lets_writers_by(
    wallet: Wallet, aside: Callable[..., Any]
) -> None:
    posted, done = threading.Event(), threading.Event()
    writer = aside(_hold_open, wallet, posted, done)
    try:
        assert posted.wait(30)
        build = aside(indexes.restore)
        _until(_is_being_built)
        other = Wallet.objects.get(label="Huge")
        ledgers.post(other, "-1.00")
        assert not build.done()
    finally:
        done.set()
    writer.result(60)
    assert build.result(60) == [BY_TIME.name]
    assert indexes.missing() == []


def _is_being_built() -> bool:
    """Tell whether the index is registered: from then on plain CREATE INDEX keeps writers out."""
    building = "query LIKE 'CREATE INDEX%' AND datname = current_database()"
    return bool(_first(f"SELECT COUNT(*) FROM pg_stat_activity WHERE {building}"))


def _until(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(600):
        if condition():
            return
        pause.wait(0.05)
    pytest.fail("waited in vain")


@pytest.mark.skipif(not ON_POSTGRESQL, reason="PostgreSQL leaves an invalid index behind")
def test_an_interrupted_build_is_repaired(wallet: Wallet, aside: Callable[..., Any]) -> None:
    posted, done = threading.Event(), threading.Event()
    writer = aside(_hold_open, wallet, posted, done)
    try:
        assert posted.wait(30)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
            with pytest.raises(Exception, match="lock timeout"):
                cursor.execute(BY_TIME.create_statements("postgresql")[2])
            cursor.execute("RESET lock_timeout")
    finally:
        done.set()
    writer.result(60)
    assert _first("SELECT COUNT(*) FROM pg_class WHERE relname = 'transactions_by_time'") == 1
    assert state.missing() == [f"index {BY_TIME.name}"]
    call_command("migrate", verbosity=0)
    assert state.missing() == []


@pytest.mark.skipif(not ON_MYSQL, reason="MySQL builds it with LOCK=NONE, or not at all")
def test_rows_are_written_while_it_is_built(wallet: Wallet, aside: Callable[..., Any]) -> None:
    _many_rows(wallet)
    written = 0
    for _ in range(10):
        build = aside(indexes.restore)
        while not build.done():
            written += _write_during_the_build(wallet)
        assert build.result() == [BY_TIME.name]
        if written:
            break
        _execute(*BY_TIME.drop_statements("mysql"))
    assert written
    everything = _first("SELECT COUNT(*) FROM transactions")
    assert _first(f"SELECT COUNT(*) FROM transactions FORCE INDEX ({BY_TIME.name})") == everything


def _write_during_the_build(wallet: Wallet) -> int:
    """Post; tell whether the build was under way before and after."""
    under_way = "SELECT COUNT(*) FROM information_schema.processlist WHERE state = 'altering table'"
    before = _first(under_way)
    ledgers.post(wallet, "1.00")
    return int(bool(before and _first(under_way)))


def _many_rows(wallet: Wallet) -> None:
    columns = "wallet_id, amount, kind, description, metadata, balance_after, version"
    _execute("""
        CREATE TEMPORARY TABLE digits AS SELECT 0 AS d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3
        UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9
    """)
    for table in "abcd":
        _execute(f"CREATE TEMPORARY TABLE digits_{table} AS SELECT d FROM digits")
    _execute(f"""
        INSERT INTO transactions (txid, {columns}, created_at, updated_at)
        SELECT CONCAT(a.d, b.d, c.d, e.d, f.d), {columns},
               created_at - INTERVAL (a.d * 10000 + f.d) SECOND, updated_at
        FROM transactions, digits_a AS a, digits_b AS b, digits_c AS c, digits_d AS e, digits AS f
        WHERE transactions.id = (SELECT MIN(id) FROM transactions) AND a.d < 6
    """)


def test_building_it_twice_is_no_error(wallet: Wallet) -> None:
    for _ in range(2):
        _execute(*BY_TIME.create_statements(connection.vendor))
        assert indexes.missing() == []
    for _ in range(2):
        _execute(*BY_TIME.drop_statements(connection.vendor))
        assert indexes.missing() == [BY_TIME.name]
