"""Posting: one, many, and many of which some are refused."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from tests.books import assert_in_order, balance, journal, visible
from wallet_transaction_api import sql
from wallet_transaction_api.ledger import errors, posting, wallets
from wallet_transaction_api.ledger.posting import Posted, Posting
from wallet_transaction_api.models import Entry, Transaction, Wallet

pytestmark = pytest.mark.django_db
Pay = Callable[..., Posted]


def _posting(wallet: Wallet, amount: str, **more: object) -> Posting:
    return Posting(wallet_id=wallet.pk, amount=Decimal(amount), **more)  # type: ignore[arg-type]


def _codes(outcomes: list[posting.Outcome]) -> list[str]:
    return [item.code if isinstance(item, errors.LedgerError) else "posted" for item in outcomes]


def test_posts_a_deposit(rent: Wallet, pay: Pay, bob: User) -> None:
    posted = pay(rent, "25.50", txid="t1", description="Gift", metadata={"a": [1]}, actor_id=bob.pk)
    row = Transaction.objects.get(pk=posted.transaction_id)
    assert (row.txid, row.amount, row.kind) == ("t1", Decimal("25.50"), "deposit")
    assert (row.description, row.metadata, row.balance_after) == ("Gift", {"a": [1]}, 125.50)
    entry = Entry.objects.get(transaction=row)
    assert (entry.sequence, entry.amount, entry.balance_after) == (2, Decimal("25.50"), 125.50)
    assert (entry.reason, entry.actor, entry.created_at) == ("posted", bob, row.created_at)
    assert_in_order()


def test_makes_a_txid_when_none_is_given(rent: Wallet, pay: Pay) -> None:
    first, second = pay(rent, "1").posting.txid, pay(rent, "1").posting.txid
    assert len(first) == 32
    assert first != second


def test_refuses_an_overdraft_without_a_trace(rent: Wallet, pay: Pay) -> None:
    version = Wallet.objects.get(pk=rent.pk).version
    with pytest.raises(errors.InsufficientFunds):
        pay(rent, "-100.01")
    assert (balance(rent), len(journal(rent)), len(visible(rent))) == (100, 1, 1)
    assert Wallet.objects.get(pk=rent.pk).version == version


def test_a_batch_decides_each_on_what_the_ones_before_left(rent: Wallet) -> None:
    amounts = ["-60", "-60", "30", "-60", "-10"]
    outcomes = posting.post([_posting(rent, amount) for amount in amounts])
    assert _codes(outcomes) == ["posted", "insufficient_funds", "posted", "posted", "posted"]
    assert [row[:3] for row in journal(rent)] == [
        (1, 100, 100), (2, -60, 40), (3, 30, 70), (4, -60, 10), (5, -10, 0)
    ]  # fmt: skip
    assert_in_order()


def test_a_batch_answers_in_the_order_asked(
    rent: Wallet, open_wallet: Callable[..., Wallet]
) -> None:
    other = open_wallet("0", label="Other")
    asked = [_posting(other, "1"), _posting(rent, "2"), _posting(other, "3"), _posting(rent, "4")]
    outcomes = posting.post(asked)
    assert [
        (o.movement.wallet_id, o.movement.amount) for o in outcomes if isinstance(o, Posted)
    ] == [(item.wallet_id, item.amount) for item in asked]
    assert [row[1] for row in journal(other)] == [1, 3]


def test_every_kind_of_refusal_leaves_its_neighbours_alone(rent: Wallet, pay: Pay) -> None:
    pay(rent, "1", txid="taken")
    asked = [
        _posting(rent, "1", txid="taken"),
        _posting(rent, "1", txid="twice"),
        _posting(rent, "1", txid="twice"),
        Posting(wallet_id=rent.pk + 1000, amount=Decimal(1)),
        _posting(rent, "0"),
        _posting(rent, "0.001"),
        _posting(rent, "NaN"),
        _posting(rent, "-1", kind="deposit"),
        _posting(rent, "-1", kind="transfer"),
        _posting(rent, "1", may_raise=False),
        _posting(rent, "999999999999999999"),
        _posting(rent, "-500"),
        _posting(rent, "2"),
    ]
    assert _codes(posting.post(asked)) == [
        "txid_taken", "posted", "txid_taken", "not_found", "amount_invalid", "amount_precision",
        "amount_invalid", "invalid", "invalid", "self_credit_disabled", "balance_out_of_range",
        "insufficient_funds", "posted",
    ]  # fmt: skip
    assert balance(rent) == 104
    assert_in_order()


def test_the_same_posting_asked_for_twice_is_answered_each_time(rent: Wallet) -> None:
    outcomes = posting.post([_posting(rent, "-60", txid="t")] * 2)
    assert _codes(outcomes) == ["posted", "txid_taken"]
    outcomes = posting.post([_posting(rent, "-30")] * 2)
    assert _codes(outcomes) == ["posted", "insufficient_funds"]
    assert balance(rent) == 10


def test_a_txid_of_a_refused_posting_is_still_free(rent: Wallet) -> None:
    outcomes = posting.post([_posting(rent, "-500", txid="t"), _posting(rent, "5", txid="t")])
    assert _codes(outcomes) == ["insufficient_funds", "posted"]


def test_post_all_posts_none_when_one_is_refused(rent: Wallet) -> None:
    with pytest.raises(errors.InsufficientFunds):
        posting.post_all([_posting(rent, "5"), _posting(rent, "-500")])
    assert (balance(rent), len(journal(rent))) == (100, 1)


def test_post_all_posts_none_also_where_the_caller_catches_in_an_open_block(rent: Wallet) -> None:
    with transaction.atomic():
        with pytest.raises(errors.InsufficientFunds):
            posting.post_all([_posting(rent, "5"), _posting(rent, "-500")])
        posting.post_one(_posting(rent, "7"))
    assert visible(rent) == [100, 7]
    assert_in_order()


def test_posting_goes_on_after_a_refusal_in_an_open_block(rent: Wallet, pay: Pay) -> None:
    with transaction.atomic():
        for amount in ("-500", "0", "-40"):
            posting.post([_posting(rent, amount)])
        pay(rent, "1")
    assert visible(rent) == [100, -40, 1]
    assert_in_order()


def test_a_rolled_back_block_leaves_nothing(rent: Wallet, pay: Pay) -> None:
    def fail() -> None:
        with transaction.atomic():
            pay(rent, "5")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert visible(rent) == [100]
    assert_in_order()


def test_posts_nothing_when_asked_for_nothing() -> None:
    assert posting.post([]) == []
    assert posting.post_all([]) == []


@pytest.mark.parametrize("wallet_id", [0, -1, 2**31, 2**63 - 1, 2**63, 2**70, None, "1", 1.0])
def test_an_id_of_no_wallet_is_refused_whatever_it_is(wallet_id: object) -> None:
    outcome = posting.post([Posting(wallet_id=wallet_id, amount=Decimal(1))])[0]  # type: ignore[arg-type]
    assert isinstance(outcome, errors.WalletNotFound)


def test_a_large_batch_is_one_transaction(rent: Wallet) -> None:
    count = 1200
    outcomes = posting.post([_posting(rent, "0.01", txid=f"t{n}") for n in range(count)])
    assert _codes(outcomes) == ["posted"] * count
    assert balance(rent) == Decimal("112.00")
    assert [row[0] for row in journal(rent)] == list(range(1, count + 2))
    assert_in_order()


def test_a_txid_that_is_taken_is_found_among_many(rent: Wallet, pay: Pay) -> None:
    pay(rent, "1", txid="t0")
    outcomes = posting.post([_posting(rent, "0.01", txid=f"t{n}") for n in range(sql.CHUNK + 1)])
    assert _codes(outcomes) == ["txid_taken", *["posted"] * sql.CHUNK]


@pytest.mark.parametrize(
    ("status", "code"), [("frozen", "wallet_frozen"), ("closed", "wallet_closed")]
)
def test_a_wallet_that_is_not_active_takes_nothing(
    open_wallet: Callable[..., Wallet], status: str, code: str
) -> None:
    wallet = open_wallet("0", label="x")
    wallets.edit(wallet_id=wallet.pk, changes={"status": status})
    assert _codes(posting.post([_posting(wallet, "1"), _posting(wallet, "-1")])) == [code, code]


def test_an_asset_no_longer_configured_leaves_and_does_not_enter(
    open_wallet: Callable[..., Wallet], settings: object
) -> None:
    settings.ASSETS = {"BTC": 8}  # type: ignore[attr-defined]
    coins = open_wallet("1.00000001", label="Coins", currency="BTC")
    settings.ASSETS = {}  # type: ignore[attr-defined]
    outcomes = posting.post([_posting(coins, "1"), _posting(coins, "-1.00000001")])
    assert _codes(outcomes) == ["currency_retired", "posted"]
    assert balance(coins) == 0


@pytest.mark.parametrize("text", ["'; DROP TABLE wallets; --", "%s %(txid)s", 'a\\b"c', "☃" * 60])
def test_texts_are_stored_as_they_are(rent: Wallet, pay: Pay, text: str) -> None:
    posted = pay(rent, "1", txid=text, description=text, metadata={text: text})
    row = Transaction.objects.get(pk=posted.transaction_id)
    assert (row.txid, row.description, row.metadata) == (text, text, {text: text})


def test_metadata_keeps_whole_numbers_exactly_and_floats_as_they_are(
    rent: Wallet, pay: Pay
) -> None:
    metadata = {"whole": 2**63 - 1, "small": -(2**63), "float": 0.1, "nested": [{"n": None}]}
    posted = pay(rent, "1", metadata=metadata)
    assert Transaction.objects.get(pk=posted.transaction_id).metadata == metadata
