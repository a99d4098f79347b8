"""Whatever is done to a resource is recorded with it: by whom, by which request, what differed."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.ledger.conftest import Clock
from tests.ledger.test_request_ids import request
from tests.transfers import order_of
from wallet_transaction_api.ledger import (
    amending,
    errors,
    holds,
    limits,
    posting,
    transfers,
    wallets,
)
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.ledger.units import in_transaction
from wallet_transaction_api.models import AuditRecord, Hold, Transaction, Wallet
from wallet_transaction_api.origins import Origin, origin
from wallet_transaction_api.querysets import MoneyIsPosted

pytestmark = pytest.mark.django_db
Records = Callable[[], list[AuditRecord]]


@pytest.fixture
def news(rent: Wallet) -> Records:
    """Return the records that are newer than alice's wallet, oldest first."""
    last = AuditRecord.objects.order_by("pk").last()
    assert last is not None

    def records() -> list[AuditRecord]:
        return list(AuditRecord.objects.filter(pk__gt=last.pk).order_by("pk"))

    return records


def said(record: AuditRecord) -> tuple[Any, ...]:
    """Return what was done to what, and the difference."""
    subject = f"{record.subject_type} {record.action}"
    return subject, record.subject_id, record.before, record.after


class TestWallets:
    def test_opened(self, alice: User, news: Records) -> None:
        with request("r-1"):
            wallet = wallets.open_wallet(
                owner_id=alice.pk, label="Food", balance=Decimal(5), actor_id=alice.pk
            )
        (record,) = news()
        after = {
            "label": "Food",
            "currency": "USD",
            "status": "active",
            "overdraftLimit": "0.00",
            "ownerId": alice.pk,
            "metadata": {},
        }
        assert said(record) == ("wallets opened", wallet.pk, None, after)
        assert (record.actor_id, record.actor, record.request_id) == (alice.pk, "alice", "r-1")
        assert record.wallet_id == wallet.pk
        assert abs(record.created_at - wallet.created_at) < timedelta(seconds=10)

    @pytest.mark.parametrize(
        ("changes", "before", "after"),
        [
            ({"label": "Food"}, {"label": "Rent"}, {"label": "Food"}),
            ({"metadata": {"a": [1]}}, {"metadata": {}}, {"metadata": {"a": [1]}}),
            (
                {"floor": Decimal("-50.5")},
                {"overdraftLimit": "0.00"},
                {"overdraftLimit": "50.50"},
            ),
        ],
    )
    def test_changed(
        self, rent: Wallet, news: Records, changes: Any, before: Any, after: Any
    ) -> None:
        wallets.edit(wallet_id=rent.pk, changes=changes)
        assert [said(record) for record in news()] == [("wallets changed", rent.pk, before, after)]

    def test_frozen_and_unfrozen(self, rent: Wallet, staff: User, news: Records) -> None:
        thawed = {"status": "active", "label": "Food"}
        with request("r-1"):
            wallets.edit(wallet_id=rent.pk, changes={"status": "frozen"}, actor_id=staff.pk)
            wallets.edit(wallet_id=rent.pk, changes=thawed, actor_id=staff.pk)
        active, frozen = {"status": "active"}, {"status": "frozen"}
        assert [said(record) for record in news()] == [
            ("wallets frozen", rent.pk, active, frozen),
            ("wallets unfrozen", rent.pk, {**frozen, "label": "Rent"}, thawed),
        ]
        for it in news():
            assert (it.actor_id, it.actor, it.request_id) == (staff.pk, "staff", "r-1")

    def test_closed_and_reopened(self, rent: Wallet, news: Records, pay: Any) -> None:
        pay(rent, "-100.00")
        wallets.close(wallet_id=rent.pk)
        wallets.edit(wallet_id=rent.pk, changes={"status": "active"})
        assert [(record.action, record.before) for record in news()] == [
            ("closed", {"status": "active"}),
            ("reopened", {"status": "closed"}),
        ]

    def test_erased_with_their_limits(
        self, alice: User, staff: User, open_wallet: Callable[..., Wallet], news: Records
    ) -> None:
        empty = open_wallet(label="Empty")
        limit = limits.set_limit(
            wallet_id=empty.pk, direction="debit", window="day", max_amount=Decimal(9)
        )
        with request("r-1"):
            wallets.close(wallet_id=empty.pk, actor_id=staff.pk)
        removed, erased = news()[-2:]
        assert said(removed)[:3] == (
            "limits removed",
            limit.pk,
            {"direction": "debit", "window": "day", "maxAmount": "9.00", "maxCount": None},
        )
        assert said(erased)[:2] == ("wallets erased", empty.pk)
        assert (erased.before["label"], erased.after) == ("Empty", None)
        assert {removed.actor, erased.actor} == {"staff"}
        assert {removed.request_id, erased.request_id} == {"r-1"}

    def test_saved_by_django_code(self, rent: Wallet, news: Records) -> None:
        """A stale copy is compared with what is stored, and only as far as it is written."""
        stale = Wallet.objects.get(pk=rent.pk)
        wallets.edit(wallet_id=rent.pk, changes={"label": "Food"})
        stale.metadata, stale.label = {"a": 1}, "Unwritten"
        stale.save(update_fields={"metadata"})
        assert said(news()[-1])[2:] == ({"metadata": {}}, {"metadata": {"a": 1}})
        stale.save()
        assert said(news()[-1])[2:] == ({"label": "Food"}, {"label": "Unwritten"})

    def test_nothing_is_said_of_no_change(self, rent: Wallet, news: Records) -> None:
        wallets.edit(wallet_id=rent.pk, changes={"label": "Rent"})
        Wallet.objects.get(pk=rent.pk).save()
        assert news() == []


