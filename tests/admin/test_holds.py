"""Holds in the admin: seen by staff, changed by nobody."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.admin.conftest import Browser
from wallet_transaction_api.ledger import holds
from wallet_transaction_api.models import Hold, Wallet


@pytest.fixture
def hold(wallet: Wallet) -> Hold:
    """Return a hold of 7.50."""
    return holds.place(wallet_id=wallet.pk, amount=Decimal("7.50"), description="A room")


def _shown(browser: Browser, hold: Hold) -> str:
    page = browser.open("hold", "change", hold.pk)
    assert page.status_code == 200
    return str(page.content.decode())


def test_the_list_and_the_page_open(browser: Browser, hold: Hold) -> None:
    listed = browser.open(
        "hold", query=f"?wallet__id__exact={hold.wallet_id}&status__exact=pending"
    )
    assert listed.context["cl"].result_count == 1
    assert "7.50" in listed.content.decode()
    page = _shown(browser, hold)
    assert all(text in page for text in ("7.50", "pending", "A room"))


def test_a_capture_is_found_by_its_txid_and_shows_what_it_took(
    browser: Browser, hold: Hold
) -> None:
    captured = holds.capture(hold_id=hold.pk, amount=Decimal("5.25"))
    assert captured.transaction is not None
    listed = browser.open("hold", query=f"?q={captured.transaction.txid}")
    assert listed.context["cl"].result_count == 1
    assert "5.25" in listed.content.decode()
    page = _shown(browser, hold)
    assert all(text in page for text in ("5.25", "captured", captured.transaction.txid))


def test_a_hold_that_is_due_is_shown_as_expired(
    browser: Browser, hold: Hold, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = timezone.now() + timedelta(days=8)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert "expired" in _shown(browser, hold)
    assert Hold.objects.get(pk=hold.pk).status == "pending"


@pytest.mark.parametrize("page", ["add", "change", "delete"])
def test_nothing_is_placed_ended_or_removed_there(browser: Browser, hold: Hold, page: str) -> None:
    before = list(Hold.objects.values_list())
    keys = () if page == "add" else (hold.pk,)
    assert browser.submit("hold", page, *keys, status="voided", post="yes").status_code == 403
    browser.delete_selected("hold", hold)
    assert list(Hold.objects.values_list()) == before
