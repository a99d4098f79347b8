"""The ledger's tests speak of wallets by short names, of money as people write it, and of time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from wallet_transaction_api.ledger import posting
from wallet_transaction_api.ledger.posting import Posted, Posting
from wallet_transaction_api.models import Wallet


class Clock:
    """What the ledger reads as the time, until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def set(self, text: str) -> None:
        """Set the clock: `clock.set("2030-01-31 23:59")`, UTC."""
        self.now = datetime.fromisoformat(text).replace(tzinfo=UTC)

    def tick(self, **length: float) -> None:
        """Move the clock on: `clock.tick(hours=1)`."""
        self.now += timedelta(**length)


@pytest.fixture
def rent(open_wallet: Callable[..., Wallet]) -> Wallet:
    """Return alice's wallet with 100.00 in it."""
    return open_wallet("100.00", label="Rent")


@pytest.fixture
def pay() -> Callable[..., Posted]:
    """Post an amount: `pay(rent, "-40.00", txid="t1")`."""

    def post(wallet: Wallet, amount: str, **more: object) -> Posted:
        return posting.post_one(
            Posting(wallet_id=wallet.pk, amount=Decimal(amount), **more)  # type: ignore[arg-type]
        )

    return post


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Stop the clock at a Tuesday noon to come."""
    stopped = Clock(datetime(2030, 1, 15, 12, tzinfo=UTC))
    monkeypatch.setattr(timezone, "now", stopped)
    return stopped
