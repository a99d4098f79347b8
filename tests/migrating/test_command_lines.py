"""Both tools as they are typed, in processes of their own on one database."""

import shutil
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from django.core.management import call_command
from django.db import connection

from tests.migrating import ledgers
from tests.migrating.conftest import ROOT, Scratch
from wallet_transaction_api.migrating import state

ALEMBIC = ("-m", "alembic")
HEAD = max(path.name[:4] for path in (ROOT / "alembic/versions").glob("0*.py"))


def _succeeded(done: CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout


def _told_in_one_line(done: CompletedProcess[str], *words: str) -> None:
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    (line,) = [line for line in said.splitlines() if not line.startswith("INFO")]
    assert all(word in line for word in words), line


def test_alembics_own_commands_work_from_the_root(scratch: Scratch) -> None:
    call_command("migrate", verbosity=0)
    ledgers.fill()
    before = ledgers.snapshot()
    assert f"{HEAD} (head)" in _succeeded(scratch.run(*ALEMBIC, "current"))
    assert "0001 -> 0002, daily totals" in _succeeded(scratch.run(*ALEMBIC, "history"))
    _succeeded(scratch.run(*ALEMBIC, "downgrade", "base"))
    _succeeded(scratch.run(*ALEMBIC, "upgrade", "head"))
    assert "No new upgrade operations" in _succeeded(scratch.run(*ALEMBIC, "check"))
    assert ledgers.snapshot() == before
    assert state.missing() == []


def test_autogenerate_finds_nothing_to_do_and_no_table_of_djangos(
    scratch: Scratch, tmp_path: Path
) -> None:
    call_command("migrate", verbosity=0)
    shutil.copytree(ROOT / "alembic", tmp_path / "alembic")
    ini = (ROOT / "alembic.ini").read_text().replace("= %(here)s\n", f"= {ROOT}\n")
    (tmp_path / "alembic.ini").write_text(ini)
    revision = ("revision", "--autogenerate", "--rev-id", "probe", "-m", "probe")
    _succeeded(scratch.run(*ALEMBIC, "-c", str(tmp_path / "alembic.ini"), *revision))
    made = (tmp_path / "alembic" / "versions" / "probe_probe.py").read_text()
    assert made.count("    pass\n") == 2
    assert "Why Alembic" in made


def test_makemigrations_finds_nothing_to_do(scratch: Scratch) -> None:
    call_command("migrate", verbosity=0)
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_alembic_prints_sql_without_a_connection_to_change(scratch: Scratch) -> None:
    sql = _succeeded(scratch.run(*ALEMBIC, "upgrade", "head", "--sql"))
    assert "entries_no_update" in sql
    assert "transactions_by_time" in sql
    assert "alembic_version" not in connection.introspection.table_names()


@pytest.mark.parametrize("command", [("manage.py", "migrate"), (*ALEMBIC, "upgrade", "head")])
def test_an_unreachable_database_is_told_in_one_line(
    scratch: Scratch, command: tuple[str, ...], tmp_path: Path
) -> None:
    url = {
        "sqlite": f"sqlite:///{tmp_path}/nowhere/x.sqlite3",
        "mysql": "mysql://root@127.0.0.1:1/x",
        "postgresql": "postgres://postgres@127.0.0.1:1/x",
    }[connection.vendor]
    _told_in_one_line(scratch.run(*command, DATABASE_URL=url), "database")


@pytest.mark.parametrize("command", [("manage.py", "migrate"), (*ALEMBIC, "current")])
def test_a_bad_environment_is_told_in_one_line(scratch: Scratch, command: tuple[str, ...]) -> None:
    done = scratch.run(*command, DATABASE_URL="oracle://x")
    _told_in_one_line(done, "configuration error: DATABASE_URL")


def test_the_server_does_not_start_on_a_database_that_lacks_migrations(scratch: Scratch) -> None:
    done = scratch.run("manage.py", "serve", WEB_WORKERS="1")
    _told_in_one_line(done, "the database lacks", "more: run python manage.py migrate")


@pytest.mark.serial
def test_containers_that_start_together_all_succeed(scratch: Scratch) -> None:
    started = [scratch.popen("manage.py", "migrate") for _ in range(3)]
    for process in started:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    assert state.missing() == []
