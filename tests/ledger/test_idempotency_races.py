"""One key, many requests at once: the money moves once, and nobody gets another's answer."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from wallet_transaction_api.ledger import errors, group_commit, idempotency, posting
from wallet_transaction_api.ledger.claims import Answer, Claim, Kept
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import Wallet

pytestmark = [pytest.mark.serial, pytest.mark.django_db(transaction=True)]
CLIENTS = 8


def _claim(number: int) -> Claim:
    """Claim one of two requests under the same key."""
    return Claim(
        owner_id=7,
        key="k-1",
        fingerprint=f"f-{number % 2}",
        write=lambda outcome: Answer(status=201, body=str(outcome.movement.amount)),
    )


def _with_company(item: Posting) -> Any:
    return group_commit.post_once(item)


def _as_another_process(item: Posting) -> Any:
    """Post past this process' own register of running keys."""
    return posting.kept(posting.post([item])[0])


def _any_work(item: Posting) -> Any:
    assert item.claim
    plain = Posting(wallet_id=item.wallet_id, amount=item.amount)
    return idempotency.once(item.claim, lambda: posting.post_one(plain))


def _outcome(work: Callable[[], Kept]) -> str:
    try:
        kept = work()
    except errors.LedgerError as refusal:
        return refusal.code
    return "replayed" if kept.is_replay else "posted"


@pytest.mark.parametrize("post", [_with_company, _as_another_process, _any_work])
@pytest.mark.parametrize("requests", [1, 2])
def test_a_key_moves_money_once(
    post: Callable[[Posting], Any], requests: int, open_wallet: Callable[..., Wallet]
) -> None:
    wallets = [open_wallet("0", label=f"W{number}") for number in range(requests)]
    barrier = Barrier(CLIENTS)

    def run(number: int) -> str:
        which = number % requests
        item = Posting(wallet_id=wallets[which].pk, amount=Decimal(1), claim=_claim(which))
        try:
            barrier.wait(30)
            return _outcome(lambda: post(item))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CLIENTS) as pool:
        outcomes = Counter(pool.map(run, range(CLIENTS)))
    assert outcomes.pop("posted") == 1
    assert outcomes.keys() <= {"replayed", "idempotency_in_progress", "idempotency_key_reused"}
    assert sum(Wallet.objects.values_list("balance", flat=True)) == 1
