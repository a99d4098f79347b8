"""Query sets delete in the order in which all lock wallets."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from wallet_transaction_api.ledger import locks
from wallet_transaction_api.ledger.locks import Way
from wallet_transaction_api.models import Transaction, Wallet

Open = Callable[..., Wallet]


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note which wallets are locked, one after the other."""
    noted: list[int] = []
    lock = locks.lock

    def noting(wallet_ids: Iterable[int], way: Way = Way.WAIT) -> Any:
        ids = sorted(wallet_ids)
        noted.extend(ids)
        return lock(ids, way)

    monkeypatch.setattr(locks, "lock", noting)
    return noted


def test_wallets_by_id(open_wallet: Open, locked: list[int]) -> None:
    for label in "AB":
        open_wallet(label=label)
    locked.clear()
    Wallet.objects.order_by("-pk").delete()
    assert locked == sorted(locked)
    assert len(set(locked)) == 3  # alice's first one too


def test_transactions_by_wallet(open_wallet: Open, locked: list[int]) -> None:
    for label in "AB":
        open_wallet("1.00", label=label)
    locked.clear()
    Transaction.objects.order_by("-pk").delete()
    assert locked == sorted(locked)
    assert len(set(locked)) == 2
