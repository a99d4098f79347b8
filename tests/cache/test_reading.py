"""What `cache` answers is what the database would, by fewer questions."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from wallet_transaction_api import cache
from wallet_transaction_api.cache import recent
from wallet_transaction_api.cache.stores import Store
from wallet_transaction_api.ledger import balances, posting
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import Transaction, Wallet

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("store")]


def post(wallet: Wallet, amount: str) -> None:
    posting.post_one(Posting(wallet_id=wallet.pk, amount=Decimal(amount)))


def balance(wallet: Wallet) -> Any:
    row = cache.balance_by_uuid(wallet.uuid)
    assert row
    return row["balance"]


class TestBalance:
    def test_is_the_databases(self, open_wallet: Callable[..., Wallet]) -> None:
        wallet = open_wallet("12.34")
        for _ in range(2):
            assert cache.balance_by_uuid(wallet.uuid) == balances.of_uuid(wallet.uuid)

    def test_is_asked_for_once(
        self,
        open_wallet: Callable[..., Wallet],
        django_assert_num_queries: DjangoAssertNumQueries,
        store: Store,
    ) -> None:
        wallet = open_wallet("12.34")
        with django_assert_num_queries(1):
            balance(wallet)
        with django_assert_num_queries(0):
            assert balance(wallet) == Decimal("12.34")

    def test_follows_every_posting(self, open_wallet: Callable[..., Wallet]) -> None:
        wallet = open_wallet("10.00")
        for expected in ("11.00", "12.00", "13.00"):
            balance(wallet)
            post(wallet, "1.00")
            assert balance(wallet) == Decimal(expected)

    def test_follows_plain_django_code(self, open_wallet: Callable[..., Wallet]) -> None:
        wallet = open_wallet("10.00")
        balance(wallet)
        row = Transaction.objects.create(wallet=wallet, txid="t", amount=Decimal(5))
        assert balance(wallet) == 15
        row.delete()
        assert balance(wallet) == 10

    def test_does_not_follow_what_was_rolled_back(self, open_wallet: Callable[..., Wallet]) -> None:
        wallet = open_wallet("10.00")
        balance(wallet)
        with transaction.atomic():
            post(wallet, "1.00")
            transaction.set_rollback(True)
        assert balance(wallet) == 10

    def test_within_a_transaction_is_the_transactions_own(
        self, open_wallet: Callable[..., Wallet]
    ) -> None:
        wallet = open_wallet("10.00")
        balance(wallet)
        with transaction.atomic():
            post(wallet, "1.00")
            assert balance(wallet) == 11

    def test_of_nobodys_wallet_is_not_remembered(self) -> None:
        uuid = uuid4()
        assert cache.balance_by_uuid(uuid) is None
        wallet = Wallet(
            owner=User.objects.create_user("carol"), label="New", uuid=uuid, currency="USD"
        )
        wallet.save()
        assert balance(wallet) == 0

    def test_carries_the_status(self, open_wallet: Callable[..., Wallet]) -> None:
        wallet = open_wallet()
        balance(wallet)
        wallet.delete()
        row = cache.balance_by_uuid(wallet.uuid)
        assert row is None or row["status"] == "closed"


class TestBalanceOfUser:
    def test_is_that_of_the_automatic_wallet(
        self, alice: User, django_assert_num_queries: DjangoAssertNumQueries, store: Store
    ) -> None:
        post(alice.default_wallet, "7.00")
        for _ in range(2):  # whose it is, and then the balance, are learnt
            row = cache.balance_of_user(alice.pk)
        with django_assert_num_queries(0):
            row = cache.balance_of_user(alice.pk)
        assert row == balances.of_user(alice.pk)
        assert row["balance"] == 7

    def test_is_none_without_one(self) -> None:
        assert cache.balance_of_user(10**9) is None


class TestRecentTransactions:
    def test_are_the_databases_newest_first(self, open_wallet: Callable[..., Wallet]) -> None:
        wallet = open_wallet("1.00")
        for amount in ("2.00", "3.00"):
            post(wallet, amount)
        expected = recent.of_wallet(wallet.pk, recent.KEPT).rows
        balance(wallet)
        for _ in range(3):
            assert cache.recent_transactions(wallet.pk) == expected
        assert [row["amount"] for row in expected] == [3, 2, 1]

    def test_are_asked_for_once(
        self,
        open_wallet: Callable[..., Wallet],
        django_assert_num_queries: DjangoAssertNumQueries,
        store: Store,
    ) -> None:
        wallet = open_wallet("1.00")
        balance(wallet)
        cache.recent_transactions(wallet.pk)
        with django_assert_num_queries(0):
            assert len(cache.recent_transactions(wallet.pk)) == 1

    def test_follow_every_change(self, open_wallet: Callable[..., Wallet]) -> None:
        wallet = open_wallet("1.00")
        for count in range(2, 5):
            balance(wallet)
            cache.recent_transactions(wallet.pk)
            post(wallet, "1.00")
            assert len(cache.recent_transactions(wallet.pk)) == count
        newest = Transaction.objects.latest("id")
        newest.description = "Renamed"
        newest.save()
        assert cache.recent_transactions(wallet.pk)[0]["description"] == "Renamed"

    def test_may_be_more_than_are_kept(self, open_wallet: Callable[..., Wallet]) -> None:
        wallet = open_wallet()
        posting.post_all([Posting(wallet_id=wallet.pk, amount=Decimal(1))] * (recent.KEPT + 5))
        assert len(cache.recent_transactions(wallet.pk, recent.KEPT + 5)) == recent.KEPT + 5
        assert len(cache.recent_transactions(wallet.pk, 3)) == 3

    def test_of_an_empty_wallet_are_none(self, open_wallet: Callable[..., Wallet]) -> None:
        assert cache.recent_transactions(open_wallet().pk) == []


def test_a_failing_cache_fails_no_write(
    open_wallet: Callable[..., Wallet], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    wallet = open_wallet("1.00")

    def fail(changes: object) -> None:
        raise RuntimeError("the cache has a fault of its own")

    monkeypatch.setattr(store, "publish", fail)
    post(wallet, "1.00")
    wallet.refresh_from_db()
    assert wallet.balance == 2