class TestLimits:
    def test_set_changed_removed(self, rent: Wallet, staff: User, news: Records) -> None:
        with request("r-1"):
            limit = limits.set_limit(
                wallet_id=rent.pk, direction="debit", window="day", max_amount=Decimal("9.5"),
                actor_id=staff.pk,
            )  # fmt: skip
            limits.change(
                limit_id=limit.pk, changes={"max_count": 3, "max_amount": None}, actor_id=staff.pk
            )
            limits.remove(limit_id=limit.pk, actor_id=staff.pk)
        first = {"direction": "debit", "window": "day", "maxAmount": "9.50", "maxCount": None}
        second = {**first, "maxAmount": None, "maxCount": 3}
        assert [said(record) for record in news()] == [
            ("limits set", limit.pk, None, first),
            (
                "limits changed",
                limit.pk,
                {"maxAmount": "9.50", "maxCount": None},
                {"maxAmount": None, "maxCount": 3},
            ),
            ("limits removed", limit.pk, second, None),
        ]
        assert {(it.wallet_id, it.actor, it.request_id) for it in news()} == {
            (rent.pk, "staff", "r-1")
        }


class TestHolds:
    def test_placed(self, rent: Wallet, alice: User, news: Records, clock: Clock) -> None:
        with request("r-1"):
            hold = holds.place(
                wallet_id=rent.pk, amount=Decimal("2.5"), description="x", actor_id=alice.pk
            )
        (record,) = news()
        after = {
            "amount": "2.50",
            "status": "pending",
            "expiresAt": "2030-01-22T12:00:00.000000Z",
            "description": "x",
            "metadata": {},
        }
        assert said(record) == ("holds placed", hold.pk, None, after)
        assert (record.wallet_id, record.actor, record.request_id) == (rent.pk, "alice", "r-1")

    def test_captured_and_voided(self, rent: Wallet, alice: User, news: Records) -> None:
        taken, freed = (holds.place(wallet_id=rent.pk, amount=Decimal(2)) for _ in range(2))
        with request("r-1"):
            holds.capture(hold_id=taken.pk, amount=Decimal("1.5"), actor_id=alice.pk)
            holds.void(hold_id=freed.pk, actor_id=alice.pk)
        key = Hold.objects.get(pk=taken.pk).transaction_id
        pending = {"status": "pending"}
        gained = {"status": "captured", "capturedAmount": "1.50", "transactionId": key}
        captured, voided = news()[-2:]
        assert said(captured) == ("holds captured", taken.pk, pending, gained)
        assert said(voided) == ("holds voided", freed.pk, pending, {"status": "voided"})
        for record in (captured, voided):
            assert (record.wallet_id, record.actor, record.request_id) == (rent.pk, "alice", "r-1")

    def test_expired_by_the_clock_whoever_came_upon_it(
        self, rent: Wallet, alice: User, news: Records, clock: Clock, pay: Any
    ) -> None:
        keys = [holds.place(wallet_id=rent.pk, amount=Decimal(1)).pk for _ in range(2)]
        clock.tick(days=8)
        with request("r-1"):
            pay(rent, "1.00", actor_id=alice.pk)
        expired = news()[-2:]
        assert [said(record) for record in expired] == [
            ("holds expired", key, {"status": "pending"}, {"status": "expired"}) for key in keys
        ]
        for record in expired:
            assert (record.actor_id, record.actor, record.request_id) == (None, "system", None)
            assert record.wallet_id == rent.pk

    def test_expired_by_the_command(self, rent: Wallet, news: Records, clock: Clock) -> None:
        holds.place(wallet_id=rent.pk, amount=Decimal(1))
        clock.tick(days=8)
        token = origin.set(Origin(program="expire_holds"))
        call_command("expire_holds", stdout=StringIO())
        origin.reset(token)
        assert (news()[-1].action, news()[-1].actor) == ("expired", "expire_holds")


