"""What a process remembers under a client's texts is bounded in bytes."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework_simplejwt.tokens import AccessToken

from tests.conftest import Api
from wallet_transaction_api.api import credentials
from wallet_transaction_api.api.jsonapi import kinds, negotiation, totals
from wallet_transaction_api.cache import texts
from wallet_transaction_api.models import Wallet
from wallet_transaction_api.text_cache import text_cache

BALANCE = "/api/wallet/balance"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    credentials.forget()
    totals._kept.clear()
    yield
    credentials.forget()
    totals._kept.clear()


def test_a_text_is_worked_out_once_a_long_one_each_time() -> None:
    worked: list[str] = []

    @text_cache(most=2, longest=3)
    def upper(text: str) -> str:
        worked.append(text)
        return text.upper()

    for text in ("abc", "abc", "abcd", "abcd"):
        assert upper(text) == text.upper()
    assert worked == ["abc", "abcd", "abcd"]


def _size(cached: Any) -> int:
    return int(cached.cache_info().currsize)


@pytest.mark.parametrize("header", ["Accept", "Content-Type"])
def test_long_headers_are_not_remembered(alice: User, header: str) -> None:
    api = Api(alice)
    api.get("/api/wallets")
    before = _size(negotiation.is_acceptable), _size(negotiation._parse)
    for number in range(20):
        name = f"text/{'x' * negotiation.LONGEST_REMEMBERED}{number}"
        value = {"Accept": f"application/vnd.api+json, {name}", "Content-Type": name}[header]
        assert api.get("/api/wallets", headers={header: value}).status_code == 200
    # In a list each item is looked at by itself: the media type of ours is remembered.
    after = _size(negotiation.is_acceptable), _size(negotiation._parse)
    assert after <= (before[0], before[1] + 1)


def test_short_ones_are(alice: User) -> None:
    before = negotiation.is_acceptable.cache_info().hits  # type: ignore[attr-defined]
    for _ in range(2):
        Api(alice).get("/api/wallets", headers={"Accept": "application/vnd.api+json, x/y"})
    assert negotiation.is_acceptable.cache_info().hits > before  # type: ignore[attr-defined]


def test_a_long_token_is_checked_each_time(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    token = str(AccessToken.for_user(alice))
    for longest, remembered in ((len(token) - 1, 0), (len(token), 1)):
        monkeypatch.setattr(credentials, "LONGEST_REMEMBERED", longest)
        for _ in range(2):
            answer = Client().get(BALANCE, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 200
        assert len(credentials._remembered) == remembered


def test_tokens_of_ours_are_short(alice: User) -> None:
    assert len(str(AccessToken.for_user(alice))) < credentials.LONGEST_REMEMBERED / 2


def test_totals_of_long_filters_are_not_kept(
    alice: User, open_wallet: Callable[..., Wallet], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(totals, "_is_settled", lambda: True)
    open_wallet("5")
    for length in (10, totals.LONGEST_FILTERS):
        text = "x" * length
        answer = Api(alice).get(
            "/api/transactions", QUERY_STRING=f"filter[description.contains]={text}"
        )
        assert answer.status_code == 200
    assert len(totals._kept) == 1


def test_long_metadata_and_cached_texts_are_not_remembered() -> None:
    before = _size(kinds._respelled), _size(texts._read_balance)
    assert kinds._respelled(f'{{"b": "{"x" * 300}"}}') == f'{{"b":"{"x" * 300}"}}'
    row = f'[1,"{"0" * 32}",1,"USD","1","1","{"x" * 600}",1]'
    assert texts.read_balance(row) is None
    assert (_size(kinds._respelled), _size(texts._read_balance)) == before
