"""Cached values come back as they went: exact decimals, moments, any text."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet_transaction_api.cache import texts

AMOUNTS = st.decimals(-(10**18) + 1, 10**18 - 1, places=18)


@given(balance=AMOUNTS, available=AMOUNTS)
def test_balances_are_exact(balance: Decimal, available: Decimal) -> None:
    wallet = {
        "id": 7,
        "uuid": uuid4(),
        "owner_id": 3,
        "currency": "USD",
        "balance": balance,
        "available": available,
        "status": "active",
        "version": 2**53 - 1,
    }
    assert texts.read_balance(texts.write_balance(wallet)) == wallet


@given(amount=AMOUNTS, description=st.text())
def test_transactions_are_exact(amount: Decimal, description: str) -> None:
    row = {
        "id": 7,
        "txid": "t\N{SNOWMAN}1",
        "amount": amount,
        "kind": "deposit",
        "description": description,
        "balance_after": amount,
        "created_at": datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
    }
    assert texts.read_recent(texts.write_recent([row])) == [row]


def test_a_value_nobody_provided_for_is_an_error() -> None:
    with pytest.raises(KeyError):
        texts.write_balance({"id": 1})
