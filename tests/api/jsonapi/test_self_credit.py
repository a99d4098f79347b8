"""`SELF_CREDIT=false`: nobody but staff raises a total."""

import pytest

from tests.api.jsonapi.conftest import (
    balance_of,
    errors,
    post,
    transaction_document,
    update,
    wallet_document,
)
from tests.conftest import Api
from wallet_transaction_api.models import Wallet


@pytest.fixture(autouse=True)
def _no_self_credit(settings: object) -> None:
    settings.SELF_CREDIT = False  # type: ignore[attr-defined]


def test_an_opening_balance_is_refused(api: Api) -> None:
    answer = api.post("/api/wallets", wallet_document(label="x", balance="1.00"))
    assert answer.status_code == 403
    assert errors(answer) == [("self_credit_disabled", "/data/attributes/balance")]
    assert not Wallet.objects.filter(label="x").exists()
    assert api.post("/api/wallets", wallet_document(label="x", balance="0")).status_code == 201


def test_a_positive_amount_is_refused(api: Api, rent: Wallet) -> None:
    answer = api.post("/api/transactions", transaction_document(rent, amount="1.00"))
    assert answer.status_code == 403
    assert errors(answer) == [("self_credit_disabled", "/data/attributes/amount")]
    document = transaction_document(rent, amount="-1.00")
    assert api.post("/api/transactions", document).status_code == 201


def test_an_upward_edit_is_refused(api: Api, rent: Wallet) -> None:
    key = rent.transactions.get().pk
    answer = api.patch(f"/api/transactions/{key}", update("transactions", key, amount="101.00"))
    assert answer.status_code == 403
    document = update("transactions", key, amount="99.00")
    assert api.patch(f"/api/transactions/{key}", document).status_code == 200


def test_deleting_a_withdrawal_is_refused(api: Api, rent: Wallet) -> None:
    key = post(rent, "-5.00").transaction_id
    answer = api.delete(f"/api/transactions/{key}")
    assert answer.status_code == 403
    assert errors(answer) == [("self_credit_disabled", None)]
    assert balance_of(rent) == "95.00"


def test_staff_may_do_all_of_it(staff_api: Api, rent: Wallet) -> None:
    document = transaction_document(rent, amount="1.00")
    assert staff_api.post("/api/transactions", document).status_code == 201
    assert (
        staff_api.post("/api/wallets", wallet_document(label="x", balance="1")).status_code == 201
    )
