"""What the database is not is said in one line each, before anything is stored in it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.backends.base import base

from tests.addresses import free_port
from tests.conftest import Api
from tests.migrating.conftest import Scratch
from wallet_transaction_api import checks
from wallet_transaction_api.migrating import requirements

ON_POSTGRESQL = connection.vendor == "postgresql"
ON_MYSQL = connection.vendor == "mysql"
on_postgresql = pytest.mark.skipif(not ON_POSTGRESQL, reason="PostgreSQL's")
on_mysql = pytest.mark.skipif(not ON_MYSQL, reason="MySQL's")
Migrate = Callable[..., str]


def _execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def reconnecting(scratch: Scratch) -> Iterator[Callable[[], None]]:
    """Return what connects anew, with the options as they are by then; they are put back."""
    options = dict(connection.settings_dict["OPTIONS"])
    yield connection.close
    connection.close()
    connection.settings_dict["OPTIONS"] = options


@pytest.mark.django_db
def test_a_database_as_it_should_be_meets_them_all() -> None:
    assert requirements.unmet() == []
    assert checks.check_suitable(databases=["default"]) == []


def test_nothing_is_asked_without_a_database() -> None:
    assert checks.check_suitable(databases=None) == []


@on_postgresql
@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_another_encoding_is_rejected_everywhere(scratch: Scratch, encoding: str) -> None:
    name = scratch.remade(f"ENCODING '{encoding}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
    line = f"the database does not suit: its encoding is {encoding}"
    for command in (["migrate"], ["migrate", "--plan"], ["serve"]):
        done = scratch.run("manage.py", *command, PORT=str(free_port()))
        assert done.returncode == 1
        assert done.stderr.startswith(f"CommandError: {line}")
        # `serve` also names what is to be migrated.
        assert len(done.stderr.splitlines()) == (2 if command == ["serve"] else 1)
    assert connection.introspection.table_names() == []
    checked = scratch.run("manage.py", "check", "--database", "default")
    assert checked.returncode == 1
    assert "(wallet_transaction_api.E004)" in checked.stderr
    assert f"The database does not suit: its encoding is {encoding}" in checked.stderr
    ready = Api().get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["missing"][0].startswith(line)
    assert name == connection.settings_dict["NAME"]


@on_postgresql
@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_the_isolation_is_ours_whatever_the_databases_default(
    reconnecting: Callable[[], None], level: str
) -> None:
    name = connection.settings_dict["NAME"]
    _execute(f"ALTER DATABASE {name} SET default_transaction_isolation = '{level}'")
    reconnecting()
    assert _levels() == ("read committed", "read committed")
    assert requirements.unmet() == []
    # As behind a pooler that drops the options: transactions are pinned, single statements named.
    del connection.settings_dict["OPTIONS"]["options"]
    reconnecting()
    assert _levels() == (level, "read committed")
    assert [item.problem for item in requirements.unmet()] == [
        f"its transactions are {level}, and writers of one wallet would fail"
    ]


def _levels() -> tuple[str, str]:
    """Return the level of a statement alone, and of a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        alone = cursor.fetchone()[0]
        with transaction.atomic():
            cursor.execute("SHOW transaction_isolation")
            return alone, cursor.fetchone()[0]


@on_mysql
def test_mysqls_isolation_is_ours_too(reconnecting: Callable[[], None]) -> None:
    reconnecting()
    assert checks.check_mysql(databases=["default"]) == []
    assert checks._mysql_session()[1] == "READ-COMMITTED"


@on_mysql
@pytest.mark.django_db
def test_a_session_of_another_character_set_is_named() -> None:
    _execute("SET NAMES latin1")
    try:
        (problem,) = requirements.unmet()
        assert problem.problem == "sessions speak latin1 instead of utf8mb4"
    finally:
        _execute("SET NAMES utf8mb4")


@on_mysql
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("log_bin", "binlog_format", "fails"),
    [
        ("ON", "STATEMENT", True),
        ("ON", "MIXED", False),
        ("ON", "ROW", False),
        ("OFF", "STATEMENT", False),
    ],
)
def test_a_binary_log_of_statements_is_named(
    monkeypatch: pytest.MonkeyPatch, log_bin: str, binlog_format: str, fails: bool
) -> None:
    ask = requirements._variables

    def answer(*names: str, **scope: Any) -> dict[str, str]:
        return {
            **ask(*names, **scope),
            **({"log_bin": log_bin, "binlog_format": binlog_format} if "log_bin" in names else {}),
        }

    monkeypatch.setattr(requirements, "_variables", answer)
    assert [("binlog_format" in str(item)) for item in requirements.unmet()] == [True] * fails


@on_mysql
@pytest.mark.django_db
def test_a_server_without_skip_locked_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection.features, "has_select_for_update_skip_locked", False)
    monkeypatch.setattr(connection, "get_database_version", lambda: (10, 5, 2))
    assert [str(item) for item in requirements.unmet()] == [
        "version 10.5.2 has no SKIP LOCKED: use MariaDB 10.6 or MySQL 8, or later"
    ]


def test_a_version_that_django_does_not_support_is_one_line(
    scratch: Scratch, settings: Any
) -> None:
    settings.HOST, settings.PORT = "127.0.0.1", free_port()
    message = r"^database: .* 99\.1 or later is required \(found"
    for command in ("migrate", "serve", "verify_ledger"):
        connection.close()  # Django asks at the first connection
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(connection.features, "minimum_database_version", (99, 1))
            patch.setattr(base, "RAN_DB_VERSION_CHECK", set())
            with pytest.raises(CommandError, match=message):
                call_command(command)


@pytest.mark.skipif(ON_POSTGRESQL or ON_MYSQL, reason="SQLite's")
def test_a_file_of_another_encoding_is_rejected(scratch: Scratch) -> None:
    _execute("PRAGMA encoding = 'UTF-16le'", "CREATE TABLE made (id integer)")
    with pytest.raises(CommandError, match="its encoding is UTF-16le"):
        call_command("migrate")
