"""The walk over sound books: how far it came after each page, and nothing else."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal

import pytest

from wallet_transaction_api import paging
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


def test_each_page_says_how_much_it_had(books: list[Wallet]) -> None:
    before = _own(books)
    assert list(verification.walk(batch=before + 2)) == [
        Progress(entries=6),
        Progress(transactions=5),
        Progress(wallets=before + 2),
        Progress(entries=1),
        Progress(transactions=1),
        Progress(wallets=1),
        Progress(),  # of what belongs to no wallet at all
        Progress(seals=3, sealed=7),
        Progress(),
    ]


def test_a_long_wallet_says_so_on_the_way(
    books: list[Wallet], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "SIZE", 2)
    pages = [step.entries for step in verification.walk() if isinstance(step, Progress)]
    assert max(pages) <= 2
    assert sum(pages) == 7


@pytest.mark.parametrize("batch", [1, 3, 500])
@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_all_rows_are_checked_once_however_they_are_cut(
    books: list[Wallet], monkeypatch: pytest.MonkeyPatch, batch: int, size: int
) -> None:
    monkeypatch.setattr(paging, "SIZE", size)
    seen: Counter[str] = Counter()
    for step in verification.walk(batch=batch):
        assert isinstance(step, Progress)
        seen.update(asdict(step))
    assert seen == asdict(verification.sizes())
    assert seen["wallets"] == Wallet.objects.count()
    assert (seen["transactions"], seen["entries"], seen["sealed"]) == (6, 7, 7)
