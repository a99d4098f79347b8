"""Limits in the admin: set, changed and removed by the ledger."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.admin.conftest import Browser
from wallet_transaction_api.ledger import hold_errors, limits, posting
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import Limit, Wallet


@pytest.fixture
def limit(wallet: Wallet) -> Limit:
    """Return a limit of 30.00 a day on what leaves the wallet."""
    given = {"direction": "debit", "window": "day", "max_amount": Decimal("30.00")}
    return limits.set_limit(wallet_id=wallet.pk, **given)


def _form(**changed: Any) -> dict[str, Any]:
    return {
        "direction": "debit",
        "window": "day",
        "max_amount": "30.00",
        "max_count": "",
        **changed,
    }


def _pay(wallet: Wallet, amount: str) -> None:
    posting.post_one(Posting(wallet_id=wallet.pk, amount=Decimal(amount)))


def _errors(page: Any) -> dict[str, list[str]]:
    assert page.status_code == 200, "the form was taken"
    return dict(page.context["adminform"].form.errors)


def test_a_limit_set_there_limits_and_counts_what_has_been(
    browser: Browser, wallet: Wallet
) -> None:
    _pay(wallet, "-20.00")
    answer = browser.submit("limit", "add", **_form(wallet=wallet.pk, max_count="5"))
    assert answer.status_code == 302
    limit = wallet.limits.get()
    assert (limit.max_amount, limit.max_count, limit.used_amount) == (30, 5, 20)
    with pytest.raises(hold_errors.LimitExceeded):
        _pay(wallet, "-10.01")


def test_the_list_and_the_page_open(browser: Browser, wallet: Wallet, limit: Limit) -> None:
    _pay(wallet, "-12.50")
    listed = browser.open("limit", query=f"?wallet__id__exact={wallet.pk}&window__exact=day")
    assert listed.context["cl"].result_count == 1
    assert browser.open("limit", query=f"?q={wallet.uuid}").context["cl"].result_count == 1
    for page in (listed, browser.open("limit", "change", limit.pk)):
        assert page.status_code == 200
        assert "30.00" in page.content.decode()
        assert "12.50" in page.content.decode()
    assert browser.open("limit", "delete", limit.pk).status_code == 200


def test_what_is_changed_on_the_form_is_changed_and_nothing_else(
    browser: Browser, wallet: Wallet, limit: Limit, open_wallet: Callable[..., Wallet]
) -> None:
    other = open_wallet(label="Other")
    changes = _form(max_amount="40.50", wallet=other.pk, used_amount="0", version="9")
    _pay(wallet, "-12.50")
    assert browser.submit("limit", "change", limit.pk, **changes).status_code == 302
    row = Limit.objects.get(pk=limit.pk)
    assert (row.max_amount, row.used_amount, row.wallet_id) == (
        Decimal("40.50"), Decimal("12.50"), wallet.pk,
    )  # fmt: skip
    assert row.direction == "debit"


def test_saving_an_unchanged_form_changes_nothing(browser: Browser, limit: Limit) -> None:
    before = Limit.objects.values_list().get(pk=limit.pk)
    assert browser.submit("limit", "change", limit.pk, **_form()).status_code == 302
    assert Limit.objects.values_list().get(pk=limit.pk) == before


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"max_amount": ""}, "max_amount", "maxAmount or a maxCount"),
        ({"max_amount": "-1.00"}, "__all__", "positive amount"),
        ({"max_amount": "0"}, "max_amount", "Amount is zero"),
        ({"max_amount": "1e3"}, "max_amount", "plain digits"),
        ({"max_count": "x"}, "max_count", "whole number"),
        ({"max_count": "0"}, "max_count", "A whole number from 1 up."),
        ({"max_count": "-1"}, "max_count", "A whole number from 1 up."),
        ({"max_count": str(2**63)}, "max_count", "less than or equal to"),
        ({"window": "transaction", "max_count": "3"}, "max_count", "not of a count"),
        ({"window": "year"}, "window", "valid choice"),
        ({"direction": ""}, "direction", "required"),
    ],
)
def test_refusals_are_shown_on_the_form(
    browser: Browser, limit: Limit, changed: dict[str, Any], field: str, said: str
) -> None:
    before = list(Limit.objects.values_list())
    given = _form(wallet=limit.wallet_id, **changed)
    for page, keys in (("add", ()), ("change", (limit.pk,))):
        errors = _errors(browser.submit("limit", page, *keys, **given))
        assert said in errors[field][0]
    assert list(Limit.objects.values_list()) == before


def test_amounts_are_as_fine_as_the_wallets_currency(browser: Browser, limit: Limit) -> None:
    for page, keys, field in (("add", (), "__all__"), ("change", (limit.pk,), "max_amount")):
        given = _form(wallet=limit.wallet_id, max_amount="1.001")
        errors = _errors(browser.submit("limit", page, *keys, **given))
        assert "2 decimals" in errors[field][0]


def test_a_closed_wallet_is_not_limited(browser: Browser, wallet: Wallet) -> None:
    _pay(wallet, "-100.00")
    wallet.delete()
    errors = _errors(browser.submit("limit", "add", **_form(wallet=wallet.pk)))
    assert "closed" in errors["__all__"][0]
    assert not Limit.objects.exists()


def test_a_removed_limit_limits_no_more(browser: Browser, wallet: Wallet, limit: Limit) -> None:
    assert browser.submit("limit", "delete", limit.pk, post="yes").status_code == 302
    assert not Limit.objects.exists()
    assert not Wallet.objects.get(pk=wallet.pk).is_limited
    _pay(wallet, "-30.01")


def test_several_are_removed_at_once(browser: Browser, wallet: Wallet, limit: Limit) -> None:
    other = limits.set_limit(wallet_id=wallet.pk, direction="credit", window="hour", max_count=1)
    browser.delete_selected("limit", limit, other)
    assert not Limit.objects.exists()
    assert not Wallet.objects.get(pk=wallet.pk).is_limited


def test_staff_who_may_only_look_see_no_inputs_and_change_nothing(
    allowed: Callable[..., Browser], limit: Limit
) -> None:
    browser = allowed("view_limit")
    page = browser.open("limit", "change", limit.pk)
    assert page.status_code == 200
    assert "30.00" in page.content.decode()
    assert 'name="max_amount"' not in page.content.decode()
    for name, data in (("add", _form(wallet=limit.wallet_id)), ("change", _form(window="hour"))):
        keys = () if name == "add" else (limit.pk,)
        assert browser.submit("limit", name, *keys, **data).status_code == 403
    assert browser.submit("limit", "delete", limit.pk, post="yes").status_code == 403
    assert Limit.objects.get().window == "day"
