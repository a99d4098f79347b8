"""One migration at a time, and nobody waits for ever."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from wallet_transaction_api.migrating import lock

pytestmark = [pytest.mark.serial, pytest.mark.django_db(transaction=True)]


@contextmanager
def _held_by_somebody_else(name: str) -> Iterator[threading.Event]:
    """Hold the lock in another thread as another process would, until the event is set."""
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with lock.exclusive(name):
            held.set()
            release.wait(30)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(30)
    try:
        yield release
    finally:
        release.set()
        holder.join(30)


def test_whoever_waits_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0.3)
    with (
        _held_by_somebody_else("migrating"),
        pytest.raises(CommandError, match=r"too long|cannot lock"),
    ):
        call_command("migrate", verbosity=0)


def test_waits_until_the_other_is_done() -> None:
    with _held_by_somebody_else("migrating") as release:
        threading.Timer(0.3, release.set).start()
        call_command("migrate", verbosity=0)
        assert release.is_set()


def test_another_lock_is_no_obstacle() -> None:
    with _held_by_somebody_else("daily_totals"), lock.migrating():
        pass


def test_is_held_already_inside_itself() -> None:
    with lock.migrating(), lock.migrating():
        pass
    with lock.migrating():
        pass


def test_a_file_that_cannot_be_made_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise sqlite3.OperationalError("unable to open database file")

    monkeypatch.setattr(sqlite3, "connect", refuse)
    with pytest.raises(lock.LockTimeout, match="unable to open"):
        lock._locked_file("/nowhere/x-lock")
