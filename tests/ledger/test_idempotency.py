"""Under a key the work is done once and its answer kept, in the transaction of the money."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from wallet_transaction_api.ledger import errors, group_commit, idempotency, in_flight, posting
from wallet_transaction_api.ledger.claims import Answer, Claim, Kept
from wallet_transaction_api.ledger.posting import Posted, Posting
from wallet_transaction_api.models import Entry, IdempotencyRecord, Wallet

Post = Callable[..., Kept]


def _write(outcome: Any) -> Answer:
    if isinstance(outcome, errors.LedgerError):
        return Answer(status=422, body=outcome.code)
    balance = f"{outcome.movement.balance_after:.2f}"
    return Answer(status=201, body=balance, headers={"Location": "/t/1"})


def _claim(key: str = "k-1", *, owner_id: int = 7, fingerprint: str = "f-1") -> Claim:
    return Claim(owner_id=owner_id, key=key, fingerprint=fingerprint, write=_write)


def _posting(wallet: Wallet, amount: str, claim: Claim) -> Posting:
    return Posting(wallet_id=wallet.pk, amount=Decimal(amount), claim=claim)


def _once(wallet: Wallet, amount: str, claim: Claim) -> Kept:
    item = Posting(wallet_id=wallet.pk, amount=Decimal(amount))
    return idempotency.once(claim, lambda: posting.post_one(item))


def _post_once(wallet: Wallet, amount: str, claim: Claim) -> Kept:
    return group_commit.post_once(_posting(wallet, amount, claim))


@pytest.fixture(params=[_once, _post_once], ids=["any work", "a posting"])
def post(request: pytest.FixtureRequest) -> Post:
    """Both ways to do work under a key."""
    way: Post = request.param
    return way


@pytest.fixture
def wallet(open_wallet: Callable[..., Wallet]) -> Wallet:
    """A wallet with 100.00 in it."""
    return open_wallet("100.00")


def _balance(wallet: Wallet) -> Decimal:
    return Wallet.objects.get(pk=wallet.pk).balance


def test_the_second_request_gets_the_first_ones_answer(post: Post, wallet: Wallet) -> None:
    first, second = (post(wallet, "5.00", _claim()) for _ in range(2))
    assert (
        first.answer
        == second.answer
        == Answer(status=201, body="105.00", headers={"Location": "/t/1"})
    )
    assert (first.is_replay, second.is_replay) == (False, True)
    assert _balance(wallet) == 105


def test_what_was_kept_is_found_before_anything_is_done(post: Post, wallet: Wallet) -> None:
    assert idempotency.find(_claim()) is None
    answer = post(wallet, "5.00", _claim()).answer
    assert idempotency.find(_claim()) == Kept(answer=answer, is_replay=True)
    with pytest.raises(errors.IdempotencyKeyReused):
        idempotency.find(_claim(fingerprint="f-2"))
    assert idempotency.find(_claim(owner_id=8)) is None


def test_another_request_under_the_key_is_refused(post: Post, wallet: Wallet) -> None:
    post(wallet, "5.00", _claim())
    with pytest.raises(errors.IdempotencyKeyReused):
        post(wallet, "6.00", _claim(fingerprint="f-2"))
    assert _balance(wallet) == 105


def test_keys_of_different_owners_are_different_keys(post: Post, wallet: Wallet) -> None:
    post(wallet, "5.00", _claim())
    assert not post(wallet, "5.00", _claim(owner_id=8)).is_replay
    assert _balance(wallet) == 110


def test_keys_are_told_apart_by_code_point(post: Post, wallet: Wallet) -> None:
    keys = ("key", "KEY", "key ", "k\u00e9y")
    assert not any(post(wallet, "1.00", _claim(key)).is_replay for key in keys)


def test_a_refusal_by_the_state_is_kept_though_funds_came_since(post: Post, wallet: Wallet) -> None:
    refused = post(wallet, "-150.00", _claim())
    posting.post_one(Posting(wallet_id=wallet.pk, amount=Decimal(100)))
    replayed = post(wallet, "-150.00", _claim())
    assert replayed.answer == refused.answer == Answer(status=422, body="insufficient_funds")
    assert replayed.is_replay
    assert _balance(wallet) == 200


def test_a_refusal_of_the_value_is_kept_for_nobody(post: Post, wallet: Wallet) -> None:
    for _ in range(2):
        with pytest.raises(errors.AmountPrecision):
            post(wallet, "0.001", _claim())
    assert not IdempotencyRecord.objects.exists()


def test_a_missing_wallet_is_kept_for_nobody(post: Post, wallet: Wallet) -> None:
    wallet.pk = 10**15
    with pytest.raises(errors.WalletNotFound):
        post(wallet, "1.00", _claim())
    assert not IdempotencyRecord.objects.exists()


def test_what_failed_leaves_no_record(wallet: Wallet) -> None:
    def fail() -> None:
        posting.post_one(Posting(wallet_id=wallet.pk, amount=Decimal(1)))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        idempotency.once(_claim(), fail)
    assert not IdempotencyRecord.objects.exists()
    assert _balance(wallet) == 100


def test_a_refused_work_leaves_nothing_but_its_answer(wallet: Wallet) -> None:
    def work() -> Posted:
        posting.post_one(Posting(wallet_id=wallet.pk, amount=Decimal(-60)))
        return posting.post_one(Posting(wallet_id=wallet.pk, amount=Decimal(-60)))

    assert idempotency.once(_claim(), work).answer.body == "insufficient_funds"
    assert _balance(wallet) == 100
    assert Entry.objects.filter(wallet=wallet).count() == 1


def test_a_running_request_holds_its_key(post: Post, wallet: Wallet) -> None:
    with in_flight.only_here(_claim()), pytest.raises(errors.IdempotencyInProgress):
        post(wallet, "5.00", _claim())
    assert not post(wallet, "5.00", _claim()).is_replay


def test_an_expired_key_is_free_again(post: Post, wallet: Wallet) -> None:
    post(wallet, "5.00", _claim())
    long_ago = timezone.now() - timedelta(days=7, seconds=1)
    IdempotencyRecord.objects.update(created_at=long_ago)
    assert not post(wallet, "6.00", _claim(fingerprint="f-2")).is_replay
    assert post(wallet, "6.00", _claim(fingerprint="f-2")).is_replay
    assert _balance(wallet) == 111


def test_purging_removes_what_is_expired_and_nothing_else(wallet: Wallet) -> None:
    for number in range(5):
        _once(wallet, "1.00", _claim(f"k-{number}"))
    long_ago = timezone.now() - timedelta(days=8)
    IdempotencyRecord.objects.exclude(key="k-4").update(created_at=long_ago)
    assert [idempotency.purge(batch=3) for _ in range(3)] == [3, 1, 0]
    assert IdempotencyRecord.objects.get().key == "k-4"


def test_a_batch_answers_each_in_its_own_way(wallet: Wallet, alice: User) -> None:
    _post_once(wallet, "1.00", _claim("old"))
    outcomes = posting.post(
        [
            _posting(wallet, "1.00", _claim("old")),
            _posting(wallet, "2.00", _claim("new")),
            Posting(wallet_id=wallet.pk, amount=Decimal(3)),
            _posting(wallet, "-999.00", _claim("refused")),
            _posting(wallet, "4.00", _claim("old-2", fingerprint="x")),
        ]
    )
    bodies = [outcome.answer.body for outcome in outcomes if isinstance(outcome, Kept)]
    assert bodies == ["101.00", "103.00", "insufficient_funds", "110.00"]
    assert isinstance(outcomes[2], Posted)
    assert _balance(wallet) == 110
