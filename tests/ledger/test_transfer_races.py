"""Transfers by many at once, in real threads on a real database: all or nothing, exactly once.

`RACE_ROUNDS` (default 2) repeats each race: `RACE_ROUNDS=20 pytest -m serial tests/ledger`.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from threading import Barrier, Event
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections

from tests.transfers import balances, order_of
from wallet_transaction_api.ledger import errors, group_commit, posting, transfers, units
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import Entry, Transaction, Transfer, Wallet
from wallet_transaction_api.money import total

ROUNDS = range(int(os.environ.get("RACE_ROUNDS", "2")))
pytestmark = [
    pytest.mark.serial,
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("number", ROUNDS),
]
#: Threads of a race; PostgreSQL's pool has a few connections more than `WEB_THREADS`.
MANY = 6
#: Crossing transfers of all rounds together.
CROSSINGS = 1000
Action = Callable[[], Any]
Open = Callable[..., Wallet]


@pytest.fixture(autouse=True)
def _books_in_order(transactional_db: None) -> Iterator[None]:
    yield
    for wallet in Wallet.objects.all():
        visible = total(wallet.transactions.visible().values_list("amount", flat=True))
        journal = list(wallet.entries.order_by("sequence"))
        assert visible == wallet.balance == total(entry.amount for entry in journal)
        assert [entry.sequence for entry in journal] == [*range(1, wallet.last_sequence + 1)]
    for transfer in Transfer.objects.all():
        legs = transfer.transactions.order_by("amount")
        assert [(leg.wallet_id, leg.amount) for leg in legs] == [
            (transfer.source_id, -transfer.amount),
            (transfer.destination_id, transfer.destination_amount),
        ]
        assert {leg.deleted_at is None for leg in legs} == {transfer.deleted_at is None}


@pytest.fixture
def purses(open_wallet: Open) -> list[Wallet]:
    """Return two of alice's wallets with 100.00 in each."""
    return [open_wallet("100.00", label=label) for label in ("Rent", "Savings")]


def _outcome(action: Action) -> str:
    try:
        action()
    except errors.LedgerError as refusal:
        return refusal.code
    return "done"


def _at_once(*actions: Action) -> Counter[str]:
    """Run each action in a thread of its own, started together; count how they ended."""
    barrier = Barrier(len(actions))

    def run(action: Action) -> str:
        try:
            barrier.wait(timeout=30)
            return _outcome(action)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as pool:
        return Counter(pool.map(run, actions))


def _in_lanes(lanes: Sequence[Sequence[Action]]) -> Counter[str]:
    """Run the actions of each lane one after the other, the lanes at the same time."""
    barrier = Barrier(len(lanes))

    def run(lane: Sequence[Action]) -> list[str]:
        try:
            barrier.wait(timeout=30)
            return [_outcome(action) for action in lane]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(lanes)) as pool:
        return Counter(code for codes in pool.map(run, lanes) for code in codes)


def _moves(source: Wallet, destination: Wallet, amount: str, **more: Any) -> Action:
    order = replace(order_of(source, destination, amount), **more)
    return lambda: transfers.transfer(order)


