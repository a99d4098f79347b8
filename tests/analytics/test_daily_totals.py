"""What a day's row says: the journal's movements of that UTC day, exactly."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.analytics.conftest import Clock, post, summary, totals
from wallet_transaction_api import money, sql
from wallet_transaction_api.analytics import daily_totals
from wallet_transaction_api.ledger import amending
from wallet_transaction_api.models import Wallet

Open = Callable[..., Wallet]
JAN_30, JAN_31, FEB_1 = date(2031, 1, 30), date(2031, 1, 31), date(2031, 2, 1)


@pytest.fixture
def january(clock: Clock, open_wallet: Open) -> Wallet:
    """A wallet with movements on the last two days of January."""
    clock(2031, 1, 30, 12)
    wallet = open_wallet("100.00", label="Rent")
    clock(2031, 1, 31, 12)
    post(wallet, "-30.00", "-12.50", "5.00")
    return wallet


def test_sums_up_each_day(january: Wallet) -> None:
    daily_totals.refresh()
    assert summary(january) == [
        (JAN_30, Decimal(100), Decimal(0), 1, Decimal(100)),
        (JAN_31, Decimal(5), Decimal("-42.50"), 3, Decimal("62.50")),
    ]
    assert [(row["first_sequence"], row["last_sequence"]) for row in totals(january)] == [
        (1, 1),
        (2, 4),
    ]


def test_wallets_without_movements_have_no_rows(open_wallet: Open) -> None:
    wallet = open_wallet(label="Empty")
    assert daily_totals.refresh() == 0
    assert totals(wallet) == []


def test_days_are_utc_to_the_microsecond(clock: Clock, open_wallet: Open) -> None:
    clock(2031, 1, 31, 23, 59, 59, 999999)
    wallet = open_wallet("1.00", label="Edge")
    clock(2031, 2, 1)
    post(wallet, "2.00")
    daily_totals.refresh()
    assert [(day, credit) for day, credit, *_ in summary(wallet)] == [
        (JAN_31, Decimal(1)),
        (FEB_1, Decimal(2)),
    ]


def test_amendments_and_reversals_count_on_the_day_they_are_made(
    clock: Clock, january: Wallet
) -> None:
    (rent,) = post(january, "-10.00")
    daily_totals.refresh()
    before = summary(january)
    clock(2031, 2, 1, 8)
    amending.amend(transaction_id=rent, changes={"amount": Decimal("-15.00")})
    amending.reverse(transaction_id=rent)
    daily_totals.refresh()
    february = (FEB_1, Decimal(15), Decimal(-5), 2, Decimal("62.50"))
    assert summary(january) == [*before, february]


def test_refreshing_again_changes_nothing(january: Wallet) -> None:
    assert daily_totals.refresh() == 1
    before = totals(january)
    assert daily_totals.refresh() == 0
    assert totals(january) == before


def test_a_day_that_grew_is_summed_up_anew(clock: Clock, january: Wallet) -> None:
    daily_totals.refresh()
    post(january, "7.00")
    clock(2031, 2, 1)
    post(january, "-1.00")
    assert daily_totals.refresh() == 1
    assert summary(january)[1:] == [
        (JAN_31, Decimal(12), Decimal("-42.50"), 4, Decimal("69.50")),
        (FEB_1, Decimal(0), Decimal(-1), 1, Decimal("68.50")),
    ]


def test_a_wallet_that_skips_days_has_rows_for_its_days_only(clock: Clock, january: Wallet) -> None:
    clock(2031, 3, 15)
    post(january, "1.00")
    daily_totals.refresh()
    assert [row[0] for row in summary(january)] == [JAN_30, JAN_31, date(2031, 3, 15)]


def test_sums_are_exact_beyond_the_digits_of_an_amount(
    clock: Clock, open_wallet: Open, settings: Any
) -> None:
    settings.ASSETS = {"ETH": 18}
    clock(2031, 1, 31)
    most = "999999999999999999.999999999999999999"
    wallet = open_wallet(label="Huge", currency="ETH")
    post(wallet, most, f"-{most}", most, f"-{most}", most)
    daily_totals.refresh()
    amount = Decimal(most)
    assert summary(wallet) == [
        (JAN_31, money.total([amount] * 3), money.total([money.negate(amount)] * 2), 5, amount)
    ]


@pytest.mark.parametrize(
    ("since", "movements"), [("2031-02-01", [99, 3, 1]), ("2031-02-02", [99, 99, 99])]
)
def test_since_sums_up_later_days_anew_and_leaves_earlier_ones(
    clock: Clock, january: Wallet, since: str, movements: list[int]
) -> None:
    """The day before is done as well: the last day left may have grown."""
    clock(2031, 2, 1)
    post(january, "1.00")
    daily_totals.refresh()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE daily_totals SET movements = 99")
    call_command("refresh_daily_totals", "--since", since, stdout=StringIO())
    assert [row[3] for row in summary(january)] == movements


def test_since_before_everything_makes_all_of_it_anew(january: Wallet) -> None:
    daily_totals.refresh()
    right = totals(january)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE daily_totals SET movements = 99, last_sequence = 1")
    daily_totals.refresh(since=date(2000, 1, 1))
    assert totals(january) == right


def test_a_date_that_is_none_is_refused(db: None) -> None:
    with pytest.raises(CommandError, match="not a date like 2026-01-31"):
        call_command("refresh_daily_totals", "--since", "31.1.2026")


@pytest.mark.django_db(transaction=True)
def test_an_interrupted_refresh_keeps_its_batches_and_goes_on(
    clock: Clock, open_wallet: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock(2031, 1, 31)
    wallets = [open_wallet("1.00", label=f"Wallet {number}") for number in range(3)]
    execute_each, runs = sql.execute_each, []

    def die_in_the_second_batch(build: Any, rows: Any) -> None:
        runs.extend(row["wallet"] for row in rows)
        if wallets[1].pk in runs and build.__name__ == "sum_up_wallet":
            raise KeyboardInterrupt
        execute_each(build, rows)

    monkeypatch.setattr(daily_totals, "BATCH", 1)
    monkeypatch.setattr(sql, "execute_each", die_in_the_second_batch)
    with pytest.raises(KeyboardInterrupt):
        daily_totals.refresh()
    assert [len(totals(wallet)) for wallet in wallets] == [1, 0, 0]
    monkeypatch.setattr(sql, "execute_each", execute_each)
    assert daily_totals.refresh() == 2
    assert [len(totals(wallet)) for wallet in wallets] == [1, 1, 1]
