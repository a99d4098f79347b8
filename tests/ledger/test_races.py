"""Many at once, in real threads on a real database; afterwards the books are in order.

`RACE_ROUNDS` (default 2) repeats each race: `RACE_ROUNDS=20 pytest -m serial tests/ledger`.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connections

from tests.books import assert_in_order, balance, journal, visible
from wallet_transaction_api.ledger import amending, errors, posting, units, wallets
from wallet_transaction_api.ledger.posting import Posted, Posting
from wallet_transaction_api.models import Transaction, Wallet

ROUNDS = range(int(os.environ.get("RACE_ROUNDS", "2")))
pytestmark = [
    pytest.mark.serial,
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("number", ROUNDS),
]
#: Threads of a race; PostgreSQL's pool has a few connections more than `WEB_THREADS`.
MANY = 6
Pay = Callable[..., Posted]
Action = Callable[[], Any]


@pytest.fixture(autouse=True)
def _books_in_order(transactional_db: None) -> Iterator[None]:
    yield
    assert_in_order()


@pytest.fixture
def other(open_wallet: Callable[..., Wallet]) -> Wallet:
    """Return alice's second wallet with 100.00 in it."""
    return open_wallet("100.00", label="Other")


def _at_once(*actions: Action) -> Counter[str]:
    """Run each action in a thread of its own, started together; count how they ended."""
    barrier = Barrier(len(actions))

    def run(action: Action) -> str:
        try:
            barrier.wait(timeout=30)
            action()
        except errors.LedgerError as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(actions)) as pool:
        return Counter(pool.map(run, actions))


def _raise_refused(outcomes: list[posting.Outcome]) -> None:
    for outcome in outcomes:
        if isinstance(outcome, errors.LedgerError):
            raise outcome


def test_exactly_as_many_debits_pass_as_there_is_money_for(
    number: int, rent: Wallet, pay: Pay
) -> None:
    ended = _at_once(*[lambda: pay(rent, "-30")] * MANY)
    assert ended == {"done": 3, "insufficient_funds": MANY - 3}
    assert balance(rent) == 10


def test_rows_saved_by_django_cannot_overdraw_either(number: int, rent: Wallet) -> None:
    def save() -> None:
        Transaction.objects.create(wallet_id=rent.pk, amount="-30")

    assert _at_once(*[save] * MANY) == {"done": 3, "insufficient_funds": MANY - 3}


def test_a_label_edited_while_credits_land_keeps_them(number: int, rent: Wallet, pay: Pay) -> None:
    def edit() -> None:
        row = Wallet.objects.get(pk=rent.pk)
        row.label += "!"
        row.save()

    assert _at_once(*[edit] * 3, *[lambda: pay(rent, "1")] * 3) == {"done": 6}
    assert balance(rent) == 103


def test_a_transaction_is_reversed_once(number: int, rent: Wallet, pay: Pay) -> None:
    key = pay(rent, "50").transaction_id
    ended = _at_once(*[lambda: amending.reverse(transaction_id=key)] * MANY)
    assert ended == {"done": 1, "not_found": MANY - 1}
    assert balance(rent) == 100


def test_amendments_and_a_reversal_of_one_transaction_queue(
    number: int, rent: Wallet, pay: Pay
) -> None:
    key = pay(rent, "50").transaction_id
    amends = [
        lambda amount=amount: amending.amend(
            transaction_id=key, changes={"amount": Decimal(amount)}
        )
        for amount in (10, 20, 30)
    ]
    ended = _at_once(*amends, lambda: amending.reverse(transaction_id=key))
    assert ended["done"] + ended["not_found"] == 4
    assert balance(rent) == 100


def test_a_txid_is_posted_once_over_all_wallets(
    number: int, rent: Wallet, other: Wallet, pay: Pay
) -> None:
    actions = [lambda w=wallet: pay(w, "1", txid="same") for wallet in (rent, other) * 3]
    assert _at_once(*actions) == {"done": 1, "txid_taken": 5}
    assert balance(rent) + balance(other) == 201


def test_a_txid_lost_inside_a_batch_leaves_the_rest_of_it(
    number: int, rent: Wallet, other: Wallet
) -> None:
    def batch(wallet: Wallet) -> None:
        asked = [
            Posting(wallet_id=wallet.pk, amount=Decimal(1), txid=txid)
            for txid in ("same", f"own-{wallet.pk}")
        ]
        _raise_refused(posting.post(asked))

    ended = _at_once(lambda: batch(rent), lambda: batch(other))
    assert ended == {"done": 1, "txid_taken": 1}
    assert balance(rent) + balance(other) == 203


def test_batches_over_two_wallets_in_crossing_order_all_pass(
    number: int, rent: Wallet, other: Wallet
) -> None:
    def batch(first: Wallet, second: Wallet) -> None:
        asked = [(first, -1), (second, 1)] * 5
        _raise_refused(posting.post([Posting(wallet_id=w.pk, amount=Decimal(a)) for w, a in asked]))

    there, back = (lambda: batch(rent, other)), (lambda: batch(other, rent))
    assert _at_once(*[there, back] * 3) == {"done": 6}
    assert (balance(rent), balance(other)) == (100, 100)


def test_a_wallet_is_closed_or_credited_but_not_both(
    number: int, open_wallet: Callable[..., Wallet], pay: Pay
) -> None:
    wallet = open_wallet("5", label="Old")
    pay(wallet, "-5")
    ended = _at_once(lambda: wallets.close(wallet_id=wallet.pk), lambda: pay(wallet, "1"))
    closed = Wallet.objects.get(pk=wallet.pk).status == "closed"
    assert ended == {"done": 1, "wallet_closed" if closed else "wallet_not_empty": 1}
    assert balance(wallet) == (0 if closed else 1)


def test_a_wallet_is_erased_or_credited_but_not_both(
    number: int, open_wallet: Callable[..., Wallet], pay: Pay
) -> None:
    wallet = open_wallet("0", label="New")
    ended = _at_once(lambda: wallets.close(wallet_id=wallet.pk), lambda: pay(wallet, "1"))
    erased = not Wallet.objects.filter(pk=wallet.pk).exists()
    assert ended == {"done": 1, "not_found" if erased else "wallet_not_empty": 1}


def test_a_label_is_given_once(number: int, alice: User) -> None:
    ended = _at_once(*[lambda: wallets.open_wallet(owner_id=alice.pk, label="One")] * MANY)
    assert ended == {"done": 1, "label_taken": MANY - 1}


def test_a_key_given_by_hand_to_two_wallets_zeroes_neither(number: int, alice: User) -> None:
    def create(label: str) -> None:
        def work() -> None:
            Wallet(pk=4711, owner=alice, label=label, currency="USD", balance="10").save()

        units.in_transaction(work)

    assert _at_once(lambda: create("a"), lambda: create("b")) == {"done": 2}
    assert balance(Wallet(pk=4711)) == 10


def test_journals_have_no_gap_after_a_storm(number: int, rent: Wallet, pay: Pay) -> None:
    def some() -> None:
        for amount in ("1", "-2", "3"):
            pay(rent, amount)

    assert _at_once(*[some] * MANY) == {"done": MANY}
    assert [row[0] for row in journal(rent)] == list(range(1, 3 * MANY + 2))
    assert sum(visible(rent)) == 100 + 2 * MANY