@pytest.fixture
def retries(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note each attempt that had to be made again."""
    noted: list[int] = []
    monkeypatch.setattr(units, "_pause", lambda attempt: noted.append(attempt) or 0.001)
    return noted


def test_crossing_transfers_meet_no_deadlock(
    purses: list[Wallet], retries: list[int], number: int
) -> None:
    one, other = purses
    each = CROSSINGS // len(ROUNDS) // 4
    there, back = [_moves(one, other, "0.01")] * each, [_moves(other, one, "0.01")] * each
    assert _in_lanes([there, back, there, back]) == {"done": 4 * each}
    assert balances(one, other) == ["100.00", "100.00"]
    assert Transfer.objects.count() == 4 * each
    assert retries == []


def test_crossing_transfers_and_grouped_postings_meet_no_deadlock(
    purses: list[Wallet], number: int
) -> None:
    one, other = purses
    posts = [
        [lambda key=wallet.pk: group_commit.post_one(Posting(wallet_id=key, amount=Decimal(1)))]
        * 20
        for wallet in (one, other)
    ]
    crossing = [[_moves(one, other, "1")] * 20, [_moves(other, one, "1")] * 20]
    assert _in_lanes([*posts, *crossing]) == {"done": 80}
    assert balances(one, other) == ["120.00", "120.00"]


def test_exactly_as_many_pass_as_there_is_money_for(purses: list[Wallet], number: int) -> None:
    one, other = purses
    outcomes = _at_once(*[_moves(one, other, "40")] * MANY)
    assert outcomes == {"done": 2, "insufficient_funds": MANY - 2}
    assert balances(one, other) == ["20.00", "180.00"]


def test_a_transfer_is_reversed_once(purses: list[Wallet], number: int) -> None:
    one, other = purses
    key = transfers.transfer(order_of(one, other, "30")).pk
    assert _at_once(*[lambda: transfers.reverse(transfer_id=key)] * MANY) == {
        "done": 1,
        "not_found": MANY - 1,
    }
    assert balances(one, other) == ["100.00", "100.00"]
    assert Entry.objects.filter(reason="reversal").count() == 2


def test_a_txid_names_one_transfer(purses: list[Wallet], number: int) -> None:
    one, other = purses
    crossing = [_moves(one, other, "1", txid="t-1"), _moves(other, one, "1", txid="t-1")]
    assert _at_once(*crossing * (MANY // 2)) == {"done": 1, "txid_taken": MANY - 1}


def test_a_txid_names_one_transfer_between_any_wallets(open_wallet: Open, number: int) -> None:
    purses = [open_wallet("1", label=f"W{index}") for index in range(2 * MANY)]
    moves = [_moves(*purses[index : index + 2], "1", txid="t-1") for index in range(0, 2 * MANY, 2)]
    assert _at_once(*moves) == {"done": 1, "txid_taken": MANY - 1}
    assert Transfer.objects.get().txid == "t-1"


def test_a_txid_names_a_transfer_or_a_transaction(open_wallet: Open, number: int) -> None:
    purses = [open_wallet("10", label=f"W{index}") for index in range(3 * 3)]
    moves = [_moves(purses[index], purses[index + 1], "1", txid="t-1") for index in (0, 2, 4)]
    posts: list[Action] = [
        lambda key=wallet.pk: group_commit.post_one(
            Posting(wallet_id=key, amount=Decimal(1), txid="t-1")
        )
        for wallet in purses[6:]
    ]
    outcomes = _at_once(*moves, *posts)
    assert outcomes == {"done": 1, "txid_taken": MANY - 1}
    named = Transaction.objects.filter(client_txid="t-1")
    assert named.count() == 1
    assert Transfer.objects.count() == named.exclude(transfer=None).count()


def test_what_is_spent_is_not_taken_back(purses: list[Wallet], number: int) -> None:
    one, other = purses
    key = transfers.transfer(order_of(one, other, "30")).pk
    spend: Action = lambda: posting.post_one(  # noqa: E731 an action like the others
        Posting(wallet_id=other.pk, amount=Decimal(-110))
    )
    outcomes = _at_once(spend, lambda: transfers.reverse(transfer_id=key))
    assert outcomes == {"done": 1, "insufficient_funds": 1}
    was_spent = Transaction.objects.visible().filter(amount=-110).exists()
    assert balances(one, other) == (["70.00", "20.00"] if was_spent else ["100.00", "100.00"])


def test_a_transfer_and_the_reversal_of_another_cross_without_a_deadlock(
    purses: list[Wallet], number: int
) -> None:
    one, other = purses
    keys = [transfers.transfer(order_of(one, other, "1")).pk for _ in range(10)]
    back = [lambda key=key: transfers.reverse(transfer_id=key) for key in keys]
    words = [
        lambda key=key: transfers.amend(transfer_id=key, changes={"description": "x"})
        for key in keys
    ]
    outcomes = _in_lanes([back, words, [_moves(other, one, "1")] * 10, back[::-1]])
    assert outcomes.keys() == {"done", "not_found"}
    assert outcomes["done"] >= 20
    assert balances(one, other) == ["110.00", "90.00"]


def test_a_bank_neither_makes_nor_loses_money(
    open_wallet: Open, alice: User, bob: User, number: int
) -> None:
    """Everybody pays everybody while readers sum all balances in one statement's snapshot."""
    owners = [alice, bob] * 2
    bank = [open_wallet("10.00", owner=o, label=f"W{i}") for i, o in enumerate(owners)]
    before, closing = _total(), Event()

    def read() -> set[Decimal]:
        seen = set()
        try:
            while not closing.is_set():
                seen.add(_total())
        finally:
            connections.close_all()
        return seen

    lanes = [
        [
            _moves(bank[payer], bank[(payer + step) % len(bank)], f"{(7 * turn) % 9 + 1}.37")
            for turn in range(12)
            for step in (1, 2, 3)
        ]
        for payer in range(len(bank))
    ]
    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        try:
            outcomes = _in_lanes(lanes)
        finally:
            closing.set()
    assert set().union(*(reader.result() for reader in readers)) == {before}
    assert outcomes.keys() <= {"done", "insufficient_funds"}
    assert outcomes["done"] == Transfer.objects.count() > 0
    assert _total() == before


def _total() -> Decimal:
    """Sum all balances in one statement, which reads one snapshot on every database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT balance FROM wallets")
        read = Wallet._meta.get_field("balance").from_db_value  # type: ignore[attr-defined]
        return total(read(value, None, connection) for (value,) in cursor.fetchall())
