"""Searches in the admin find what the API's find: the lookups are the same."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from tests.admin.conftest import Browser
from wallet_transaction_api.models import Transaction, Wallet

LABELS = [
    "Österreich",
    "österreich 2",
    "Osterreich",
    "MÜNCHEN 100%",
    "munchen",
    "Straße",
    "STRASSE",
]


@pytest.fixture(autouse=True)
def _labelled(open_wallet: Callable[..., Wallet]) -> None:
    for label in LABELS:
        open_wallet(label=label)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Österreich", {"Österreich", "österreich 2"}),
        ("ÖSTERREICH 2", {"österreich 2"}),
        ("osterreich", {"Osterreich"}),
        ("münchen", {"MÜNCHEN 100%"}),
        ("100%", {"MÜNCHEN 100%"}),
        ("straße", {"Straße"}),
        ("strasse", {"STRASSE"}),
        ("_", set()),
        (".", set()),
    ],
)
def test_wallets_are_found_by_a_label_in_any_case(
    browser: Browser, text: str, expected: set[str]
) -> None:
    for query in (f"?q={quote(text)}", f"?label__icontains={quote(text)}"):
        page = browser.open("wallet", query=query)
        assert {row.label for row in page.context["cl"].result_list} == expected, query


@pytest.mark.parametrize("text", ["ИВАН", "ван", "иван"])
def test_wallets_are_found_by_their_owners_name_in_any_case(browser: Browser, text: str) -> None:
    owner = User.objects.create_user("Иван")
    page = browser.open("wallet", query=f"?q={quote(text)}")
    assert [row.owner_id for row in page.context["cl"].result_list] == [owner.pk]


@pytest.mark.parametrize("text", ["ÖZGE", "özge", "Şahin", "ŞAHİN"])
def test_users_are_found_by_any_of_their_names_in_any_case(browser: Browser, text: str) -> None:
    user = User.objects.create_user("Özge", last_name="şahin")
    page: Any = browser._client.get(reverse("admin:auth_user_changelist") + f"?q={quote(text)}")
    assert list(page.context["cl"].result_list) == [user]


@pytest.mark.parametrize(("text", "found"), [("Überweisung", 1), ("überweisung", 0), ("Uber", 0)])
def test_transactions_are_found_by_their_txid_as_it_is_written(
    browser: Browser, opening: Transaction, text: str, found: int
) -> None:
    wallet = opening.wallet
    Transaction.objects.create(wallet=wallet, txid="Überweisung", amount=opening.amount)
    page = browser.open("transaction", query=f"?q={quote(text)}")
    assert page.context["cl"].result_count == found
