"""Clients of the plain faces, and wallets with something in them."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Permission, User

from tests.conftest import Answer, Api
from wallet_transaction_api.ledger import posting, wallets
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import Wallet
from wallet_transaction_api.money import parse

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def api(alice: User) -> Api:
    """Return alice's client."""
    return Api(alice)


@pytest.fixture
def nobody(db: None) -> Api:
    """Return a client without a credential."""
    return Api()


@pytest.fixture
def purse(alice: User) -> Wallet:
    """Return alice's own wallet with 3000.00 in it."""
    post(alice.default_wallet, "3000.00")
    return alice.default_wallet


@pytest.fixture
def clerk(db: None) -> User:
    """Return staff who may look at everything and touch nothing."""
    clerk = User.objects.create_user("clerk", password="clerk-s3cret", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_wallet"))
    return clerk


@pytest.fixture
def set_status() -> Callable[[Wallet, str], None]:
    """Freeze or close a wallet, as the ledger does."""

    def change(wallet: Wallet, status: str) -> None:
        wallets.edit(wallet_id=wallet.pk, changes={"status": status})

    return change


def post(wallet: Wallet, amount: str, **more: Any) -> None:
    """Post through the ledger."""
    posting.post_one(Posting(wallet_id=wallet.pk, amount=parse(amount, 18), **more))


def form(api: Api, path: str, **fields: Any) -> Answer:
    """POST an urlencoded form."""
    return api.post(path, urlencode(fields, doseq=True), FORM)


def multipart(api: Api, path: str, **fields: str) -> Answer:
    """POST a multipart form."""
    parts = "".join(
        f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    return api.post(path, f"{parts}--edge--\r\n", "multipart/form-data; boundary=edge")


def balance_of(wallet: Wallet) -> str:
    """Return the stored balance, in cents."""
    return f"{Wallet.objects.get(pk=wallet.pk).balance:.2f}"


def refused(answer: Answer) -> tuple[int, str, str]:
    """Return an error's status, text and code; it is a JSON object in every case."""
    assert answer["Content-Type"] == JSON
    body = answer.json()
    return answer.status_code, body["error"], body["code"]