class TestTransactions:
    def test_amended(self, rent: Wallet, alice: User, news: Records, pay: Any) -> None:
        key = pay(rent, "-40.00").transaction_id
        changes = {"amount": Decimal("-30.5"), "description": "x"}
        with request("r-1"):
            amending.amend(transaction_id=key, changes=changes, actor_id=alice.pk)
        (record,) = news()
        before = {"amount": "-40.00", "description": "", "balanceAfter": "60.00"}
        after = {"amount": "-30.50", "description": "x", "balanceAfter": "69.50"}
        assert said(record) == ("transactions amended", key, before, after)
        assert (record.wallet_id, record.actor, record.request_id) == (rent.pk, "alice", "r-1")

    def test_amended_only_as_far_as_it_is_written(self, rent: Wallet, news: Records) -> None:
        row = Transaction.objects.get(wallet=rent)
        row.description, row.metadata = "x", {"a": 1}
        row.save(update_fields={"metadata"})
        assert said(news()[-1])[2:] == ({"metadata": {}}, {"metadata": {"a": 1}})

    def test_reversed(self, rent: Wallet, alice: User, news: Records, pay: Any) -> None:
        key = pay(rent, "-40.00", txid="t1", description="x").transaction_id
        with request("r-1"):
            amending.reverse(transaction_id=key, actor_id=alice.pk)
        (record,) = news()
        before = {
            "txid": "t1",
            "amount": "-40.00",
            "kind": "withdrawal",
            "description": "x",
            "metadata": {},
            "balanceAfter": "60.00",
        }
        assert said(record) == ("transactions reversed", key, before, None)
        assert (record.wallet_id, record.actor, record.request_id) == (rent.pk, "alice", "r-1")

    def test_posted_ones_have_their_entry_and_cost_no_record(
        self, rent: Wallet, news: Records
    ) -> None:
        item = Posting(wallet_id=rent.pk, amount=Decimal(1))
        with CaptureQueriesContext(connection) as queries:
            posting.post([item])
        assert not [query for query in queries if "audit" in query["sql"]]
        assert news() == []


