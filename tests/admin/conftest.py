"""A browser of the admin, logged in."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client, TestCase
from django.urls import reverse

from wallet_transaction_api.models import Transaction, Wallet

APP = "wallet_transaction_api"


class Browser:
    """Opens and submits the admin's pages as one user; after-commit work runs as for real."""

    def __init__(self, user: User) -> None:
        self._client = Client()
        self._client.force_login(user)

    def open(self, model: str, page: str = "changelist", *args: Any, query: str = "") -> Any:
        """GET a page."""
        return self._client.get(_address(model, page, *args) + query)

    def kept_open(self, model: str, row: Any) -> dict[str, str]:
        """GET a row's form and return what a browser sends of it, however much later."""
        return self.read(self.open(model, "change", row.pk))

    def read(self, page: Any) -> dict[str, str]:
        """Return what a browser sends of the page's form while nothing is changed on it."""
        inputs = _Inputs()
        inputs.feed(page.content.decode())
        return inputs.values

    def submit(self, model: str, page: str, *args: Any, **data: Any) -> Any:
        """POST a form to a page."""
        with TestCase.captureOnCommitCallbacks(execute=True):
            return self._client.post(_address(model, page, *args), data)

    def delete_selected(self, model: str, *rows: Any, query: str = "") -> Any:
        """Run the list's action and confirm it; the list as it is shown then."""
        data = {"action": "delete_selected", "post": "yes"}
        with TestCase.captureOnCommitCallbacks(execute=True):
            return self._client.post(
                _address(model, "changelist") + query,
                {**data, "_selected_action": [row.pk for row in rows]},
                follow=True,
            )


class _Inputs(HTMLParser):
    """Reads the inputs of a page as a browser does; buttons are none."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._select = self._textarea = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        told = dict(attrs)
        if tag == "input" and told.get("type") != "submit" and "name" in told:
            self.values[told["name"]] = told.get("value", "")
        elif tag == "select":
            self._select = told["name"]
        elif tag == "option" and "selected" in told:
            self.values[self._select] = told["value"]
        self._textarea = told["name"] if tag == "textarea" else ""

    def handle_endtag(self, tag: str) -> None:
        self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            # The line break that opens a textarea is no part of it.
            self.values[self._textarea] = data.removeprefix("\n")


def _address(model: str, page: str, *args: Any) -> str:
    return reverse(f"admin:{APP}_{model}_{page}", args=args)


@pytest.fixture
def browser(staff: User) -> Browser:
    """Return the browser of staff with every permission."""
    return Browser(staff)


@pytest.fixture
def helpdesk(db: None) -> User:
    """Return staff without any permission."""
    return User.objects.create_user("helpdesk", password="helpdesk-s3cret", is_staff=True)


@pytest.fixture
def allowed(helpdesk: User) -> Callable[..., Browser]:
    """Make the browser of helpdesk with the given permissions: `allowed("view_entry")`."""

    def make(*codenames: str) -> Browser:
        helpdesk.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        return Browser(helpdesk)

    return make


@pytest.fixture
def wallet(open_wallet: Callable[..., Wallet]) -> Wallet:
    """Return alice's wallet with 100.00 in it."""
    return open_wallet("100.00", label="Rent")


@pytest.fixture
def opening(wallet: Wallet) -> Transaction:
    """Return the transaction that opened it."""
    return wallet.transactions.get()
