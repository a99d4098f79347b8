"""Filters in an address: what no column holds is answered as a bad filter, never by a failure."""

from typing import Any

import pytest
from django.db import ProgrammingError

from tests.admin.conftest import Browser
from wallet_transaction_api.admin import pages
from wallet_transaction_api.models import Transaction, Wallet

BEYOND = "99999999999999999999"


def _assert_finds_nothing(browser: Browser, model: str, query: str) -> None:
    """By an empty list where the database can compare, else by Django's way with bad filters."""
    page = browser.open(model, query=query)
    if page.status_code == 200:
        assert page.context["cl"].result_count == 0
    else:
        assert (page.status_code, page["Location"].partition("?")[2]) == (302, "e=1")


@pytest.mark.parametrize("model", ["transaction", "entry", "hold", "limit", "seal"])
@pytest.mark.parametrize("lookup", ["wallet", "wallet_id", "wallet__id__exact", "wallet__in"])
@pytest.mark.parametrize("value", [BEYOND, "-" + BEYOND])
def test_no_wallet_has_an_id_of_twenty_digits(
    browser: Browser, opening: Transaction, model: str, lookup: str, value: str
) -> None:
    _assert_finds_nothing(browser, model, f"?{lookup}={value}")


@pytest.mark.parametrize(
    ("model", "query"),
    [
        ("wallet", f"?owner={BEYOND}"),
        ("wallet", f"?id__in=1,{BEYOND}&version={BEYOND}"),
        ("wallet", "?created_at__year=99999"),
        ("wallet", f"?created_at__year={BEYOND}"),
        ("wallet", "?version__range="),
        ("wallet", "?balance=NaN"),
        ("wallet", "?balance__gt=-Infinity"),
        ("entry", f"?actor={BEYOND}"),
        ("auditrecord", f"?subject_id__in={BEYOND}"),
    ],
)
def test_nor_does_any_other_column_hold_such_values(
    browser: Browser, wallet: Wallet, model: str, query: str
) -> None:
    _assert_finds_nothing(browser, model, query)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("query", ["?label=%00", "?status=%00", "?version__range=1234"])
def test_what_the_database_cannot_compare_finds_nothing(
    browser: Browser, wallet: Wallet, query: str
) -> None:
    _assert_finds_nothing(browser, "wallet", query)


def test_an_action_under_a_bad_filter_changes_nothing(
    browser: Browser, opening: Transaction
) -> None:
    page = browser.delete_selected("transaction", opening, query=f"?wallet__in={BEYOND}")
    assert page.status_code == 200
    assert Transaction.objects.visible().filter(pk=opening.pk).exists()


def test_a_failure_without_a_filter_is_a_failure(
    browser: Browser, wallet: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(paginator: Any) -> int:
        raise ProgrammingError("no such table")

    monkeypatch.setattr(pages.BoundedPaginator, "count", property(fail))
    with pytest.raises(ProgrammingError):
        browser.open("wallet")
