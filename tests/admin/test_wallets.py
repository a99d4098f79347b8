"""Wallets in the admin: opened with money, edited without, closed when empty."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import override_settings

from tests.admin.conftest import Browser
from wallet_transaction_api.ledger import posting, wallets
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import Entry, Wallet


def _new(user: User, **changed: Any) -> dict[str, Any]:
    return {
        "owner": user.pk,
        "label": "Holidays",
        "currency": "USD",
        "balance": "250.00",
        "metadata": "{}",
        **changed,
    }


def _edited(wallet: Wallet, **changed: Any) -> dict[str, Any]:
    stored = {"label": wallet.label, "status": "active", "overdraft_limit": "0.00"}
    return {**stored, "metadata": "{}", "initial-metadata": "{}", **changed}


def _errors(page: Any) -> dict[str, list[str]]:
    assert page.status_code == 200, "the form was taken"
    return dict(page.context["adminform"].form.errors)


def test_opens_a_wallet_with_an_opening_balance(browser: Browser, alice: User, staff: User) -> None:
    assert browser.submit("wallet", "add", **_new(alice)).status_code == 302
    wallet = Wallet.objects.get(owner=alice, label="Holidays")
    assert (wallet.balance, wallet.available) == (Decimal(250), Decimal(250))
    entry = wallet.entries.get()
    assert (entry.amount, entry.transaction.kind) == (Decimal(250), "opening")
    assert entry.actor == staff


def test_an_empty_opening_balance_posts_nothing(browser: Browser, alice: User) -> None:
    assert browser.submit("wallet", "add", **_new(alice, balance="")).status_code == 302
    wallet = Wallet.objects.get(owner=alice, label="Holidays")
    assert (wallet.balance, wallet.last_sequence) == (0, 0)


@override_settings(ASSETS={"ETH": 18})
def test_opening_balances_are_exact_to_eighteen_decimals(browser: Browser, alice: User) -> None:
    amount = "123456789012345678.123456789012345678"
    browser.submit("wallet", "add", **_new(alice, currency="ETH", balance=amount))
    wallet = Wallet.objects.get(owner=alice, label="Holidays")
    assert wallet.balance == Decimal(amount)
    page = browser.open("wallet", "change", wallet.pk)
    assert amount in page.content.decode()


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"balance": "1e3"}, "balance", "plain digits"),
        ({"balance": "NaN"}, "balance", "plain digits"),
        ({"balance": "1000000000000000000"}, "balance", "18 integer digits"),
        ({"balance": "0.0000000000000000001"}, "balance", "decimals"),
        ({"balance": "0.001"}, "__all__", "decimals"),
        ({"balance": "-1.00"}, "__all__", "not negative"),
        ({"currency": "XXX"}, "currency", "neither ISO 4217"),
        ({"label": "Main"}, "label", "Label taken"),
        ({"metadata": "{"}, "metadata", "valid JSON"),
        ({"owner": "x"}, "owner", "valid choice"),
    ],
)
def test_refusals_are_shown_on_the_form(
    browser: Browser, alice: User, changed: dict[str, Any], field: str, said: str
) -> None:
    before = list(Wallet.objects.values_list())
    errors = _errors(browser.submit("wallet", "add", **_new(alice, **changed)))
    assert said in errors[field][0]
    assert list(Wallet.objects.values_list()) == before
    assert not Entry.objects.exists()


def test_edits_label_status_and_overdraft_limit(browser: Browser, wallet: Wallet) -> None:
    changes = _edited(wallet, label="Home", status="frozen", overdraft_limit="25.50")
    assert browser.submit("wallet", "change", wallet.pk, **changes).status_code == 302
    wallet.refresh_from_db()
    assert (wallet.label, wallet.status) == ("Home", "frozen")
    assert wallet.overdraft_limit == Decimal("25.50")
    assert wallet.balance == 100


def test_money_and_identity_are_read_only(browser: Browser, wallet: Wallet, bob: User) -> None:
    tampered = {"balance": "1000000", "available": "1000000", "held": "5", "currency": "EUR"}
    changes = _edited(wallet, label="Home", **tampered, owner=bob.pk, version=99)
    assert browser.submit("wallet", "change", wallet.pk, **changes).status_code == 302
    before, wallet = wallet, Wallet.objects.get(pk=wallet.pk)
    for name in ("balance", "available", "held", "currency", "owner_id"):
        assert getattr(wallet, name) == getattr(before, name)
    assert wallet.label == "Home"


def test_a_form_opened_before_a_credit_does_not_undo_it(
    browser: Browser, wallet: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit = wallets.edit

    def credit_first(**arguments: Any) -> Wallet:
        posting.post_one(Posting(wallet_id=wallet.pk, amount=Decimal("5.00")))
        return edit(**arguments)

    monkeypatch.setattr(wallets, "edit", credit_first)
    browser.submit("wallet", "change", wallet.pk, **_edited(wallet, label="Home"))
    wallet.refresh_from_db()
    assert (wallet.label, wallet.balance) == ("Home", Decimal("105.00"))


def test_saving_an_unchanged_form_changes_nothing(browser: Browser, wallet: Wallet) -> None:
    assert browser.submit("wallet", "change", wallet.pk, **_edited(wallet)).status_code == 302
    assert Wallet.objects.get(pk=wallet.pk).version == wallet.version


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"label": "Main"}, "label", "Label taken"),
        ({"status": "closed"}, "__all__", "Wallet not empty"),
        ({"overdraft_limit": "-1.00"}, "__all__", "not negative"),
        ({"overdraft_limit": "0.001"}, "overdraft_limit", "more than 2 decimals"),
    ],
)
def test_refused_edits_are_shown_on_the_form(
    browser: Browser, wallet: Wallet, changed: dict[str, Any], field: str, said: str
) -> None:
    changes = _edited(wallet, **changed)
    errors = _errors(browser.submit("wallet", "change", wallet.pk, **changes))
    assert said in errors[field][0]
    stored = Wallet.objects.get(pk=wallet.pk)
    assert (stored.label, stored.status, stored.floor) == ("Rent", "active", 0)


def test_an_overdraft_limit_in_use_is_not_lowered(browser: Browser, wallet: Wallet) -> None:
    wallets.edit(wallet_id=wallet.pk, changes={"floor": Decimal(-50)})
    posting.post_one(Posting(wallet_id=wallet.pk, amount=Decimal("-120.00")))
    changes = _edited(wallet, overdraft_limit="10.00")
    errors = _errors(browser.submit("wallet", "change", wallet.pk, **changes))
    assert "Overdraft in use" in errors["overdraft_limit"][0]
    assert Wallet.objects.get(pk=wallet.pk).overdraft_limit == 50


def test_deleting_a_wallet_with_money_is_refused(browser: Browser, wallet: Wallet) -> None:
    answer = browser.submit("wallet", "delete", wallet.pk, post="yes")
    page = browser.open("wallet", "delete", wallet.pk)
    assert answer.status_code == 302
    assert "Wallet not empty" in page.content.decode()
    assert Wallet.objects.get(pk=wallet.pk).status == "active"


def test_deleting_an_emptied_wallet_closes_it(browser: Browser, wallet: Wallet) -> None:
    posting.post_one(Posting(wallet_id=wallet.pk, amount=Decimal("-100.00")))
    assert browser.submit("wallet", "delete", wallet.pk, post="yes").status_code == 302
    assert Wallet.objects.get(pk=wallet.pk).status == "closed"
    assert browser.submit("wallet", "delete", wallet.pk, post="yes").status_code == 403


def test_deleting_a_wallet_without_history_erases_it(
    browser: Browser, open_wallet: Callable[..., Wallet]
) -> None:
    empty = open_wallet(label="Unused")
    assert browser.submit("wallet", "delete", empty.pk, post="yes").status_code == 302
    assert not Wallet.objects.filter(pk=empty.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_deleting_several_is_all_or_none(
    browser: Browser, wallet: Wallet, open_wallet: Callable[..., Wallet]
) -> None:
    empty = open_wallet(label="Unused")
    page = browser.delete_selected("wallet", empty, wallet)
    assert "Wallet not empty" in page.content.decode()
    assert Wallet.objects.filter(pk=empty.pk).exists()
    browser.delete_selected("wallet", empty)
    assert not Wallet.objects.filter(pk=empty.pk).exists()
