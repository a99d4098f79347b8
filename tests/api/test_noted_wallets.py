"""A process takes a wallet's owner and currency from its notes; what became of it, it finds out."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.jsonapi.conftest import transaction_document
from tests.conftest import Answer, Api
from wallet_transaction_api.ledger import posting, wallets
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import Wallet

# Inside a test's own transaction nothing is noted.
pytestmark = pytest.mark.django_db(transaction=True)

Deposit = Callable[[Api, Wallet], Answer]


def operation(api: Api, wallet: Wallet) -> Answer:
    body = {"operationType": "DEPOSIT", "amount": "1.00"}
    return api.post(f"/api/v1/wallets/{wallet.uuid}/operation", body, "application/json")


def transaction(api: Api, wallet: Wallet) -> Answer:
    return api.post("/api/transactions", transaction_document(wallet, amount="1.00"))


def empty(wallet: Wallet) -> None:
    wallet.refresh_from_db()
    posting.post_one(Posting(wallet_id=wallet.pk, amount=-wallet.balance))


both_faces = pytest.mark.parametrize("deposit", [operation, transaction])


@both_faces
def test_a_wallet_closed_since_is_gone_for_its_owner(
    deposit: Deposit, alice: User, staff: User, open_wallet: Callable[..., Wallet]
) -> None:
    wallet = open_wallet("5.00")
    assert deposit(Api(alice), wallet).status_code in {200, 201}
    empty(wallet)
    wallets.close(wallet_id=wallet.pk)
    assert deposit(Api(alice), wallet).status_code == 404
    refused = deposit(Api(staff), wallet)
    assert refused.status_code in {400, 409}
    assert b"wallet_closed" in refused.content


@both_faces
def test_a_wallet_erased_since_is_gone_for_everybody(
    deposit: Deposit, alice: User, open_wallet: Callable[..., Wallet]
) -> None:
    wallet = open_wallet()
    api = Api(alice)
    assert b"insufficient_funds" in _withdraw(api, wallet).content  # noted, without a history
    wallets.close(wallet_id=wallet.pk)
    assert deposit(api, wallet).status_code == 404


@both_faces
def test_a_noted_wallet_stays_a_strangers_secret(
    deposit: Deposit, alice: User, bob: User, open_wallet: Callable[..., Wallet]
) -> None:
    wallet = open_wallet()
    assert deposit(Api(alice), wallet).status_code in {200, 201}
    assert deposit(Api(bob), wallet).status_code == 404


def test_the_history_of_a_default_wallet_closed_since_is_not_shown(alice: User) -> None:
    api, wallet = Api(alice), alice.default_wallet
    assert api.post("/api/wallet/credit", {"amount": "1.00"}, "application/json").status_code == 200
    assert api.get("/api/wallet/transactions").status_code == 200
    empty(wallet)
    wallets.close(wallet_id=wallet.pk)
    assert api.get("/api/wallet/transactions").status_code == 404
    assert api.post("/api/wallet/credit", {"amount": "1.00"}, "application/json").status_code == 404


@both_faces
def test_a_known_wallet_is_asked_for_nothing_but_its_lock(
    deposit: Deposit, alice: User, open_wallet: Callable[..., Wallet]
) -> None:
    wallet, api = open_wallet(), Api(alice)
    for _ in range(2):
        deposit(api, wallet)
    with CaptureQueriesContext(connection) as queries:
        deposit(api, wallet)
    reads = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    assert len([text for text in reads if "wallets" in text]) == 1


def test_the_currency_is_the_wallets(alice: User, open_wallet: Callable[..., Wallet]) -> None:
    yen, api = open_wallet(currency="JPY"), Api(alice)
    for _ in range(2):
        refused = api.post("/api/transactions", transaction_document(yen, amount="1.5"))
        assert (refused.status_code, b"amount_precision" in refused.content) == (422, True)
    yen.refresh_from_db()
    assert yen.balance == Decimal(0)


def _withdraw(api: Api, wallet: Wallet) -> Answer:
    return api.post("/api/transactions", transaction_document(wallet, amount="-1.00"))
