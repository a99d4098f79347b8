"""Wallets in plain Django code: their money is read here and moved by postings."""

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.books import assert_in_order, balance, journal
from wallet_transaction_api import signals
from wallet_transaction_api.ledger import errors, events, posting, wallets
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import Wallet
from wallet_transaction_api.querysets import MoneyIsPosted

pytestmark = pytest.mark.django_db


@pytest.fixture
def rent(open_wallet: Callable[..., Wallet]) -> Wallet:
    """Return alice's wallet with 100.00 in it."""
    return open_wallet("100.00", label="Rent")


def _credit(wallet: Wallet, amount: str = "1") -> None:
    posting.post_one(Posting(wallet_id=wallet.pk, amount=Decimal(amount)))


def test_an_opening_balance_is_posted(alice: User) -> None:
    wallet = Wallet.objects.create(owner=alice, label="x", balance="12.50")
    assert (wallet.balance, wallet.available, wallet.currency) == (12.5, 12.5, "USD")
    assert journal(wallet) == [(1, 12.5, 12.5, "posted")]
    assert wallet.transactions.get().kind == "opening"
    assert_in_order()


def test_bulk_created_wallets_post_their_openings_too(alice: User) -> None:
    rows = [Wallet(owner=alice, label=label, balance=5) for label in "ab"]
    Wallet.objects.bulk_create(rows)
    assert [balance(row) for row in rows] == [5, 5]
    assert_in_order()


@pytest.mark.parametrize("opening", ["-1", "0.001", "NaN", 1.5])
def test_an_opening_that_is_no_amount_opens_nothing(alice: User, opening: Any) -> None:
    with pytest.raises(errors.LedgerError):
        Wallet.objects.create(owner=alice, label="x", balance=opening)
    assert not Wallet.objects.filter(label="x").exists()


def test_a_row_with_a_key_that_was_taken_meanwhile_zeroes_no_balance(
    rent: Wallet, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signals, "_is_new", lambda _: True)  # asked a moment too early
    late = Wallet(pk=rent.pk, owner=alice, label="Late", currency="USD")
    with pytest.raises(IntegrityError, match="created meanwhile"):
        late.save()
    assert balance(rent) == 100
    assert_in_order()


def test_a_label_saved_from_a_stale_copy_keeps_the_money_and_the_status(rent: Wallet) -> None:
    stale = Wallet.objects.get(pk=rent.pk)
    _credit(rent)
    wallets.edit(wallet_id=rent.pk, changes={"floor": Decimal(-5)})
    wallets.edit(wallet_id=rent.pk, changes={"status": "frozen"})
    stale.label = "Late"
    stale.save()
    row = Wallet.objects.get(pk=rent.pk)
    assert (row.label, row.balance, row.status, row.floor) == ("Late", 101, "frozen", -5)
    assert_in_order()


def test_a_stale_copy_does_not_open_a_closed_wallet_again(rent: Wallet) -> None:
    _credit(rent, "-100")
    stale = Wallet.objects.get(pk=rent.pk)
    wallets.close(wallet_id=rent.pk)
    stale.metadata = {"late": True}
    stale.save()
    assert Wallet.objects.get(pk=rent.pk).status == "closed"


@pytest.mark.parametrize("name", ["balance", "held", "available"])
def test_written_money_is_refused(rent: Wallet, name: str) -> None:
    row = Wallet.objects.get(pk=rent.pk)
    setattr(row, name, Decimal(7))
    with pytest.raises(errors.Unchangeable):
        row.save()


@pytest.mark.parametrize(
    "changes",
    [{"balance": 1}, {"status": "active"}, {"owner": 1}, {"label": "x"}, {"metadata": {}}],
)
def test_a_query_set_updates_nothing_that_is_recorded(
    rent: Wallet, changes: dict[str, Any]
) -> None:
    with pytest.raises(MoneyIsPosted):
        Wallet.objects.update(**changes)


def test_a_query_set_update_lets_versions_grow(rent: Wallet) -> None:
    before = Wallet.objects.get(pk=rent.pk).version
    Wallet.objects.filter(pk=rent.pk).update(created_at=timezone.now())
    assert Wallet.objects.get(pk=rent.pk).version == before + 1


