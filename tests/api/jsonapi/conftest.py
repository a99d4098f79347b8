"""A client that validates every answer, and the documents that the tests send."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.api.jsonapi.validity import assert_valid
from tests.conftest import Answer, Api
from wallet_transaction_api.ledger import posting
from wallet_transaction_api.ledger.posting import Posted, Posting
from wallet_transaction_api.models import Wallet
from wallet_transaction_api.money import parse

#: The link that every document has besides its own.
DESCRIBED = {"describedby": "http://testserver/api/openapi.json"}


class ValidatingApi(Api):
    """An HTTP client that accepts no answer that is not valid JSON:API."""

    def request(self, method: str, path: str, **extra: Any) -> Answer:
        """Send any request."""
        answer = super().request(method, path, **extra)
        assert_valid(answer, _parsed(extra.get("data")))
        return answer


def _parsed(body: Any) -> Any:
    try:
        return json.loads(body)
    except (TypeError, ValueError, RecursionError):
        return None


@pytest.fixture
def as_user() -> Callable[[User | None], Api]:
    """Make a validating client of a user, or of nobody."""
    return ValidatingApi


@pytest.fixture
def api(alice: User) -> Api:
    """Return alice's client."""
    return ValidatingApi(alice)


@pytest.fixture
def staff_api(staff: User) -> Api:
    """Return the client of staff."""
    return ValidatingApi(staff)


@pytest.fixture
def rent(open_wallet: Callable[..., Wallet]) -> Wallet:
    """Return alice's wallet with 100.00 in it, posted as transaction `opening`."""
    wallet = open_wallet(label="Rent")
    post(wallet, "100.00", txid="opening")
    wallet.refresh_from_db()
    return wallet


def post(wallet: Wallet, amount: str, **more: Any) -> Posted:
    """Post through the ledger."""
    return posting.post_one(Posting(wallet_id=wallet.pk, amount=parse(amount, 18), **more))


def wallet_document(**attributes: Any) -> dict[str, Any]:
    """Return a document that creates a wallet."""
    return {"data": {"type": "wallets", "attributes": attributes}}


def transaction_document(wallet: Any, /, **attributes: Any) -> dict[str, Any]:
    """Return a document that creates a transaction of the wallet, or of the id."""
    linkage = {"type": "wallets", "id": str(getattr(wallet, "pk", wallet))}
    return {
        "data": {
            "type": "transactions",
            "attributes": attributes,
            "relationships": {"wallet": {"data": linkage}},
        }
    }


def update(kind: str, key: Any, /, **attributes: Any) -> dict[str, Any]:
    """Return a document that updates attributes of a resource."""
    return {"data": {"type": kind, "id": str(key), "attributes": attributes}}


def errors(answer: Answer) -> list[tuple[str, Any]]:
    """Return each error's code and the one value of its source."""
    return [
        (error["code"], next(iter(error.get("source", {}).values()), None))
        for error in answer.json()["errors"]
    ]


def ids(answer: Answer) -> list[str]:
    """Return the ids of the primary data, in order."""
    return [item["id"] for item in answer.json()["data"]]


def amounts(answer: Answer) -> list[str]:
    """Return the amounts of the primary data, in order."""
    return [item["attributes"]["amount"] for item in answer.json()["data"]]


def balance_of(wallet: Wallet) -> str:
    """Return the stored balance, in cents."""
    stored = Wallet.objects.get(pk=wallet.pk)
    return f"{stored.balance:.2f}"


@pytest.fixture
def busy(rent: Wallet) -> Wallet:
    """Return the wallet with twelve transactions, some of them of the same amount."""
    for amount in ("1", "2", "2", "2", "3", "-1", "-1", "5", "2", "1", "1"):
        post(rent, amount)
    return rent
