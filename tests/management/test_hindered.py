"""What hinders a command is told in one line, and by its exit status."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from tests.migrating.conftest import Scratch, scratch
from wallet_transaction_api.ledger import errors, holds
from wallet_transaction_api.management.commands import refresh_daily_totals
from wallet_transaction_api.models import Wallet

__all__ = ["scratch"]

COMMANDS = [
    "expire_holds",
    "purge_idempotency",
    "refresh_daily_totals",
    "seal_journal",
    "seed_demo",
    "verify_ledger",
]


def _told_in_one_line(done: Any, name: str, words: str) -> None:
    (line,) = (done.stdout + done.stderr).splitlines()
    assert line.startswith("CommandError: ")
    assert words in line
    assert done.returncode == (2 if name == "verify_ledger" else 1)


@pytest.mark.parametrize("name", COMMANDS)
def test_by_a_database_that_is_away(scratch: Scratch, name: str, tmp_path: Any) -> None:
    url = {
        "sqlite": f"sqlite:///{tmp_path}/nowhere/x.sqlite3",
        "mysql": "mysql://root@127.0.0.1:1/x",
        "postgresql": "postgres://postgres@127.0.0.1:1/x",
    }[connection.vendor]
    words = "cannot lock" if _locks_a_file(name) else "database: "
    _told_in_one_line(scratch.run("manage.py", name, DATABASE_URL=url), name, words)


@pytest.mark.parametrize("name", COMMANDS)
def test_by_a_database_that_is_not_migrated(scratch: Scratch, name: str) -> None:
    done = scratch.run("manage.py", name)
    _told_in_one_line(done, name, "the database lacks migration ")


@pytest.mark.django_db
def test_by_wallets_that_are_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise errors.LedgerBusy

    monkeypatch.setattr(holds, "expire", fail)
    with pytest.raises(CommandError, match=errors.LedgerBusy.title()):
        call_command("expire_holds")


def test_a_defect_of_ours_is_not_told_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(holds, "expire", fail)
    with pytest.raises(ZeroDivisionError):
        call_command("expire_holds")


@pytest.mark.django_db
def test_a_lost_trigger_is_no_reason_not_to_verify(
    open_wallet: Callable[..., Wallet], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wallet_transaction_api.migrating.state.missing", lambda: ["trigger x"])
    open_wallet("1")
    out = StringIO()
    call_command("verify_ledger", stdout=out, stderr=StringIO())
    assert out.getvalue().startswith("No violation")


def test_a_database_that_goes_away_meanwhile_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OperationalError("server closed the connection\n\tunexpectedly")

    monkeypatch.setattr(holds, "expire", fail)
    monkeypatch.setattr("wallet_transaction_api.migrating.state.missing", fail)
    with pytest.raises(
        CommandError, match=r"^database: server closed the connection unexpectedly$"
    ):
        call_command("expire_holds")


def test_a_bad_date_on_the_command_line_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        refresh_daily_totals.Command().run_from_argv(
            ["manage.py", "refresh_daily_totals", "--since", "2026-13-01"]
        )
    assert ended.value.code == 2
    assert "--since: '2026-13-01' is not a date like 2026-01-31" in capsys.readouterr().err


def _locks_a_file(name: str) -> bool:
    return connection.vendor == "sqlite" and name in {"seal_journal", "refresh_daily_totals"}
