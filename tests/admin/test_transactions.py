"""Transactions in the admin: posted, amended and reversed by the ledger, exactly once."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import override_settings

from tests.admin.conftest import Browser
from wallet_transaction_api.ledger import amending, wallets
from wallet_transaction_api.models import Entry, Transaction, Wallet


def _new(wallet: Wallet, amount: str, **changed: Any) -> dict[str, Any]:
    return {
        "wallet": wallet.pk,
        "amount": amount,
        "txid": "admin-1",
        "description": "By hand",
        "metadata": "{}",
        **changed,
    }


def _errors(page: Any) -> dict[str, list[str]]:
    assert page.status_code == 200, "the form was taken"
    return dict(page.context["adminform"].form.errors)


def _balance(wallet: Wallet) -> Decimal:
    return Wallet.objects.get(pk=wallet.pk).balance


def _journal(wallet: Wallet) -> list[tuple[Any, ...]]:
    return list(wallet.entries.order_by("sequence").values_list("reason", "amount", "actor_id"))


def test_posts_once_and_records_who_did_it(browser: Browser, wallet: Wallet, staff: User) -> None:
    data = _new(wallet, "-30.25")
    assert browser.submit("transaction", "add", **data).status_code == 302
    assert _balance(wallet) == Decimal("69.75")
    assert _journal(wallet)[-1] == ("posted", Decimal("-30.25"), staff.pk)
    assert Transaction.objects.get(txid="admin-1").kind == "withdrawal"
    assert LogEntry.objects.count() == 1


def test_the_same_form_sent_twice_posts_once(browser: Browser, wallet: Wallet) -> None:
    page = browser.open("transaction", "add")
    txid = page.context["adminform"].form["txid"].value()
    data = _new(wallet, "5.00", txid=txid)
    assert browser.submit("transaction", "add", **data).status_code == 302
    errors = _errors(browser.submit("transaction", "add", **data))
    assert list(errors) == ["txid"]
    assert _balance(wallet) == Decimal(105)


@override_settings(ASSETS={"ETH": 18})
def test_amounts_are_exact_to_eighteen_decimals(
    browser: Browser, open_wallet: Callable[..., Wallet]
) -> None:
    wallet = open_wallet(label="Ether", currency="ETH")
    amount = "123456789012345678.123456789012345678"
    browser.submit("transaction", "add", **_new(wallet, amount))
    assert _balance(wallet) == Decimal(amount)
    posted = Transaction.objects.get(txid="admin-1")
    page = browser.open("transaction", "change", posted.pk)
    assert page.context["adminform"].form["amount"].value() == amount


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"amount": "-100.01"}, "amount", "Insufficient funds"),
        ({"amount": "0"}, "amount", "zero"),
        ({"amount": "0.001"}, "amount", "more than 2 decimals"),
        ({"amount": "1e2"}, "amount", "plain digits"),
        ({"amount": "999999999999999999.99"}, "amount", "range"),
        ({"amount": ""}, "amount", "required"),
        ({"wallet": "999999"}, "wallet", "valid choice"),
        ({"wallet": "x"}, "wallet", "valid choice"),
    ],
)
def test_refusals_are_shown_on_the_form(
    browser: Browser, wallet: Wallet, changed: dict[str, Any], field: str, said: str
) -> None:
    errors = _errors(browser.submit("transaction", "add", **{**_new(wallet, "1.00"), **changed}))
    assert said in errors[field][0]
    assert _balance(wallet) == 100
    assert len(_journal(wallet)) == 1


def test_a_frozen_wallet_refuses(browser: Browser, wallet: Wallet) -> None:
    wallets.edit(wallet_id=wallet.pk, changes={"status": "frozen"})
    errors = _errors(browser.submit("transaction", "add", **_new(wallet, "1.00")))
    assert errors == {"__all__": ["Wallet frozen"]}
    assert _balance(wallet) == 100


def test_amending_posts_the_difference_once(
    browser: Browser, opening: Transaction, staff: User
) -> None:
    data = {"amount": "80.00", "description": "Corrected", "metadata": '{"by": "hand"}'}
    assert browser.submit("transaction", "change", opening.pk, **data).status_code == 302
    stored = Transaction.objects.get(pk=opening.pk)
    assert (stored.amount, stored.description) == (Decimal(80), "Corrected")
    assert stored.metadata == {"by": "hand"}
    assert _balance(opening.wallet) == 80
    assert _journal(opening.wallet)[-1] == ("amended", Decimal(-20), staff.pk)
    assert browser.submit("transaction", "change", opening.pk, **data).status_code == 302
    assert len(_journal(opening.wallet)) == 2


def test_a_description_moves_no_money(browser: Browser, opening: Transaction) -> None:
    data = {"amount": "100.00", "description": "Named", "metadata": "{}"}
    assert browser.submit("transaction", "change", opening.pk, **data).status_code == 302
    assert Transaction.objects.get(pk=opening.pk).description == "Named"
    assert len(_journal(opening.wallet)) == 1


def test_an_amount_amended_meanwhile_is_not_amended_back(
    browser: Browser, opening: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    amend = amending.amend

    def other_first(**arguments: Any) -> Transaction:
        amend(transaction_id=opening.pk, changes={"amount": Decimal("150.00")})
        return amend(**arguments)

    monkeypatch.setattr(amending, "amend", other_first)
    data = {"amount": "100.00", "description": "Named", "metadata": "{}"}
    browser.submit("transaction", "change", opening.pk, **data)
    assert _balance(opening.wallet) == 150


def test_a_refused_amendment_is_shown_on_the_form(
    browser: Browser, wallet: Wallet, opening: Transaction
) -> None:
    browser.submit("transaction", "add", **_new(wallet, "-60.00"))
    data = {"amount": "50.00", "description": "", "metadata": "{}"}
    errors = _errors(browser.submit("transaction", "change", opening.pk, **data))
    assert errors == {"amount": ["Insufficient funds"]}
    assert _balance(wallet) == 40


def test_wallet_and_txid_are_fixed(
    browser: Browser, opening: Transaction, open_wallet: Callable[..., Wallet]
) -> None:
    other = open_wallet(label="Other")
    data = {"amount": "100.00", "metadata": "{}", "wallet": other.pk, "txid": "mine"}
    browser.submit("transaction", "change", opening.pk, **data)
    stored = Transaction.objects.get(pk=opening.pk)
    assert (stored.wallet_id, stored.txid) == (opening.wallet_id, opening.txid)


def test_deleting_reverses_once(browser: Browser, opening: Transaction, staff: User) -> None:
    assert browser.submit("transaction", "delete", opening.pk, post="yes").status_code == 302
    assert browser.submit("transaction", "delete", opening.pk, post="yes").status_code == 403
    assert _balance(opening.wallet) == 0
    assert _journal(opening.wallet)[1:] == [("reversal", Decimal(-100), staff.pk)]
    page = browser.open("transaction", "change", opening.pk)
    assert 'name="amount"' not in page.content.decode()


def test_a_refused_reversal_is_shown(
    browser: Browser, wallet: Wallet, opening: Transaction
) -> None:
    browser.submit("transaction", "add", **_new(wallet, "-60.00"))
    browser.submit("transaction", "delete", opening.pk, post="yes")
    assert "Insufficient funds" in browser.open("transaction").content.decode()
    assert _balance(wallet) == 40


@pytest.mark.django_db(transaction=True)
def test_deleting_several_is_all_or_none(
    browser: Browser, wallet: Wallet, opening: Transaction, staff: User
) -> None:
    browser.submit("transaction", "add", **_new(wallet, "-60.00"))
    spent = Transaction.objects.get(txid="admin-1")
    assert browser.delete_selected("transaction", opening).status_code == 200
    assert _balance(wallet) == 40
    browser.delete_selected("transaction", spent, opening)
    assert _balance(wallet) == 0
    assert {actor for _, _, actor in _journal(wallet)[1:]} == {staff.pk}
    assert Entry.objects.filter(reason="reversal").count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_runs_the_whole_submission_again(
    browser: Browser, wallet: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = type(LogEntry.objects)
    log, attempts = manager.log_actions, []

    def deadlock_once(*args: Any, **kwargs: Any) -> Any:
        attempts.append(1)
        if len(attempts) == 1:
            raise OperationalError(1213, "Deadlock found when trying to get lock")
        return log(*args, **kwargs)

    monkeypatch.setattr(manager, "log_actions", deadlock_once)
    data = _new(wallet, "5.00")
    assert browser.submit("transaction", "add", **data).status_code == 302
    assert len(attempts) == 2
    assert _balance(wallet) == Decimal(105)
    assert len(_journal(wallet)) == 2
