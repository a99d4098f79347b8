"""Every user has a wallet, whenever and however they came; an unused one goes with its owner."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connections, transaction
from django.db.models import ProtectedError
from django.test import Client, TestCase

from tests.books import assert_in_order
from tests.conftest import Api
from wallet_transaction_api.accounts import checks, wallets
from wallet_transaction_api.api import service_owner
from wallet_transaction_api.ledger import closing, holds, limits
from wallet_transaction_api.ledger import wallets as ledger_wallets
from wallet_transaction_api.ledger.errors import WalletFrozen, WalletNotEmpty
from wallet_transaction_api.models import AuditRecord, UsernameKey, Wallet

pytestmark = pytest.mark.django_db


def _in_bulk(count: int) -> list[User]:
    User.objects.bulk_create([User(username=f"bulk{number}") for number in range(count)])
    return list(User.objects.filter(username__startswith="bulk").order_by("pk"))


def _command() -> str:
    out = io.StringIO()
    call_command("create_missing_wallets", stdout=out)
    return out.getvalue()


def _missing() -> list[str]:
    found = checks.check_accounts(databases=["default"])
    return [each.msg for each in found if each.id.endswith("W012")]


def test_users_without_a_wallet_are_counted_and_given_one(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wallets, "BATCH", 2)
    users = _in_bulk(5)
    assert Api(users[0]).get("/api/wallet/balance").status_code == 404
    assert _missing() == ["5 users have no wallet: /api/wallet/ is 404 to them."]
    assert _command() == "wallets: 5 opened\n"
    assert _missing() == []
    for user in users:
        balance = Api(user).get("/api/wallet/balance").json()
        assert balance == {"balance": "0.00", "currency": "USD"}
        assert Wallet.objects.get(owner=user).label == "Main"
    assert _command() == "wallets: 0 opened\n"
    assert Wallet.objects.filter(owner=alice).count() == 1


def test_the_service_owner_needs_none() -> None:
    service_owner.service_owner()
    assert (_missing(), _command()) == ([], "wallets: 0 opened\n")


@pytest.mark.parametrize("labels", [["Main"], ["Main", "Main 2", "Rent"], ["Main 2"]])
def test_a_label_that_is_in_use_is_left_alone(labels: list[str]) -> None:
    (user,) = _in_bulk(1)
    for label in labels:
        ledger_wallets.open_wallet(owner_id=user.pk, label=label)
    _command()
    user.refresh_from_db()
    assert user.default_wallet.label not in labels
    assert Wallet.objects.filter(owner=user).count() == len(labels) + 1


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
def test_many_commands_at_once_open_one_wallet_a_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wallets, "BATCH", 3)
    users = _in_bulk(20)

    def create(_: int) -> int:
        try:
            return wallets.create_missing()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(create, range(6))) == len(users)
    assert Wallet.objects.filter(owner__in=users).count() == len(users)


def _delete(user: User) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        user.delete()


class TestDeletingAUser:
    def test_takes_unused_wallets_along(self, alice: User, open_wallet: Any) -> None:
        ids = {alice.default_wallet.pk, open_wallet(label="Spare").pk}
        _delete(alice)
        assert not User.objects.exists()
        assert not Wallet.objects.exists()
        assert not UsernameKey.objects.exists()
        erased = AuditRecord.objects.filter(action="erased")
        assert set(erased.values_list("wallet_id", flat=True)) == ids
        assert_in_order()

    def test_works_by_query_set_and_in_the_admin(
        self, alice: User, bob: User, admin_client: Client
    ) -> None:
        User.objects.filter(pk=bob.pk).delete()
        path = f"/admin/auth/user/{alice.pk}/delete/"
        assert b"Are you sure" in admin_client.get(path).content
        assert admin_client.post(path, {"post": "yes"}).status_code == 302
        carol = User.objects.create_user("carol")
        action = {"action": "delete_selected", "post": "yes", "_selected_action": [carol.pk]}
        assert admin_client.post("/admin/auth/user/", action).status_code == 302
        assert [user.username for user in User.objects.all()] == ["admin"]

    def test_who_registered_goes_too(self, settings: Any) -> None:
        settings.REGISTRATION_OPEN = True
        body = {"username": "dora", "password": "a-long-enough-phrase"}
        token = Api().post("/api/register/", body, "application/json").json()["access"]
        _delete(User.objects.get(username="dora"))
        headers = {"Authorization": f"Bearer {token}"}
        assert Api().get("/api/wallet/balance", headers=headers).status_code == 401

    @pytest.mark.parametrize("use", ["post", "spend", "hold", "void", "freeze", "close", "limit"])
    def test_is_stopped_by_a_wallet_that_was_used(
        self, use: str, alice: User, admin_client: Client
    ) -> None:
        wallet = alice.default_wallet
        _USES[use](wallet)
        with pytest.raises(ProtectedError):
            alice.delete()
        with pytest.raises(ProtectedError):
            User.objects.filter(pk=alice.pk).delete()
        path = f"/admin/auth/user/{alice.pk}/delete/"
        assert b"Cannot delete user" in admin_client.get(path).content
        admin_client.post(path, {"post": "yes"})
        assert User.objects.filter(pk=alice.pk).exists()
        assert Wallet.objects.filter(pk=wallet.pk).exists()
        assert_in_order()

    @pytest.mark.parametrize(
        ("use", "error"),
        [("spend", ProtectedError), ("post", WalletNotEmpty), ("freeze", WalletFrozen)],
    )
    def test_is_stopped_by_what_happened_since_it_was_looked_at(
        self, use: str, error: type[Exception], alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wallet = alice.default_wallet
        _race(monkeypatch, lambda: _USES[use](wallet))
        with pytest.raises(error), transaction.atomic():
            alice.delete()
        assert User.objects.filter(username="alice").exists()
        assert Wallet.objects.filter(pk=wallet.pk).exists()


def _race(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], None]) -> None:
    """Let something happen after Django has looked at the wallet and before it is locked."""
    admit = closing.Book

    def book(ids: list[int]) -> Any:
        monkeypatch.setattr(closing, "Book", admit)
        meanwhile()
        return admit(ids)

    monkeypatch.setattr(closing, "Book", book)


def _post(wallet: Wallet) -> None:
    wallet.transactions.create(amount=Decimal(5), txid="in")


def _spend(wallet: Wallet) -> None:
    _post(wallet)
    wallet.transactions.create(amount=Decimal(-5), txid="out")


def _void(wallet: Wallet) -> None:
    ledger_wallets.edit(wallet_id=wallet.pk, changes={"floor": Decimal(-9)})
    holds.void(hold_id=holds.place(wallet_id=wallet.pk, amount=Decimal(1)).pk)


def _hold(wallet: Wallet) -> None:
    ledger_wallets.edit(wallet_id=wallet.pk, changes={"floor": Decimal(-9)})
    holds.place(wallet_id=wallet.pk, amount=Decimal(1))


def _status(status: str) -> Callable[[Wallet], None]:
    def change(wallet: Wallet) -> None:
        ledger_wallets.edit(wallet_id=wallet.pk, changes={"status": status})

    return change


def _limit(wallet: Wallet) -> None:
    limits.set_limit(wallet_id=wallet.pk, direction="debit", window="day", max_count=1)


_USES = {
    "post": _post,
    "spend": _spend,
    "hold": _hold,
    "void": _void,
    "freeze": _status("frozen"),
    "close": _status("closed"),
    "limit": _limit,
}