def test_transfers_amended_and_reversed(
    rent: Wallet, alice: User, open_wallet: Callable[..., Wallet], news: Records
) -> None:
    other = open_wallet(label="Other")
    row = transfers.transfer(order_of(rent, other, "1.5"))
    with request("r-1"):
        transfers.amend(transfer_id=row.pk, changes={"description": "x"}, actor_id=alice.pk)
        transfers.reverse(transfer_id=row.pk, actor_id=alice.pk)
    amended, back = news()[-2:]
    assert said(amended) == (
        "transfers amended", row.pk, {"description": ""}, {"description": "x"},
    )  # fmt: skip
    before = {
        "txid": row.txid,
        "destinationId": other.pk,
        "amount": "1.50",
        "destinationAmount": "1.50",
        "description": "x",
        "metadata": {},
    }
    assert said(back) == ("transfers reversed", row.pk, before, None)
    for record in (amended, back):
        assert (record.wallet_id, record.actor, record.request_id) == (rent.pk, "alice", "r-1")
    assert [record.action for record in news()] == ["opened", "amended", "reversed"]


class TestTheActor:
    def test_left_open_is_the_requests_user(self, rent: Wallet, bob: User, news: Records) -> None:
        class Call:
            user = bob

        token = origin.set(Origin("r-1", Call()))
        wallets.edit(wallet_id=rent.pk, changes={"label": "Food"})
        origin.reset(token)
        assert (news()[-1].actor_id, news()[-1].actor) == (bob.pk, "bob")

    def test_outside_of_a_request_is_the_system(self, rent: Wallet, news: Records) -> None:
        wallets.edit(wallet_id=rent.pk, changes={"label": "Food"})
        (record,) = news()
        assert (record.actor_id, record.actor, record.request_id) == (None, "system", None)

    def test_keeps_the_name_that_they_had(self, rent: Wallet, bob: User, news: Records) -> None:
        wallets.edit(wallet_id=rent.pk, changes={"label": "Food"}, actor_id=bob.pk)
        User.objects.filter(pk=bob.pk).update(username="robert")
        assert news()[0].actor == "bob"


class TestWhatIsUndone:
    def test_leaves_no_record(self, rent: Wallet, news: Records) -> None:
        def work() -> None:
            wallets.edit(wallet_id=rent.pk, changes={"label": "Food"})
            raise errors.LabelTaken

        with pytest.raises(errors.LabelTaken), transaction.atomic():
            in_transaction(work)
        assert news() == []

    def test_by_the_database_leaves_no_record(
        self, rent: Wallet, news: Records, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*args: Any, **kwargs: Any) -> None:
            raise IntegrityError

        monkeypatch.setattr(limits.Book, "write", fail)
        with pytest.raises(IntegrityError), transaction.atomic():
            limits.set_limit(wallet_id=rent.pk, direction="debit", window="day", max_count=1)
        assert news() == []

    def test_a_change_whose_record_fails_is_not_done(
        self, rent: Wallet, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*args: Any, **kwargs: Any) -> None:
            raise RuntimeError

        monkeypatch.setattr("wallet_transaction_api.ledger.auditing.sql.execute", fail)
        with pytest.raises(RuntimeError), transaction.atomic():
            wallets.edit(wallet_id=rent.pk, changes={"label": "Food"})
        assert Wallet.objects.get(pk=rent.pk).label == "Rent"


@pytest.mark.parametrize(
    "write",
    [
        lambda it: it.save(),
        lambda it: it.delete(),
        lambda _: AuditRecord.objects.update(actor="nobody"),
        lambda _: AuditRecord.objects.all().delete(),
        lambda _: AuditRecord.objects.bulk_create([AuditRecord()]),
        lambda _: AuditRecord.objects.create(subject_type="wallets", subject_id=1),
        lambda it: AuditRecord.objects.bulk_update([it], ["actor"]),
    ],
)
def test_django_code_writes_none(rent: Wallet, write: Callable[[AuditRecord], Any]) -> None:
    record = AuditRecord.objects.filter(wallet_id=rent.pk).get()
    with pytest.raises(MoneyIsPosted):
        write(record)
