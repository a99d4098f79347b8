"""Forms kept open: what their user did not change stays as others stored it meanwhile."""

from decimal import Decimal
from typing import Any

import pytest

from tests.admin.conftest import Browser
from wallet_transaction_api.ledger import amending, limits, wallets
from wallet_transaction_api.models import Limit, Transaction, Wallet


@pytest.fixture
def limit(wallet: Wallet) -> Limit:
    """Return a limit of 30.00 a day on what leaves the wallet."""
    given = {"direction": "debit", "window": "day", "max_amount": Decimal("30.00")}
    return limits.set_limit(wallet_id=wallet.pk, **given)


def _save(browser: Browser, row: Any, form: dict[str, str], **changed: str) -> None:
    model = row._meta.model_name
    answer = browser.submit(model, "change", row.pk, **{**form, **changed})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    row.refresh_from_db()


def test_a_new_label_neither_thaws_a_wallet_nor_moves_its_limit(
    browser: Browser, wallet: Wallet
) -> None:
    form = browser.kept_open("wallet", wallet)
    since = {"status": "frozen", "floor": Decimal("-25.00"), "metadata": {"case": 7}}
    wallets.edit(wallet_id=wallet.pk, changes=since)
    _save(browser, wallet, form, label="Home")
    assert (wallet.label, wallet.status, wallet.floor) == ("Home", "frozen", -25)
    assert wallet.metadata == {"case": 7}


def test_a_new_limit_keeps_the_label_given_meanwhile(browser: Browser, wallet: Wallet) -> None:
    form = browser.kept_open("wallet", wallet)
    wallets.edit(wallet_id=wallet.pk, changes={"label": "Home"})
    _save(browser, wallet, form, overdraft_limit="10.00")
    assert (wallet.label, wallet.floor) == ("Home", -10)


def test_a_new_description_does_not_amend_an_amount_back(
    browser: Browser, opening: Transaction
) -> None:
    form = browser.kept_open("transaction", opening)
    amending.amend(transaction_id=opening.pk, changes={"amount": Decimal("150.00")})
    _save(browser, opening, form, description="Named")
    assert (opening.description, opening.amount) == ("Named", 150)
    assert opening.entries.count() == 2


def test_a_new_count_keeps_the_amount_and_window_set_meanwhile(
    browser: Browser, limit: Limit
) -> None:
    form = browser.kept_open("limit", limit)
    since = {"max_amount": Decimal("50.00"), "window": "month", "direction": "credit"}
    limits.change(limit_id=limit.pk, changes=since)
    _save(browser, limit, form, max_count="5")
    assert (limit.max_count, limit.max_amount) == (5, 50)
    assert (limit.window, limit.direction) == ("month", "credit")


def test_an_amount_set_meanwhile_is_not_emptied(browser: Browser, limit: Limit) -> None:
    limits.change(limit_id=limit.pk, changes={"max_amount": None, "max_count": 3})
    form = browser.kept_open("limit", limit)
    limits.change(limit_id=limit.pk, changes={"max_amount": Decimal("50.00")})
    _save(browser, limit, form, max_count="")
    assert (limit.max_count, limit.max_amount) == (None, 50)


def test_what_both_changed_is_as_the_form_says(browser: Browser, wallet: Wallet) -> None:
    form = browser.kept_open("wallet", wallet)
    wallets.edit(wallet_id=wallet.pk, changes={"floor": Decimal("-25.00")})
    _save(browser, wallet, form, overdraft_limit="10.00")
    assert wallet.floor == -10


def test_a_form_shown_again_remembers_what_it_showed_first(
    browser: Browser, wallet: Wallet
) -> None:
    form = browser.kept_open("wallet", wallet)
    wallets.edit(wallet_id=wallet.pk, changes={"status": "frozen"})
    again = browser.submit("wallet", "change", wallet.pk, **{**form, "label": "Main"})
    assert again.status_code == 200
    _save(browser, wallet, browser.read(again), label="Home")
    assert (wallet.label, wallet.status) == ("Home", "frozen")


@pytest.mark.parametrize("model", ["wallet", "transaction", "limit"])
def test_an_unchanged_form_changes_nothing(
    browser: Browser, opening: Transaction, limit: Limit, model: str
) -> None:
    row: Any = {"wallet": opening.wallet, "transaction": opening, "limit": limit}[model]
    row.refresh_from_db()
    version = row.version
    _save(browser, row, browser.kept_open(model, row))
    assert row.version == version


def test_an_input_that_was_not_sent_is_not_emptied(browser: Browser, wallet: Wallet) -> None:
    wallets.edit(wallet_id=wallet.pk, changes={"metadata": {"case": 7}})
    _save(browser, wallet, {"status": "active", "overdraft_limit": "0.00"}, label="Home")
    assert (wallet.label, wallet.metadata) == ("Home", {"case": 7})


def test_an_input_sent_without_what_it_showed_is_compared_with_what_is_stored(
    browser: Browser, wallet: Wallet
) -> None:
    stored = {"label": "Rent", "status": "active", "overdraft_limit": "0.00", "metadata": "{}"}
    version = wallet.version
    _save(browser, wallet, stored)
    assert wallet.version == version
    wallets.edit(wallet_id=wallet.pk, changes={"metadata": {"case": 7}})
    _save(browser, wallet, stored)
    assert wallet.metadata == {}
