"""A storm of writers is no reason for a false alarm."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.writers import writing
from wallet_transaction_api.ledger import amending, holds, posting, verification
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.ledger.verification import Violation
from wallet_transaction_api.models import Wallet

pytestmark = [pytest.mark.serial, pytest.mark.django_db(transaction=True)]
WRITERS = 3
#: What each writer writes at most, and how often all of it is read meanwhile.
ROUNDS, WALKS = 20, 40


def _write(pair: list[Wallet]) -> None:
    """Post, amend and reverse, hold, capture and void."""
    asked = [Posting(wallet_id=wallet.pk, amount=Decimal(5)) for wallet in pair]
    first, second = (item.transaction_id for item in posting.post_all(asked))
    amending.amend(transaction_id=first, changes={"amount": Decimal(7)})
    amending.reverse(transaction_id=second)
    placed = [holds.place(wallet_id=wallet.pk, amount=Decimal("0.01")) for wallet in pair]
    holds.capture(hold_id=placed[0].pk)
    holds.void(hold_id=placed[1].pk)


def test_raises_no_false_alarm(open_wallet: Callable[..., Wallet]) -> None:
    pair = [open_wallet("1", label="A"), open_wallet("1", label="B")]
    with writing(*[lambda: _write(pair)] * WRITERS, most=ROUNDS) as rounds:
        walks = [item for _ in rounds(WALKS) for item in verification.walk(batch=1)]
    assert [str(item) for item in walks if isinstance(item, Violation)] == []
