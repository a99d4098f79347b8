"""Damage to transfers is found and named, and nothing else is."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from tests.ledger.damage import MARK, damage, money
from tests.transfers import order_of
from wallet_transaction_api.ledger import amending, errors, transfers, verification
from wallet_transaction_api.ledger.verification import Violation
from wallet_transaction_api.ledger.verification.transfers import of_transfer
from wallet_transaction_api.models import Transaction, Wallet

pytestmark = MARK
CLOCK = datetime(2026, 1, 1, tzinfo=UTC)
LEGS = "UPDATE transactions SET"
#: Statements on the transfer {id} from the wallet {source}, and what they break.
DAMAGE = {
    "another amount": (
        f"UPDATE transfers SET amount = {money('2')} WHERE id = {{id}}",
        {"transfer_is_its_two_legs"},
    ),
    "another amount arriving": (
        f"UPDATE transfers SET destination_amount = {money('2')} WHERE id = {{id}}",
        {"transfer_is_its_two_legs"},
    ),
    "ends exchanged": (
        "UPDATE transfers SET source_id = {destination}, destination_id = {source} WHERE id = {id}",
        {"transfer_is_its_two_legs", "transfer_txid_is_on_its_source_leg"},
    ),
    "a leg cut off": (
        f"{LEGS} transfer_id = NULL WHERE transfer_id = {{id}} AND wallet_id = {{destination}}",
        {"transfer_is_its_two_legs"},
    ),
    "a leg lent to another transfer": (
        f"{LEGS} transfer_id = {{other}} WHERE transfer_id = {{id}} AND wallet_id = {{source}}",
        {"transfer_is_its_two_legs", "transfer_txid_is_on_its_source_leg"},
    ),
    "a txid set free": (
        f"{LEGS} client_txid = NULL WHERE transfer_id = {{id}}",
        {"transfer_txid_is_on_its_source_leg"},
    ),
    "a txid changed": (
        "UPDATE transfers SET txid = 'other' WHERE id = {id}",
        {"transfer_txid_is_on_its_source_leg"},
    ),
    "its legs cut off": (
        f"{LEGS} transfer_id = NULL WHERE transfer_id = {{id}}",
        {"transfer_is_its_two_legs", "transfer_txid_is_on_its_source_leg"},
    ),
    "hidden alone": (
        "UPDATE transfers SET deleted_at = created_at WHERE id = {id}",
        {"transfer_is_reversed_with_its_legs"},
    ),
}


@pytest.fixture
def rows(open_wallet: Callable[..., Wallet]) -> dict[str, int]:
    """Keep proper books and return their ids."""
    source, destination = (open_wallet("10", label=label) for label in ("Rent", "Savings"))
    row = transfers.transfer(order_of(source, destination, "1"))
    transfers.reverse(transfer_id=transfers.transfer(order_of(destination, source, "3")).pk)
    third = open_wallet("5", label="Third")
    other = transfers.transfer(order_of(destination, third, "1"))
    ids = {"id": row.pk, "source": source.pk, "destination": destination.pk, "other": other.pk}
    assert _found() == []
    return ids


def _found() -> list[Violation]:
    return [item for item in verification.walk(batch=1) if isinstance(item, Violation)]


@pytest.mark.parametrize("name", DAMAGE)
def test_is_named(rows: dict[str, int], name: str) -> None:
    statement, expected = DAMAGE[name]
    damage(statement.format(**rows))
    found = [violation for violation in _found() if "transfer" in violation.subject]
    named = [item.name for item in found if item.subject == f"transfer {rows['id']}"]
    assert sorted(named) == sorted(expected)
    assert all(str(violation) for violation in found)


def test_what_differs_is_said() -> None:
    legs = [
        {"id": 8, "wallet_id": 2, "amount": Decimal(-5), "client_txid": "b", "deleted_at": None},
        {"id": 9, "wallet_id": 1, "amount": Decimal(4), "client_txid": None, "deleted_at": CLOCK},
    ]
    ends = {"source_id": 2, "destination_id": 1}
    amounts = {"amount": Decimal(5), "destination_amount": Decimal(5)}
    transfer = {"id": 7, "txid": "a", "deleted_at": CLOCK, **ends, **amounts, "legs": legs}
    ends_at = "wallet 1, -5 in wallet 2"
    assert [str(violation) for violation in of_transfer(transfer)] == [
        f"transfer_is_its_two_legs: transfer 7: legs 4 in {ends_at}, expected 5 in {ends_at}",
        "transfer_is_reversed_with_its_legs: transfer 7: reversed True, not so transactions [8]",
        "transfer_txid_is_on_its_source_leg: transfer 7: txid a, claimed ['b']",
    ]


@pytest.fixture(params=["transfer", "payment", "reversed transfer"])
def legs(request: pytest.FixtureRequest, rows: dict[str, int], bob: User) -> list[Transaction]:
    """Keep one more transfer, of each kind that there is; return its legs."""
    source, third = (Wallet.objects.get(pk=rows[name]) for name in ("source", "destination"))
    shop = Wallet.objects.create(owner=bob, label="Shop", currency="USD")
    is_payment = request.param == "payment"
    row = transfers.transfer(order_of(source, shop if is_payment else third, "2"))
    if request.param.startswith("reversed"):
        transfers.reverse(transfer_id=row.pk)
    legs = list(row.transactions.order_by("wallet_id"))
    assert {leg.kind for leg in legs} == {request.param.split()[-1]}
    assert _found() == []
    return legs


def _set_free(transfer_id: int | None) -> str:
    return f"{LEGS} transfer_id = NULL WHERE transfer_id = {transfer_id}"


def test_one_removed_without_a_trace_is_missed_by_its_legs(legs: list[Transaction]) -> None:
    transfer_id = legs[0].transfer_id
    damage(_set_free(transfer_id), f"DELETE FROM transfers WHERE id = {transfer_id}")
    assert [str(violation) for violation in _found()] == [
        f"leg_names_its_transfer: transaction {leg.pk}: kind {leg.kind}, names no transfer"
        for leg in legs
    ]


def test_one_removed_from_under_its_legs_is_named(legs: list[Transaction]) -> None:
    transfer_id = legs[0].transfer_id
    damage(f"DELETE FROM transfers WHERE id = {transfer_id}")
    found = [str(violation) for violation in _found()]
    damage(_set_free(transfer_id))  # a test ends with every foreign key in order
    assert found == [
        f"named_transfer_exists: transaction {leg.pk}: transfer {transfer_id} is missing"
        for leg in legs
    ]


def test_a_leg_cut_off_is_named_too(legs: list[Transaction]) -> None:
    damage(f"{LEGS} transfer_id = NULL WHERE id = {legs[1].pk}")
    subject = f"transaction {legs[1].pk}"
    assert [item.name for item in _found() if item.subject == subject] == ["leg_names_its_transfer"]


def test_a_leg_cut_off_is_not_taken_back_alone(legs: list[Transaction]) -> None:
    damage(f"{LEGS} transfer_id = NULL WHERE id = {legs[1].pk}")
    with pytest.raises((errors.PartOfTransfer, errors.TransactionNotFound)):
        amending.reverse(transaction_id=legs[1].pk)
