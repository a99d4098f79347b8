"""The balance at a moment is what replaying the journal up to it gives."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from wallet_transaction_api.ledger import errors, history, posting
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import Wallet

MICROSECOND = timedelta(microseconds=1)
Clock = Callable[[datetime], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Let the ledger read a moment of our choice."""

    def read(moment: datetime) -> None:
        monkeypatch.setattr("wallet_transaction_api.ledger.journal.timezone.now", lambda: moment)

    return read


def _post(wallet: Wallet, *amounts: int) -> None:
    posting.post_all([Posting(wallet_id=wallet.pk, amount=Decimal(amount)) for amount in amounts])


def _replayed(wallet: Wallet, moment: datetime) -> Decimal:
    rows = wallet.entries.order_by("sequence").values_list("created_at", "amount")
    return sum((amount for at, amount in rows if at <= moment), Decimal(0))


@pytest.mark.parametrize("seed", range(5))
def test_equals_a_replay_at_any_moment(rent: Wallet, clock: Clock, seed: int) -> None:
    chance, now = random.Random(seed), timezone.now()
    for _ in range(12):
        now += chance.choice([0, 0, 1, 1, 2, 1000]) * MICROSECOND
        clock(now)
        _post(rent, *(chance.randint(1, 9) for _ in range(chance.randint(1, 3))))
    stored = list(rent.entries.values_list("created_at", flat=True))
    around = {at + step * MICROSECOND for at in stored for step in (-1, 0, 1)}
    for moment in (*around, rent.created_at, now + timedelta(days=1)):
        assert history.balance_at(rent.pk, moment) == _replayed(rent, moment)


def test_of_entries_of_one_moment_the_last_counts(rent: Wallet, clock: Clock) -> None:
    moment = timezone.now()
    clock(moment)
    _post(rent, 1, 2)
    _post(rent, 4)
    assert history.balance_at(rent.pk, moment) == Decimal(107)
    assert history.balance_at(rent.pk, moment - MICROSECOND) == Decimal(100)


def test_a_clock_that_steps_back_hides_nothing(rent: Wallet, clock: Clock) -> None:
    later = timezone.now() + timedelta(hours=1)
    clock(later)
    _post(rent, 1)
    clock(later - timedelta(minutes=30))
    _post(rent, 2)
    assert history.balance_at(rent.pk, later - MICROSECOND) == Decimal(100)
    assert history.balance_at(rent.pk, later) == Decimal(103)


def test_a_wallet_without_a_history_had_nothing(open_wallet: Callable[..., Wallet]) -> None:
    assert history.balance_at(open_wallet().pk, timezone.now()) == 0


def test_a_missing_wallet_is_refused(db: None) -> None:
    with pytest.raises(errors.WalletNotFound):
        history.balance_at(999999, timezone.now())


def test_a_long_history_takes_few_steps(rent: Wallet, django_assert_max_num_queries: Any) -> None:
    _post(rent, *[1] * 500)
    with django_assert_max_num_queries(13):
        assert history.balance_at(rent.pk, timezone.now()) == Decimal(600)
