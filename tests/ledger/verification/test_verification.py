"""The walk over sound books: how far it came after each range, and nothing else."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from wallet_transaction_api.ledger import amending, posting, sealing, verification
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.ledger.verification import Progress
from wallet_transaction_api.models import Transaction, Wallet

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(open_wallet: Callable[..., Wallet]) -> list[Wallet]:
    """Keep three wallets: of three, two and one transactions, of which one was amended."""
    wallets = [open_wallet("10.00", label=label) for label in "abc"]
    for wallet, times in zip(wallets, (2, 1, 0), strict=True):
        posting.post_all([Posting(wallet_id=wallet.pk, amount=Decimal(1))] * times)
    last = Transaction.objects.filter(wallet=wallets[0]).order_by("pk").last()
    assert last is not None
    amending.amend(transaction_id=last.pk, changes={"amount": Decimal(2)})
    for _ in sealing.extend():
        pass
    return wallets


def _own(wallets: list[Wallet]) -> int:
    """Return how many wallets there are beside: users have one each from the beginning."""
    return Wallet.objects.exclude(pk__in=[wallet.pk for wallet in wallets]).count()


def test_each_range_says_how_much_it_had(books: list[Wallet]) -> None:
    before = _own(books)
    assert list(verification.walk(batch=before + 2)) == [
        Progress(wallets=before + 2, transactions=5, entries=6),
        Progress(wallets=1, transactions=1, entries=1),
        Progress(),  # of what belongs to no wallet at all
        Progress(seals=3),
        Progress(seals=0),
    ]


def test_one_wallet_at_a_time_is_the_same_in_smaller_steps(books: list[Wallet]) -> None:
    steps = [step for step in verification.walk(batch=1) if isinstance(step, Progress)]
    counts = [(step.wallets, step.transactions, step.entries) for step in steps if not step.seals]
    empty = [(1, 0, 0)] * _own(books)
    assert counts[: len(empty) + 3] == [*empty, (1, 3, 4), (1, 2, 2), (1, 1, 1)]
    assert sum(step.wallets for step in steps) == Wallet.objects.count()