@pytest.mark.parametrize("only", [["label"], ["label", "status"]])
def test_what_is_announced_is_what_is_stored(
    rent: Wallet, only: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[Any] = []

    def listen(wallets: Any, **kwargs: Any) -> None:
        heard.extend(wallets)

    events.wallets_changed.connect(listen)
    rent.label, rent.status = "New", "frozen"
    with django_capture_on_commit_callbacks(execute=True):
        rent.save(update_fields=only)
    events.wallets_changed.disconnect(listen)
    row = Wallet.objects.get(pk=rent.pk)
    assert [(w.status, w.version) for w in heard] == [(row.status, row.version)]
    assert row.status == ("frozen" if "status" in only else "active")


@pytest.mark.parametrize("only", [None, ["label"], ["owner"]])
@pytest.mark.parametrize("name", ["owner", "uuid", "default_for", "currency"])
def test_identity_is_fixed(rent: Wallet, bob: User, name: str, only: list[str] | None) -> None:
    """What a process remembers of a wallet, and decides by who may use it, never changes."""
    other = {"owner": bob, "uuid": uuid.uuid4(), "default_for": bob, "currency": "EUR"}
    before = Wallet.objects.filter(pk=rent.pk).values().get()
    setattr(rent, name, other[name])
    with pytest.raises(errors.Unchangeable, match=name):
        rent.save(update_fields=only)
    assert Wallet.objects.filter(pk=rent.pk).values().get() == before


def test_a_wallet_is_given_to_nobody_through_its_owners_list(rent: Wallet, bob: User) -> None:
    with pytest.raises(errors.Unchangeable), transaction.atomic():
        bob.wallets.add(rent, bulk=False)
    assert not bob.wallets.filter(pk=rent.pk).exists()


@pytest.mark.parametrize("status", ["Frozen", "nonsense", "", None])
def test_a_status_that_is_none_is_refused(rent: Wallet, alice: User, status: Any) -> None:
    """A freeze that is misspelt must not pass for one."""
    rent.status = status
    with pytest.raises(errors.StatusUnknown):
        rent.save()
    with pytest.raises(errors.StatusUnknown):
        Wallet.objects.create(owner=alice, label="New", status=status)
    assert Wallet.objects.get(pk=rent.pk).status == "active"


def test_an_erased_wallet_is_announced_as_closed(
    alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[Any] = []

    def listen(wallets: Any, **kwargs: Any) -> None:
        heard.extend((wallet.id, wallet.status, wallet.version) for wallet in wallets)

    empty = Wallet.objects.create(owner=alice, label="Empty")
    key = empty.pk
    events.wallets_changed.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        empty.delete()
    events.wallets_changed.disconnect(listen)
    assert heard == [(key, "closed", 2)]


def test_an_overdraft_limit_is_exact_money(rent: Wallet) -> None:
    for floor in (Decimal("-0.001"), Decimal("-1e18"), Decimal(1)):
        with pytest.raises(errors.InvalidInput):
            wallets.edit(wallet_id=rent.pk, changes={"floor": floor})
    assert Wallet.objects.get(pk=rent.pk).floor == 0


def test_an_overdraft_limit_in_use_is_not_lowered(rent: Wallet) -> None:
    wallets.edit(wallet_id=rent.pk, changes={"floor": Decimal(-50)})
    _credit(rent, "-130")
    with pytest.raises(errors.OverdraftInUse):
        wallets.edit(wallet_id=rent.pk, changes={"floor": Decimal(-20)})
    wallets.edit(wallet_id=rent.pk, changes={"floor": Decimal(-30)})
    assert_in_order()


def test_staff_thaw_and_reopen(rent: Wallet) -> None:
    _credit(rent, "-100")
    for status in ("frozen", "active", "closed", "active"):
        assert wallets.edit(wallet_id=rent.pk, changes={"status": status}).status == status
    _credit(rent)
    with pytest.raises(errors.WalletNotEmpty):
        wallets.edit(wallet_id=rent.pk, changes={"status": "closed"})


def test_a_frozen_wallet_keeps_its_label_editable_and_is_not_deleted(
    open_wallet: Callable[..., Wallet],
) -> None:
    wallet = open_wallet("0", label="x")
    wallets.edit(wallet_id=wallet.pk, changes={"status": "frozen"})
    assert wallets.edit(wallet_id=wallet.pk, changes={"label": "y"}).label == "y"
    with pytest.raises(errors.WalletFrozen):
        wallets.close(wallet_id=wallet.pk)


def test_deleting_erases_without_and_closes_with_a_history(
    rent: Wallet, open_wallet: Callable[..., Wallet]
) -> None:
    empty = open_wallet("0", label="Empty")
    empty.delete()
    assert not Wallet.objects.filter(pk=empty.pk).exists()
    with pytest.raises(errors.WalletNotEmpty):
        rent.delete()
    _credit(rent, "-100")
    rent.delete()
    assert Wallet.objects.get(pk=rent.pk).status == "closed"
    with pytest.raises(errors.WalletNotFound):
        rent.delete()


def test_a_closed_wallet_frees_its_label_and_reopens_only_under_a_free_one(
    rent: Wallet, open_wallet: Callable[..., Wallet]
) -> None:
    with pytest.raises(errors.LabelTaken):
        open_wallet("0", label="Rent")
    _credit(rent, "-100")
    wallets.close(wallet_id=rent.pk)
    open_wallet("0", label="Rent")
    with pytest.raises(errors.LabelTaken):
        wallets.edit(wallet_id=rent.pk, changes={"status": "active"})


def test_a_wallet_of_nobody_is_not_found() -> None:
    with pytest.raises(errors.WalletNotFound):
        wallets.edit(wallet_id=2**63, changes={"label": "x"})
    with pytest.raises(errors.WalletNotFound):
        wallets.close(wallet_id=12345)
