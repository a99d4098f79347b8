"""Beside a storm of writers: seals cover what is there, and the past is read whole."""

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.books import assert_in_order
from tests.writers import Rounds, writing
from wallet_transaction_api.ledger import history, holds, posting, sealing, verification
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.ledger.verification import Violation
from wallet_transaction_api.models import Entry, HoldEntry, Seal, Wallet

pytestmark = [pytest.mark.serial, pytest.mark.django_db(transaction=True)]
WRITERS = 3
#: How often each writer writes at most; runs of the command, reads of the past.
ROUNDS, RUNS, READS = 60, 25, 60


def _post_both(wallet: Wallet, amount: int) -> None:
    """Post an amount and its opposite in one unit: nobody ever sees the first alone."""
    pair = [Posting(wallet_id=wallet.pk, amount=Decimal(sign * amount)) for sign in (1, -1)]
    posting.post_all(pair)


def _hold(wallet: Wallet, amount: int) -> None:
    """Place two holds, capture a little of one and void the other."""
    first, other = (holds.place(wallet_id=wallet.pk, amount=Decimal(amount)) for _ in range(2))
    holds.capture(hold_id=first.pk, amount=Decimal("0.01"))
    holds.void(hold_id=other.pk)


def test_what_is_sealed_beside_writers_is_sealed_right(open_wallet: Callable[..., Wallet]) -> None:
    wallets = [open_wallet("1000.00", label=f"W{number}") for number in range(2)]
    acts = [
        act
        for wallet in wallets
        for act in (lambda w=wallet: _post_both(w, 5), lambda w=wallet: _hold(w, 1))
    ]
    with writing(*acts, most=ROUNDS) as rounds:
        for _ in rounds(RUNS):
            list(sealing.extend(batch=1))
        found = list(verification.walk(anchor=sealing.head().digest))
    assert [str(item) for item in found if isinstance(item, Violation)] == []
    assert Seal.objects.count() > len(wallets)
    list(sealing.extend())
    sealed = [last - first + 1 for first, last in _ranges()]
    assert sum(sealed) == Entry.objects.count() + HoldEntry.objects.count()
    assert_in_order()


def _ranges() -> list[tuple[int, int]]:
    return list(Seal.objects.values_list("first_sequence", "last_sequence"))


def test_no_read_of_the_past_is_torn_or_changes_later(open_wallet: Callable[..., Wallet]) -> None:
    wallet = open_wallet("100.00")
    answers = {}
    with writing(*[lambda: _post_both(wallet, 7)] * WRITERS, most=ROUNDS) as rounds:
        for _ in rounds(READS):
            moment = timezone.now()
            answers[moment] = history.balance_at(wallet.pk, moment)
    assert set(answers.values()) == {Decimal(100)}
    assert_in_order()


def test_what_was_said_of_a_moment_stays_said(open_wallet: Callable[..., Wallet]) -> None:
    """Who writes is waited for: nothing is dated before an answer that was given."""
    wallet = open_wallet("100.00")
    with writing(*[lambda: _post(wallet)] * WRITERS, most=ROUNDS) as rounds:
        told = {moment: history.balance_at(wallet.pk, moment) for moment in _moments(rounds)}
    assert len(set(told.values())) > 1
    assert {moment: history.balance_at(wallet.pk, moment) for moment in told} == told


def _post(wallet: Wallet) -> None:
    posting.post_one(Posting(wallet_id=wallet.pk, amount=Decimal(1)))


def _moments(rounds: Rounds) -> Iterator[datetime]:
    for _ in rounds(READS):
        yield timezone.now()
