"""Transfers through the ledger: both sides or neither, whatever is refused."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import serializers
from django.db import IntegrityError, connection, transaction

from tests.transfers import balances, order_of
from wallet_transaction_api.ledger import amending, errors, posting, transfers, wallets
from wallet_transaction_api.ledger.legs import Order
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import Entry, Transaction, Transfer, Wallet
from wallet_transaction_api.querysets import MoneyIsPosted

pytestmark = pytest.mark.django_db
Open = Callable[..., Wallet]


@pytest.fixture
def rent(open_wallet: Open) -> Wallet:
    """Return alice's wallet with 100.00 in it."""
    return open_wallet("100.00", label="Rent")


@pytest.fixture
def savings(open_wallet: Open) -> Wallet:
    """Return alice's other wallet."""
    return open_wallet(label="Savings")


@pytest.fixture
def shop(open_wallet: Open, bob: User) -> Wallet:
    """Return bob's wallet."""
    return open_wallet(label="Shop", owner=bob)


def _refused(order: Order, refusal: type[errors.LedgerError]) -> errors.LedgerError:
    """Order what is refused and show that it left no trace."""
    before = (Entry.objects.count(), Transaction.objects.count(), Transfer.objects.count())
    with pytest.raises(refusal) as caught, transaction.atomic():
        transfers.transfer(order)
    after = (Entry.objects.count(), Transaction.objects.count(), Transfer.objects.count())
    assert after == before
    return caught.value


def test_moves_the_money_and_writes_both_sides(rent: Wallet, savings: Wallet, alice: User) -> None:
    order = replace(
        order_of(rent, savings, "30.25"), txid="t-1", description="Put aside", actor_id=alice.pk
    )
    row = transfers.transfer(order)
    assert balances(rent, savings) == ["69.75", "30.25"]
    legs = list(row.transactions.order_by("amount"))
    assert [(leg.wallet_id, f"{leg.amount:.2f}", leg.kind) for leg in legs] == [
        (rent.pk, "-30.25", "transfer"),
        (savings.pk, "30.25", "transfer"),
    ]
    assert [leg.client_txid for leg in legs] == ["t-1", None]
    assert len({"t-1", *(leg.txid for leg in legs)}) == 3
    entries = Entry.objects.filter(transaction__in=legs).order_by("amount")
    assert [(entry.reason, entry.sequence, entry.actor) for entry in entries] == [
        ("posted", 2, alice),
        ("posted", 1, alice),
    ]


def test_returns_the_transfer_as_stored(rent: Wallet, savings: Wallet, alice: User) -> None:
    order = replace(order_of(rent, savings, "1"), metadata={"a": 1}, actor_id=alice.pk)
    row = transfers.transfer(order)
    fields = [field.attname for field in Transfer._meta.concrete_fields]
    stored = Transfer.objects.get()
    assert {name: getattr(row, name) for name in fields} == {
        name: getattr(stored, name) for name in fields
    }
    assert len(row.txid) == 32


def test_to_another_person_it_is_a_payment(rent: Wallet, shop: Wallet) -> None:
    row = transfers.transfer(order_of(rent, shop, "30"))
    assert {leg.kind for leg in row.transactions.all()} == {"payment"}


def test_an_exchange_records_both_amounts_and_the_rate(rent: Wallet, open_wallet: Open) -> None:
    euros = open_wallet(label="Euros", currency="EUR")
    order = replace(
        order_of(rent, euros, "100"), destination_amount=Decimal("92.50"), may_exchange=True
    )
    row = transfers.transfer(order)
    row.refresh_from_db()
    assert (row.amount, row.destination_amount, row.rate) == (
        100,
        Decimal("92.5"),
        Decimal("0.925"),
    )
    assert balances(rent, euros) == ["0.00", "92.50"]


def test_refuses_a_transfer_to_itself(rent: Wallet) -> None:
    assert _refused(order_of(rent, rent, "1"), errors.SelfTransfer).attribute == "destination"


def test_refuses_an_overdraft(rent: Wallet, savings: Wallet) -> None:
    refusal = _refused(order_of(rent, savings, "100.01"), errors.InsufficientFunds)
    assert refusal.attribute == "amount"


def test_an_overdraft_limit_may_be_used(rent: Wallet, savings: Wallet) -> None:
    wallets.edit(wallet_id=rent.pk, changes={"floor": Decimal(-5)})
    transfers.transfer(order_of(rent, savings, "105"))
    _refused(order_of(rent, savings, "0.01"), errors.InsufficientFunds)


