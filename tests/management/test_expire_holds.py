"""`manage.py expire_holds`: tidies, and says how much."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from wallet_transaction_api.ledger import holds
from wallet_transaction_api.models import Hold, Wallet


def _run() -> str:
    out = StringIO()
    call_command("expire_holds", stdout=out)
    return out.getvalue()


def test_it_writes_what_is_true_by_the_clock(
    open_wallet: Callable[..., Wallet], monkeypatch: pytest.MonkeyPatch
) -> None:
    wallet, soon = open_wallet("100.00"), datetime.now(UTC) + timedelta(hours=1)
    for until in (soon, soon + timedelta(hours=1)):
        holds.place(wallet_id=wallet.pk, amount=Decimal(30), expires_at=until)
    monkeypatch.setattr(timezone, "now", lambda: soon)
    assert _run() == "holds: expired in 1 wallets\n"
    assert [hold.status for hold in Hold.objects.order_by("pk")] == ["expired", "pending"]
    assert Wallet.objects.get(pk=wallet.pk).available == 70
    assert _run() == "holds: expired in 0 wallets\n"
