"""Placing holds: money set aside at once, and what refuses it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from tests.ledger.conftest import Clock
from wallet_transaction_api.ledger import errors, events, hold_errors, holds, posting, wallets
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import Entry, Hold, Wallet
from wallet_transaction_api.querysets import MoneyIsPosted

Open = Callable[..., Wallet]


def _columns(wallet: Wallet) -> tuple[Decimal, Decimal, Decimal]:
    stored = Wallet.objects.get(pk=wallet.pk)
    return stored.balance, stored.available, stored.held


def test_a_hold_reduces_what_is_available_and_not_the_balance(open_wallet: Open) -> None:
    wallet = open_wallet("100.00")
    hold = holds.place(wallet_id=wallet.pk, amount=Decimal(30), description="Hotel")
    assert (hold.status, hold.amount, hold.description) == ("pending", 30, "Hotel")
    assert _columns(wallet) == (100, 70, 30)
    assert Entry.objects.filter(wallet=wallet).count() == 1


def test_held_money_cannot_be_spent(open_wallet: Open) -> None:
    wallet = open_wallet("100.00")
    holds.place(wallet_id=wallet.pk, amount=Decimal(100))
    with pytest.raises(errors.InsufficientFunds):
        posting.post_one(Posting(wallet_id=wallet.pk, amount=Decimal("-0.01")))
    with pytest.raises(errors.InsufficientFunds):
        holds.place(wallet_id=wallet.pk, amount=Decimal("0.01"))
    assert _columns(wallet) == (100, 0, 100)


def test_a_hold_may_use_the_overdraft_limit(open_wallet: Open) -> None:
    wallet = open_wallet()
    wallets.edit(wallet_id=wallet.pk, changes={"floor": Decimal(-50)})
    holds.place(wallet_id=wallet.pk, amount=Decimal(50))
    assert _columns(wallet) == (0, -50, 50)
    with pytest.raises(errors.OverdraftInUse):
        wallets.edit(wallet_id=wallet.pk, changes={"floor": Decimal("-49.99")})


def test_a_hold_lasts_as_configured_or_as_asked(
    open_wallet: Open, clock: Clock, settings: Any
) -> None:
    settings.HOLD_DAYS = 3
    wallet = open_wallet("100.00")
    assert holds.place(wallet_id=wallet.pk, amount=Decimal(1)).expires_at == clock.now + timedelta(
        days=3
    )
    until = clock.now + timedelta(microseconds=1)
    hold = holds.place(wallet_id=wallet.pk, amount=Decimal(1), expires_at=until)
    assert Hold.objects.get(pk=hold.pk).expires_at == until
    assert Wallet.objects.get(pk=wallet.pk).next_expiry_at == until


@pytest.mark.parametrize("length", [timedelta(0), timedelta(days=-1)])
def test_an_expiry_that_has_passed_is_refused(
    open_wallet: Open, clock: Clock, length: timedelta
) -> None:
    wallet = open_wallet("100.00")
    with pytest.raises(hold_errors.ExpiryPassed):
        holds.place(wallet_id=wallet.pk, amount=Decimal(1), expires_at=clock.now + length)
    assert _columns(wallet) == (100, 100, 0)
    assert not Hold.objects.exists()


@pytest.mark.parametrize(
    ("amount", "refusal"),
    [
        ("100.01", errors.InsufficientFunds),
        ("0", errors.AmountInvalid),
        ("-1", errors.AmountInvalid),
        ("NaN", errors.AmountInvalid),
        ("0.001", errors.AmountPrecision),
    ],
)
def test_a_refused_hold_leaves_no_trace(
    open_wallet: Open, amount: str, refusal: type[errors.LedgerError]
) -> None:
    wallet = open_wallet("100.00")
    version = Wallet.objects.get(pk=wallet.pk).version
    with pytest.raises(refusal):
        holds.place(wallet_id=wallet.pk, amount=Decimal(amount))
    assert _columns(wallet) == (100, 100, 0)
    assert Wallet.objects.get(pk=wallet.pk).version == version
    assert not Hold.objects.exists()


def test_nothing_is_held_on_a_frozen_a_closed_or_no_wallet(open_wallet: Open) -> None:
    wallet = open_wallet("100.00")
    wallets.edit(wallet_id=wallet.pk, changes={"status": "frozen"})
    with pytest.raises(errors.WalletFrozen):
        holds.place(wallet_id=wallet.pk, amount=Decimal(1))
    empty = open_wallet(label="Empty")
    wallets.edit(wallet_id=empty.pk, changes={"status": "closed"})
    with pytest.raises(errors.WalletClosed):
        holds.place(wallet_id=empty.pk, amount=Decimal(1))
    with pytest.raises(errors.WalletNotFound):
        holds.place(wallet_id=wallet.pk + 1000, amount=Decimal(1))


def test_caches_hear_of_a_hold(open_wallet: Open, django_capture_on_commit_callbacks: Any) -> None:
    wallet, heard = open_wallet("100.00"), []

    def listen(wallets: list[Any], **kwargs: Any) -> None:
        heard.extend(wallets)

    events.wallets_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            holds.place(wallet_id=wallet.pk, amount=Decimal(30))
    finally:
        events.wallets_changed.disconnect(listen)
    stored = Wallet.objects.get(pk=wallet.pk)
    assert [(item.available, item.version) for item in heard] == [(70, stored.version)]


def test_plain_django_code_writes_no_holds(open_wallet: Open) -> None:
    wallet = open_wallet("100.00")
    hold = holds.place(wallet_id=wallet.pk, amount=Decimal(30))
    attempts: list[Callable[[], Any]] = [
        hold.save,
        hold.delete,
        lambda: Hold.objects.create(wallet=wallet, amount=1, expires_at=hold.expires_at),
        lambda: Hold.objects.bulk_create([Hold(wallet=wallet, amount=1)]),
        lambda: Hold.objects.update(status="voided"),
        lambda: Hold.objects.all().delete(),
        lambda: Wallet.objects.update(next_expiry_at=None),
    ]
    for attempt in attempts:
        with pytest.raises(MoneyIsPosted):
            attempt()
    assert _columns(wallet) == (100, 70, 30)


def test_a_stale_wallet_saved_late_keeps_what_is_held(open_wallet: Open) -> None:
    stale = open_wallet("100.00")
    holds.place(wallet_id=stale.pk, amount=Decimal(30))
    stale.label = "Renamed"
    stale.save()
    stored = Wallet.objects.get(pk=stale.pk)
    assert (stored.label, stored.held, stored.available) == ("Renamed", 30, 70)
    assert stored.next_expiry_at is not None


BROKEN = [
    "amount = {zero}",
    "status = 'lost'",
    "status = 'captured'",
    "captured_amount = {one}",
    "status = 'captured', captured_amount = {one}",
]


@pytest.mark.parametrize("change", BROKEN)
def test_the_database_refuses_holds_that_make_no_sense(open_wallet: Open, change: str) -> None:
    holds.place(wallet_id=open_wallet("100.00").pk, amount=Decimal(30))
    digits = "000000000000000000"
    text = {"zero": f"'P{digits}.{digits}'", "one": f"'P{digits[1:]}1.{digits}'"}
    numbers = {"zero": "0", "one": "1"}
    values = text if connection.vendor == "sqlite" else numbers
    with (
        pytest.raises(Exception, match="holds_") as refused,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE holds SET {change.format(**values)}")
    assert isinstance(refused.value, IntegrityError) or connection.vendor == "mysql"


def test_alices_holds_are_hers(open_wallet: Open, bob: User) -> None:
    mine, his = open_wallet("100.00"), open_wallet("100.00", owner=bob)
    holds.place(wallet_id=mine.pk, amount=Decimal(30))
    assert _columns(his) == (100, 100, 0)