@pytest.mark.parametrize("status", ["frozen", "closed"])
@pytest.mark.parametrize("side", ["source", "destination"])
def test_refuses_on_a_frozen_or_closed_wallet(open_wallet: Open, side: str, status: str) -> None:
    ends = {"source": open_wallet(label="A"), "destination": open_wallet(label="B")}
    wallets.edit(wallet_id=ends["source"].pk, changes={"floor": Decimal(-9)})
    wallets.edit(wallet_id=ends[side].pk, changes={"status": status})
    refusal = errors.WalletFrozen if status == "frozen" else errors.WalletClosed
    assert _refused(order_of(**ends, amount="1"), refusal).attribute == side


def _freeze(wallet: Wallet) -> None:
    wallets.edit(wallet_id=wallet.pk, changes={"status": "frozen"})


def _close(wallet: Wallet) -> None:
    wallets.edit(wallet_id=wallet.pk, changes={"status": "closed"})


def _fill(wallet: Wallet) -> None:
    posting.post_one(Posting(wallet_id=wallet.pk, amount=Decimal("999999999999999999.99")))


@pytest.mark.parametrize("hinder", [_freeze, _close, _fill])
def test_tells_nothing_of_a_wallet_that_the_caller_does_not_see(
    rent: Wallet, shop: Wallet, hinder: Callable[[Wallet], None]
) -> None:
    hinder(shop)
    order = replace(order_of(rent, shop, "1"), sees_destination=False)
    refusal = _refused(order, errors.DestinationUnavailable)
    assert (refusal.detail, refusal.data) == ("Destination unavailable", {})
    assert refusal.__cause__ is None


def test_a_balance_out_of_range_at_the_destination_undoes_the_source(
    rent: Wallet, savings: Wallet
) -> None:
    _fill(savings)
    _refused(order_of(rent, savings, "1"), errors.BalanceOutOfRange)
    assert balances(rent) == ["100.00"]


@pytest.mark.parametrize("side", ["source", "destination"])
def test_refuses_a_missing_wallet(rent: Wallet, savings: Wallet, side: str) -> None:
    order = replace(order_of(rent, savings, "1"), **{f"{side}_id": 999999})
    assert _refused(order, errors.WalletNotFound).attribute == side


def test_its_txid_is_no_other_transfers(rent: Wallet, savings: Wallet) -> None:
    row = transfers.transfer(replace(order_of(rent, savings, "1"), txid="t-1"))
    _refused(replace(order_of(savings, rent, "1"), txid="t-1"), errors.TxidTaken)
    transfers.reverse(transfer_id=row.pk)
    _refused(replace(order_of(rent, savings, "1"), txid="t-1"), errors.TxidTaken)


def test_its_txid_is_no_transactions(rent: Wallet, savings: Wallet) -> None:
    given = posting.post_one(Posting(wallet_id=rent.pk, amount=Decimal(1), txid="t-1"))
    made = posting.post_one(Posting(wallet_id=rent.pk, amount=Decimal(1)))
    for posted in (given, made):
        order = replace(order_of(rent, savings, "1"), txid=posted.posting.txid)
        _refused(order, errors.TxidTaken)


def test_a_transaction_cannot_take_a_transfers_txid(rent: Wallet, savings: Wallet) -> None:
    row = transfers.transfer(order_of(rent, savings, "1"))
    names = [row.txid, *row.transactions.values_list("txid", flat=True)]
    for name in names:
        with pytest.raises(errors.TxidTaken):
            posting.post_one(Posting(wallet_id=rent.pk, amount=Decimal(1), txid=name))
        with pytest.raises(errors.TxidTaken), transaction.atomic():
            Transaction.objects.create(wallet=rent, amount=1, txid=name)


