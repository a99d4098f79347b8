"""A clock to set, movements on it, and the daily totals as rows."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from sqlalchemy import Select, bindparam, select

from wallet_transaction_api import sql
from wallet_transaction_api.analytics.tables import daily_totals
from wallet_transaction_api.ledger import posting
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import Wallet

Clock = Callable[..., None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Set the time, UTC: `clock(2031, 1, 31, 23, 59)`. A wallet's time never steps back: the
    moments lie in the future of the users' automatic wallets."""

    def at(*moment: int) -> None:
        fixed = datetime(*moment, tzinfo=UTC)  # type: ignore[misc,arg-type]
        monkeypatch.setattr(timezone, "now", lambda: fixed)

    return at


def post(wallet: Wallet, *amounts: str) -> list[int]:
    """Post the amounts one by one; return the transactions' ids."""
    postings = [Posting(wallet_id=wallet.pk, amount=Decimal(amount)) for amount in amounts]
    return [posting.post_one(item).transaction_id for item in postings]


def _rows() -> Select[Any]:
    of_wallet = daily_totals.c.wallet_id == bindparam("wallet")
    return select(daily_totals).where(of_wallet).order_by(daily_totals.c.day)


def totals(wallet: Wallet) -> list[dict[str, Any]]:
    """Return the wallet's rows, oldest first."""
    return sql.fetch(_rows, params={"wallet": wallet.pk})


def summary(wallet: Wallet) -> list[tuple[date, Decimal, Decimal, int, Decimal]]:
    """Return day, credits, debits, movements and closing balance of each row."""
    names = ("day", "credits", "debits", "movements", "closing_balance")
    return [tuple(row[name] for name in names) for row in totals(wallet)]  # type: ignore[misc]
