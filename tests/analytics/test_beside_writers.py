"""Refreshing while money moves: no movement is missed, none is counted twice."""

import threading
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from tests.analytics.conftest import post, totals
from wallet_transaction_api import money
from wallet_transaction_api.models import Wallet

pytestmark = [pytest.mark.serial, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Wallet]


def _refresh() -> None:
    call_command("refresh_daily_totals", stdout=StringIO())


def _in_threads(*works: Callable[[], None]) -> None:
    failures: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 told to the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []


def _agrees_with_the_journal(wallet: Wallet) -> None:
    rows = totals(wallet)
    entries = list(wallet.entries.order_by("sequence"))
    assert sum(row["movements"] for row in rows) == len(entries)
    moved = money.total(row["credits"] + row["debits"] for row in rows)
    assert moved == rows[-1]["closing_balance"] == entries[-1].balance_after
    ends = [(row["first_sequence"], row["last_sequence"]) for row in rows]
    assert ends[0][0] == 1
    assert ends[-1][1] == len(entries)


def test_no_movement_is_missed_beside_writers(open_wallet: Open) -> None:
    wallets = [open_wallet("100.00", label=f"Wallet {number}") for number in range(3)]

    def write() -> None:
        for wallet in wallets * 8:
            post(wallet, "1.00", "-2.00")

    def refresh() -> None:
        for _ in range(8):
            _refresh()

    _in_threads(write, write, refresh)
    _refresh()
    for wallet in wallets:
        _agrees_with_the_journal(wallet)


def test_two_at_once_take_turns(open_wallet: Open) -> None:
    wallet = open_wallet("10.00", label="Rent")
    _in_threads(_refresh, _refresh, _refresh)
    _agrees_with_the_journal(wallet)


def test_a_movement_that_commits_late_is_summed_up_later(open_wallet: Open) -> None:
    """SQLite has one writer: there the refresh waits for the movement instead."""
    wallet = open_wallet("10.00", label="Rent")
    posted, refreshed = threading.Event(), threading.Event()
    waits = connection.vendor == "sqlite"

    def write() -> None:
        with transaction.atomic():
            post(wallet, "-4.00")
            posted.set()
            if not waits:
                assert refreshed.wait(30)

    def refresh() -> None:
        assert posted.wait(30)
        _refresh()
        if not waits:
            assert [row["movements"] for row in totals(wallet)] == [1]
        refreshed.set()

    _in_threads(write, refresh)
    _refresh()
    _agrees_with_the_journal(wallet)


def test_the_refresh_does_not_keep_writers_waiting(
    open_wallet: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the databases with more than one writer, a batch locks no wallet."""
    wallet = open_wallet("10.00", label="Rent")
    if connection.vendor == "sqlite":
        _refresh()
    else:
        _refresh_with_a_writer_inside(wallet, monkeypatch)
    post(wallet, "1.00")
    _refresh()
    _agrees_with_the_journal(wallet)


def _refresh_with_a_writer_inside(wallet: Wallet, monkeypatch: pytest.MonkeyPatch) -> None:
    from wallet_transaction_api import sql

    execute_each = sql.execute_each

    def write_in_between(build: Any, rows: Any) -> None:
        execute_each(build, rows)
        if build.__name__ == "sum_up_wallet":
            _in_threads(lambda: post(wallet, "2.00") and None)

    with monkeypatch.context() as patch:
        patch.setattr(sql, "execute_each", write_in_between)
        _refresh()
