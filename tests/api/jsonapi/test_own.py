"""How an owner's rows are best asked for."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.conftest import Api
from wallet_transaction_api.api.jsonapi import own
from wallet_transaction_api.models import Wallet


@pytest.mark.parametrize(
    ("entries", "rows", "is_sparse"),
    [
        (0, 0, False),
        (1_000, 1_000_000, True),
        (7_000, 1_000_000, True),
        (8_000, 1_000_000, False),
        (1_000, 11_000, False),
        (1_000_000, 1_000_000, False),
    ],
)
def test_few_rows_among_many_are_sorted(entries: int, rows: int, is_sparse: bool) -> None:
    assert own.Holdings({1: 1}, entries, rows).is_sparse is is_sparse


def test_the_state_tells_wallets_apart() -> None:
    states = {
        own.state_of(1, own.Holdings(versions, 0, 0))
        for versions in ({}, {1: 1}, {1: 2}, {2: 1}, {1: 1, 2: 1}, {1: 1, 3: 1})
    }
    assert len(states) == 6


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch, open_wallet: Callable[..., Wallet]) -> Wallet:
    """Open alice's second wallet, where only one is named."""
    monkeypatch.setattr(own, "MOST_NAMED", 1)
    return open_wallet(label="Rent")


def test_who_has_too_much_to_be_named_is_asked_about_once(
    second: Wallet, alice: User, bob: User, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for queries in (1, 0):
        with django_assert_num_queries(queries):
            assert own.holdings_of(alice.pk) is None
    for _ in range(2):
        with django_assert_num_queries(1):
            assert own.holdings_of(bob.pk)


def test_no_more_is_remembered_than_fits(
    second: Wallet,
    alice: User,
    bob: User,
    open_wallet: Callable[..., Wallet],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(own, "_MOST_REMEMBERED", 1)
    open_wallet(label="Rent", owner=bob)
    for owner in (alice, bob, alice):
        assert own.holdings_of(owner.pk) is None
        assert own._with_more == {owner.pk}


@pytest.mark.django_db(transaction=True)  # within the one of a test no total is kept
def test_what_is_opened_by_who_has_much_is_counted(
    second: Wallet, api: Api, open_wallet: Callable[..., Wallet]
) -> None:
    totals = []
    for label in ("Food", "Fun"):
        totals.append(api.get("/api/wallets").json()["meta"]["total"])
        open_wallet(label=label)
    assert totals == [2, 3]
