"""A clock that is stepped back reorders no journal, and makes no key forgotten."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.books import assert_in_order
from tests.conftest import Answer, Api
from tests.transfers import order_of
from wallet_transaction_api.ledger import amending, posting, transfers, wallets
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import Entry, Transaction, Wallet


class Clock:
    """The clock of this process, to be set by hand."""

    def __init__(self) -> None:
        self.time = timezone.now()

    def now(self) -> datetime:
        """Tell the time."""
        return self.time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """Return the clock, which stands still between steps."""
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock.now)
    return clock


def _assert_monotonic(wallet: Wallet) -> None:
    entries = list(Entry.objects.filter(wallet=wallet).order_by("sequence"))
    assert [entry.sequence for entry in entries] == list(range(1, len(entries) + 1))
    moments = [entry.created_at for entry in entries]
    assert moments == sorted(moments)
    wallet.refresh_from_db()
    assert not entries or wallet.updated_at >= moments[-1]
    for row in Transaction.objects.filter(wallet=wallet):
        assert row.created_at <= row.updated_at


@pytest.mark.django_db
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(hours=st.lists(st.integers(-48, 24), min_size=7, max_size=7))
def test_every_kind_of_movement_stays_in_order_however_the_clock_is_stepped(
    clock: Clock, alice: User, open_wallet: Callable[..., Wallet], hours: list[int]
) -> None:
    number = Wallet.objects.count()
    left, right = open_wallet("50.00", label=f"L{number}"), open_wallet(label=f"R{number}")
    moved: list[int] = []
    steps: list[Callable[[], object]] = [
        lambda: moved.append(_post(left, 5).transaction_id),
        lambda: moved.append(transfers.transfer(order_of(left, right, "3.00")).pk),
        lambda: amending.amend(transaction_id=moved[0], changes={"amount": Decimal(2)}),
        lambda: wallets.edit(wallet_id=right.pk, changes={"metadata": {"seen": True}}),
        lambda: transfers.reverse(transfer_id=moved[1]),
        lambda: amending.reverse(transaction_id=moved[0]),
        lambda: _post(left, -1),
    ]
    for step, change in zip(steps, hours, strict=True):
        clock.time += timedelta(hours=change)
        step()
    for wallet in (left, right):
        _assert_monotonic(wallet)
    assert_in_order()


def _post(wallet: Wallet, amount: int) -> posting.Posted:
    return posting.post_one(Posting(wallet_id=wallet.pk, amount=Decimal(amount)))


def test_clients_are_shown_the_order_in_which_it_happened(
    clock: Clock, alice: User, as_user: Callable[[User], Api]
) -> None:
    wallet = alice.default_wallet
    for amount in (1, 2, 3):
        clock.time -= timedelta(hours=1)
        _post(wallet, amount)
    api = as_user(alice)
    newest = [item["amount"] for item in api.get("/api/wallet/transactions").json()["results"]]
    assert newest == ["3.00", "2.00", "1.00"]
    oldest = api.get(f"/api/wallets/{wallet.pk}/transactions?sort=createdAt").json()["data"]
    assert [item["attributes"]["amount"] for item in oldest] == ["1.00", "2.00", "3.00"]


def test_a_key_is_remembered_by_a_clock_that_was_stepped_back(
    clock: Clock, alice: User, as_user: Callable[[User], Api]
) -> None:
    def credit() -> Answer:
        headers = {"Idempotency-Key": "k-1"}
        return as_user(alice).send(
            "POST", "/api/wallet/credit", {"amount": "1.00"}, "application/json", headers=headers
        )

    first = credit()
    clock.time -= timedelta(minutes=30)
    again = credit()
    assert (again.status_code, again.content) == (200, first.content)
    assert Wallet.objects.get(default_for=alice).balance == 1
