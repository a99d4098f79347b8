"""A storm of writers is no reason for a false alarm."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Event

import pytest
from django.db import connections

from wallet_transaction_api.ledger import amending, holds, posting, verification
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.ledger.verification import Violation
from wallet_transaction_api.models import Wallet

pytestmark = [pytest.mark.serial, pytest.mark.django_db(transaction=True)]
WRITERS = 3
WALKS = 40


def _write(pair: list[Wallet], over: Event) -> int:
    """Post, amend and reverse, hold, capture and void, until it is over; return how often."""
    rounds = 0
    try:
        while not over.is_set():
            asked = [Posting(wallet_id=wallet.pk, amount=Decimal(5)) for wallet in pair]
            first, second = (item.transaction_id for item in posting.post_all(asked))
            amending.amend(transaction_id=first, changes={"amount": Decimal(7)})
            amending.reverse(transaction_id=second)
            placed = [holds.place(wallet_id=wallet.pk, amount=Decimal("0.01")) for wallet in pair]
            holds.capture(hold_id=placed[0].pk)
            holds.void(hold_id=placed[1].pk)
            rounds += 1
    finally:
        connections.close_all()
    return rounds


def test_raises_no_false_alarm(open_wallet: Callable[..., Wallet]) -> None:
    pair, over = [open_wallet("1", label="A"), open_wallet("1", label="B")], Event()
    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(_write, pair, over) for _ in range(WRITERS)]
        try:
            walks = [item for _ in range(WALKS) for item in verification.walk(batch=1)]
        finally:
            over.set()
        assert all(writer.result() for writer in writers)
    assert [str(item) for item in walks if isinstance(item, Violation)] == []
