"""The chain of seals in the admin: seen by staff, changed by nobody."""

import pytest

from tests.admin.conftest import Browser
from wallet_transaction_api.ledger import sealing
from wallet_transaction_api.models import Seal, Wallet


@pytest.fixture
def seal(wallet: Wallet) -> Seal:
    """Return the one seal there is."""
    assert len(list(sealing.extend())) == 1
    return Seal.objects.get()


def test_the_list_and_the_page_open(browser: Browser, seal: Seal) -> None:
    listed = browser.open("seal", query=f"?q={seal.number}")
    assert listed.context["cl"].result_count == 1
    shown = browser.open("seal", "change", seal.pk)
    for page in (listed, shown):
        assert page.status_code == 200
        assert seal.digest in page.content.decode()
    assert seal.previous in shown.content.decode()


def test_a_search_for_what_is_no_number_finds_nothing(browser: Browser, seal: Seal) -> None:
    page = browser.open("seal", query="?q=x")
    assert (page.status_code, page.context["cl"].result_count) == (200, 0)


@pytest.mark.parametrize("page", ["add", "change", "delete"])
def test_nothing_is_made_changed_or_removed_there(browser: Browser, seal: Seal, page: str) -> None:
    before = list(Seal.objects.values_list())
    keys = () if page == "add" else (seal.pk,)
    assert browser.submit("seal", page, *keys, digest="0" * 64, post="yes").status_code == 403
    browser.delete_selected("seal", seal)
    assert list(Seal.objects.values_list()) == before
