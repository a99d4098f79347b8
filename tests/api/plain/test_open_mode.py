"""`AUTH_REQUIRED=false`: anonymous callers operate on every wallet, and on nobody's behalf."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.api.plain.conftest import JSON, balance_of, post, refused
from tests.conftest import Api
from wallet_transaction_api.models import Wallet

BODY = {"operationType": "DEPOSIT", "amount": "1.00"}


@pytest.fixture(autouse=True)
def _open(settings: Any) -> None:
    settings.AUTH_REQUIRED = False


def test_nobody_operates_as_the_service_owner(nobody: Api, purse: Wallet) -> None:
    answer = nobody.post(f"/api/v1/wallets/{purse.uuid}/operation", BODY, JSON)
    assert answer.json() == {"status": "Success", "new_balance": "3001.00"}
    assert nobody.get(f"/api/v1/wallets/{purse.uuid}").json() == {"balance": "3001.00"}
    entry = purse.entries.latest("sequence")
    assert entry.actor.username == "service"
    assert not Wallet.objects.filter(owner=entry.actor).exists()


def test_nobody_has_no_wallet_of_their_own(nobody: Api, purse: Wallet) -> None:
    assert refused(nobody.get("/api/wallet/balance/"))[::2] == (401, "not_authenticated")
    assert nobody.post("/api/wallet/credit/", {"amount": 1}, JSON).status_code == 401


@pytest.mark.parametrize("credential", ["Bearer nonsense", "Basic YWxpY2U6eA==", "Bearer", "x y z"])
def test_a_credential_that_is_sent_is_checked(nobody: Api, purse: Wallet, credential: str) -> None:
    headers = {"Authorization": credential}
    answer = nobody.get(f"/api/v1/wallets/{purse.uuid}", headers=headers)
    assert refused(answer)[::2] == (401, "token_not_valid")
    assert nobody.get("/api/wallets", headers=headers).status_code == 401


def test_who_sends_one_is_who_they_are(bob: User, purse: Wallet) -> None:
    assert Api(bob).get(f"/api/v1/wallets/{purse.uuid}").status_code == 404


def test_closed_wallets_stay_hidden(
    nobody: Api, purse: Wallet, set_status: Callable[[Wallet, str], None]
) -> None:
    post(purse, "-3000.00")
    set_status(purse, "closed")
    assert nobody.get(f"/api/v1/wallets/{purse.uuid}").status_code == 404


def test_self_credit_binds_the_service_owner_too(nobody: Api, purse: Wallet, settings: Any) -> None:
    settings.SELF_CREDIT = False
    answer = nobody.post(f"/api/v1/wallets/{purse.uuid}/operation", BODY, JSON)
    assert refused(answer)[::2] == (403, "self_credit_disabled")
    assert balance_of(purse) == "3000.00"
