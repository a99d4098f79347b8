"""Transfers in the admin: seen by staff, changed by nobody."""

from collections.abc import Callable

import pytest

from tests.admin.conftest import Browser
from tests.transfers import order_of
from wallet_transaction_api.ledger import transfers
from wallet_transaction_api.models import Transfer, Wallet


@pytest.fixture
def transfer(open_wallet: Callable[..., Wallet]) -> Transfer:
    """Return a transfer of 7.50 between two wallets of alice's."""
    source, destination = (open_wallet("10", label=label) for label in ("Rent", "Savings"))
    return transfers.transfer(order_of(source, destination, "7.50"))


def test_the_list_and_the_page_open(browser: Browser, transfer: Transfer) -> None:
    listed = browser.open("transfer", query=f"?q={transfer.txid}&deleted_at__isempty=1")
    shown = browser.open("transfer", "change", transfer.pk)
    for page in (listed, shown):
        assert page.status_code == 200
        assert page.content.decode().count("7.50") == 2
        assert "Savings" in page.content.decode()


@pytest.mark.parametrize("page", ["add", "delete"])
def test_nothing_is_made_or_removed_there(browser: Browser, transfer: Transfer, page: str) -> None:
    keys = () if page == "add" else (transfer.pk,)
    assert browser.open("transfer", page, *keys).status_code == 403