def test_the_database_itself_keeps_both_apart(
    rent: Wallet, savings: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    transfers.transfer(replace(order_of(rent, savings, "1"), txid="t-1"))
    posting.post_one(Posting(wallet_id=rent.pk, amount=Decimal(1), txid="t-2"))
    monkeypatch.setattr("wallet_transaction_api.ledger.recording.claimed_txids", lambda _: set())
    with pytest.raises(IntegrityError), transaction.atomic():
        posting.post_one(Posting(wallet_id=rent.pk, amount=Decimal(1), txid="t-1"))
    for txid in ("t-1", "t-2"):
        with pytest.raises(IntegrityError), transaction.atomic():
            transfers.transfer(replace(order_of(rent, savings, "1"), txid=txid))


@pytest.mark.parametrize(
    "change",
    [
        "amount = destination_amount, source_id = destination_id",
        "amount = {zero}",
        "destination_amount = {zero}",
        "rate = {zero}",
    ],
)
def test_the_database_itself_refuses_what_is_no_transfer(
    rent: Wallet, savings: Wallet, change: str
) -> None:
    transfers.transfer(order_of(rent, savings, "1"))
    zero = Transfer._meta.get_field("amount").get_db_prep_value(0, connection)
    statement = f"UPDATE transfers SET {change.format(zero=repr(str(zero)))}"
    with pytest.raises(Exception, match=r"(?i)transfers_|check|constraint"), transaction.atomic():
        connection.cursor().execute(statement)


def test_a_wallet_has_one_leg_of_a_transfer(rent: Wallet, savings: Wallet) -> None:
    row = transfers.transfer(order_of(rent, savings, "1"))
    with pytest.raises(IntegrityError), transaction.atomic():
        connection.cursor().execute(
            f"UPDATE transactions SET wallet_id = {rent.pk} WHERE transfer_id = {row.pk}"
        )


def test_amending_changes_the_words_and_nothing_else(rent: Wallet, savings: Wallet) -> None:
    row = transfers.transfer(replace(order_of(rent, savings, "1"), description="old"))
    changes = {"description": "new", "metadata": {"a": 1}}
    amended = transfers.amend(transfer_id=row.pk, changes=changes)
    stored = Transfer.objects.get()
    for seen in (amended, stored):
        assert (seen.description, seen.metadata, seen.version) == ("new", {"a": 1}, 2)
        assert seen.updated_at > seen.created_at
    assert amended.updated_at == stored.updated_at
    assert set(row.transactions.values_list("description", flat=True)) == {"old"}
    assert balances(rent, savings) == ["99.00", "1.00"]


def test_amending_is_refused_while_the_source_is_frozen(rent: Wallet, shop: Wallet) -> None:
    row = transfers.transfer(order_of(rent, shop, "1"))
    _freeze(shop)
    transfers.amend(transfer_id=row.pk, changes={"description": "fine"})
    _freeze(rent)
    with pytest.raises(errors.WalletFrozen):
        transfers.amend(transfer_id=row.pk, changes={"description": "not now"})


def test_reversing_takes_both_legs_back(rent: Wallet, savings: Wallet, alice: User) -> None:
    row = transfers.transfer(order_of(rent, savings, "30"))
    transfers.reverse(transfer_id=row.pk, actor_id=alice.pk)
    assert balances(rent, savings) == ["100.00", "0.00"]
    assert not Transfer.objects.visible().exists()
    assert not row.transactions.visible().exists()
    entries = Entry.objects.filter(reason="reversal").order_by("amount")
    assert [(f"{entry.amount:.2f}", entry.wallet_id, entry.actor) for entry in entries] == [
        ("-30.00", savings.pk, alice),
        ("30.00", rent.pk, alice),
    ]


def test_a_reversed_transfer_is_gone(rent: Wallet, savings: Wallet) -> None:
    row = transfers.transfer(order_of(rent, savings, "30"))
    transfers.reverse(transfer_id=row.pk)
    for verb in (
        lambda: transfers.reverse(transfer_id=row.pk),
        lambda: transfers.amend(transfer_id=row.pk, changes={"description": "x"}),
        lambda: transfers.reverse(transfer_id=999999),
    ):
        with pytest.raises(errors.TransferNotFound):
            verb()


def test_an_exchange_is_reversed_by_its_own_amounts(rent: Wallet, open_wallet: Open) -> None:
    euros = open_wallet("10", label="Euros", currency="EUR")
    order = replace(
        order_of(rent, euros, "3"), destination_amount=Decimal("2.78"), may_exchange=True
    )
    transfers.reverse(transfer_id=transfers.transfer(order).pk)
    assert balances(rent, euros) == ["100.00", "10.00"]


def test_what_is_spent_cannot_be_taken_back(rent: Wallet, savings: Wallet) -> None:
    row = transfers.transfer(order_of(rent, savings, "30"))
    posting.post_one(Posting(wallet_id=savings.pk, amount=Decimal("-0.01")))
    with pytest.raises(errors.InsufficientFunds):
        transfers.reverse(transfer_id=row.pk)
    assert balances(rent, savings) == ["70.00", "29.99"]
    assert row.transactions.visible().count() == 2


@pytest.mark.parametrize("side", ["source", "destination"])
def test_nothing_is_taken_back_while_either_wallet_is_frozen(
    rent: Wallet, savings: Wallet, side: str
) -> None:
    row = transfers.transfer(order_of(rent, savings, "30"))
    _freeze(rent if side == "source" else savings)
    with pytest.raises(errors.WalletFrozen):
        transfers.reverse(transfer_id=row.pk)
    assert balances(rent, savings) == ["70.00", "30.00"]


def test_a_payment_is_taken_back_by_staff_only(rent: Wallet, shop: Wallet) -> None:
    row = transfers.transfer(order_of(rent, shop, "30"))
    with pytest.raises(errors.NotReversible):
        transfers.reverse(transfer_id=row.pk)
    assert balances(rent, shop) == ["70.00", "30.00"]
    transfers.reverse(transfer_id=row.pk, may_take_back=True)
    assert balances(rent, shop) == ["100.00", "0.00"]


def test_a_leg_is_not_moved_alone(rent: Wallet, savings: Wallet) -> None:
    row = transfers.transfer(order_of(rent, savings, "30"))
    for leg in row.transactions.all():
        for verb in (
            lambda key: amending.reverse(transaction_id=key),
            lambda key: amending.amend(transaction_id=key, changes={"amount": Decimal(1)}),
            lambda key: Transaction.objects.get(pk=key).delete(),
            lambda key: Transaction.objects.filter(pk=key).delete(),
        ):
            with pytest.raises(errors.PartOfTransfer), transaction.atomic():
                verb(leg.pk)
    assert balances(rent, savings) == ["70.00", "30.00"]


def test_a_legs_words_may_change(rent: Wallet, savings: Wallet) -> None:
    row = transfers.transfer(order_of(rent, savings, "30"))
    leg = row.transactions.earliest("pk")
    changes = {"description": "mine", "metadata": {"a": 1}, "amount": leg.amount}
    assert amending.amend(transaction_id=leg.pk, changes=changes).description == "mine"
    assert Transfer.objects.get().description == ""


def test_django_code_cannot_make_or_break_a_transfer(rent: Wallet, savings: Wallet) -> None:
    row = transfers.transfer(order_of(rent, savings, "30"))
    leg = row.transactions.earliest("pk")
    fields: dict[str, Any] = {"source": rent, "destination": savings, "amount": 1}
    attempts: list[Callable[[], Any]] = [
        lambda: Transfer.objects.create(txid="x", destination_amount=1, **fields),
        lambda: Transfer.objects.bulk_create([Transfer(txid="x", **fields)]),
        lambda: Transfer.objects.get().save(),
        lambda: Transfer.objects.get().delete(),
        lambda: Transfer.objects.all().delete(),
        lambda: Transfer.objects.update(amount=2),
        lambda: Transaction.objects.filter(pk=leg.pk).update(transfer=None),
    ]
    for attempt in attempts:
        with pytest.raises(MoneyIsPosted):
            attempt()
    for create in (
        lambda: Transaction.objects.create(wallet=rent, amount=1, transfer=row),
        lambda: Transaction.objects.bulk_create([Transaction(wallet=rent, amount=1, transfer=row)]),
    ):
        with pytest.raises(errors.PartOfTransfer), transaction.atomic():
            create()
    leg.transfer = None
    with pytest.raises(errors.Unchangeable), transaction.atomic():
        leg.save()


def test_a_fixture_brings_a_transfer_back_whole(rent: Wallet, savings: Wallet) -> None:
    row = transfers.transfer(replace(order_of(rent, savings, "30"), txid="t-1"))
    dumped = serializers.serialize("json", [row, *row.transactions.order_by("amount")])
    fixture = dumped.replace("t-1", "t-2")
    for leg in row.transactions.all():
        fixture = fixture.replace(leg.txid, leg.txid[::-1])
        fixture = fixture.replace(f'"pk": {leg.pk},', f'"pk": {leg.pk + 1000},')
    fixture = fixture.replace(f'"pk": {row.pk},', f'"pk": {row.pk + 500},')
    fixture = fixture.replace(f'"transfer": {row.pk},', f'"transfer": {row.pk + 500},')
    for item in serializers.deserialize("json", fixture):
        item.save()
    assert balances(rent, savings) == ["40.00", "60.00"]
    restored = Transfer.objects.get(txid="t-2").transactions.order_by("amount")
    assert [leg.client_txid for leg in restored][:1] == ["t-2"]
    assert len(restored) == 2
