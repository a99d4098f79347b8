"""How an owner's rows are best asked for."""

import pytest

from wallet_transaction_api.api.jsonapi import own


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
