"""`/api/v1/wallets/<uuid>`: the ancestor's documented requests to the letter, and the refusals."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.plain.conftest import JSON, balance_of, form, multipart, post, refused
from tests.conftest import Answer, Api
from wallet_transaction_api.ledger import balances
from wallet_transaction_api.models import Wallet


@pytest.fixture
def wallet(purse: Wallet) -> Wallet:
    post(purse, "2000.00")
    return purse


def _operate(api: Api, wallet: Wallet, operation: Any, amount: Any) -> Answer:
    body = {"operationType": operation, "amount": amount}
    return api.post(f"/api/v1/wallets/{wallet.uuid}/operation", body, JSON)


def _raw(api: Api, wallet: Wallet, body: str | bytes, content_type: str = JSON) -> Answer:
    return api.post(f"/api/v1/wallets/{wallet.uuid}/operation", body, content_type)


def test_answers_the_balance(api: Api, wallet: Wallet) -> None:
    answer = api.get(f"/api/v1/wallets/{wallet.uuid}")
    assert answer.status_code == 200
    assert answer.json() == {"balance": "5000.00"}


def test_deposits(api: Api, wallet: Wallet) -> None:
    answer = _operate(api, wallet, "DEPOSIT", 1000)
    assert answer.status_code == 200
    assert answer.json() == {"status": "Success", "new_balance": "6000.00"}
    assert balance_of(wallet) == "6000.00"


def test_withdraws(api: Api, wallet: Wallet) -> None:
    answer = _operate(api, wallet, "WITHDRAW", 1000)
    assert answer.json() == {"status": "Success", "new_balance": "4000.00"}
    assert api.get(f"/api/v1/wallets/{wallet.uuid}").json() == {"balance": "4000.00"}


def test_takes_forms_too(api: Api, wallet: Wallet) -> None:
    path = f"/api/v1/wallets/{wallet.uuid}/operation"
    for send in (form, multipart):
        assert send(api, path, operationType="DEPOSIT", amount="0.50").status_code == 200
    assert balance_of(wallet) == "5001.00"


def test_takes_json_numbers_exactly(api: Api, wallet: Wallet) -> None:
    body = '{"operationType": "DEPOSIT", "amount": 123456789012345.67}'
    assert _raw(api, wallet, body).json()["new_balance"] == "123456789017345.67"


@pytest.mark.parametrize(
    "amount", [None, 0, -1, "", "abc", "0", True, [], {}, "1e3", 1.005, "NaN", 10**18]
)
def test_refuses_a_bad_amount(api: Api, wallet: Wallet, amount: Any) -> None:
    for operation in ("DEPOSIT", "WITHDRAW"):
        answer = _operate(api, wallet, operation, amount)
        assert refused(answer)[:2] == (400, "Invalid or missing amount")
    assert balance_of(wallet) == "5000.00"


def test_refuses_a_missing_amount(api: Api, wallet: Wallet) -> None:
    answer = _raw(api, wallet, '{"operationType": "DEPOSIT"}')
    assert refused(answer) == (400, "Invalid or missing amount", "amount_invalid")


@pytest.mark.parametrize(
    "operation", [None, "", "deposit", "TRANSFER", 1, True, [], {}, ["DEPOSIT"]]
)
def test_refuses_another_operation(api: Api, wallet: Wallet, operation: Any) -> None:
    answer = _operate(api, wallet, operation, 1)
    assert refused(answer) == (400, "Invalid operationType", "invalid_operation")
    assert balance_of(wallet) == "5000.00"


def test_refuses_an_overdraft(api: Api, wallet: Wallet) -> None:
    answer = _operate(api, wallet, "WITHDRAW", "5000.01")
    assert answer.status_code == 400
    assert answer.json() == {"error": "Insufficient funds", "code": "insufficient_funds"}


@pytest.mark.parametrize(
    "body", ["{", "[]", "1", "null", '"x"', "{'a': 1}", '{"amount": NaN}', "[" * 100_000,
             '{"amount": "\\ud800"}', b"\xff\xfe", b'{"amount": "\xff"}',
             '{"amount": ' + "9" * 5000]
)  # fmt: skip
def test_refuses_what_is_not_a_json_object(api: Api, wallet: Wallet, body: str | bytes) -> None:
    assert refused(_raw(api, wallet, body)) == (400, "Invalid JSON", "malformed_json")


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "application/vnd.api+json"]
)
def test_refuses_another_media_type(api: Api, wallet: Wallet, content_type: str) -> None:
    body = '{"operationType": "DEPOSIT", "amount": 1}'
    answer = _raw(api, wallet, body, content_type)
    assert refused(answer) == (415, "Unsupported media type", "unsupported_media_type")
    assert balance_of(wallet) == "5000.00"


@pytest.mark.parametrize(
    "key",
    ["6f1f3a52-8f0e-4f0a-9d0c-0123456789ab", "nonsense", "1", "%00", "%FF%FE", "null", "x" * 3000],
)
def test_a_missing_wallet_is_not_found(api: Api, key: str) -> None:
    body = {"operationType": "DEPOSIT", "amount": 1}
    for answer in (
        api.get(f"/api/v1/wallets/{key}"),
        api.post(f"/api/v1/wallets/{key}/operation", body, JSON),
    ):
        assert refused(answer) == (404, "Wallet not found", "not_found")


def test_somebody_elses_wallet_answers_like_a_missing_one(bob: User, wallet: Wallet) -> None:
    api, other = Api(bob), uuid4()
    body = {"operationType": "WITHDRAW", "amount": 1}
    pairs = [
        (
            api.get(f"/api/v1/wallets/{key}"),
            api.post(f"/api/v1/wallets/{key}/operation", body, JSON),
        )
        for key in (wallet.uuid, other)
    ]
    for theirs, missing in zip(*pairs, strict=True):
        assert (theirs.status_code, theirs.content) == (missing.status_code, missing.content)
        assert [name for name, _ in theirs.items()] == [name for name, _ in missing.items()]
        for name in set(theirs.headers) - {"X-Request-ID"}:
            assert theirs[name] == missing[name]
    assert balance_of(wallet) == "5000.00"


def test_staff_act_on_every_wallet(staff: User, wallet: Wallet) -> None:
    assert _operate(Api(staff), wallet, "WITHDRAW", 1).status_code == 200
    assert wallet.entries.latest("sequence").actor_id == staff.pk


def test_staff_act_by_permission_only(clerk: User, wallet: Wallet) -> None:
    assert Api(clerk).get(f"/api/v1/wallets/{wallet.uuid}").status_code == 200
    answer = _operate(Api(clerk), wallet, "WITHDRAW", 1)
    assert refused(answer) == (403, "Permission denied", "permission_denied")
    assert balance_of(wallet) == "5000.00"
    clerk.user_permissions.add(Permission.objects.get(codename="add_transaction"))
    assert _operate(Api(clerk), wallet, "WITHDRAW", 1).status_code == 200


def test_a_frozen_wallet_is_refused(
    api: Api, wallet: Wallet, set_status: Callable[[Wallet, str], None]
) -> None:
    set_status(wallet, "frozen")
    answer = _operate(api, wallet, "DEPOSIT", 1)
    assert answer.status_code == 400
    assert answer.json() == {"error": "Wallet frozen", "code": "wallet_frozen"}


def test_a_closed_wallet_exists_for_staff_alone(
    api: Api, staff: User, wallet: Wallet, set_status: Callable[[Wallet, str], None]
) -> None:
    post(wallet, "-5000.00")
    set_status(wallet, "closed")
    assert refused(_operate(api, wallet, "DEPOSIT", 1))[0] == 404
    assert refused(api.get(f"/api/v1/wallets/{wallet.uuid}"))[0] == 404
    assert refused(_operate(Api(staff), wallet, "DEPOSIT", 1))[::2] == (400, "wallet_closed")
    assert Api(staff).get(f"/api/v1/wallets/{wallet.uuid}").json() == {"balance": "0.00"}


def test_a_wallet_closed_behind_the_caches_back_is_not_found(
    api: Api, wallet: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = balances.of_uuid(wallet.uuid)
    post(wallet, "-5000.00")
    api.delete(f"/api/wallets/{wallet.pk}")
    monkeypatch.setattr("wallet_transaction_api.cache.balance_by_uuid", lambda _: stale)
    assert refused(_operate(api, wallet, "DEPOSIT", 1))[0] == 404


def test_without_self_credit_users_only_withdraw(api: Api, wallet: Wallet, settings: Any) -> None:
    settings.SELF_CREDIT = False
    assert refused(_operate(api, wallet, "DEPOSIT", 1))[::2] == (403, "self_credit_disabled")
    assert _operate(api, wallet, "WITHDRAW", 1).status_code == 200


def test_currencies_keep_their_decimals(api: Api, open_wallet: Callable[..., Wallet]) -> None:
    yen = open_wallet("5", currency="JPY")
    assert api.get(f"/api/v1/wallets/{yen.uuid}").json() == {"balance": "5"}
    assert refused(_operate(api, yen, "DEPOSIT", "1.5"))[2] == "amount_precision"


def test_a_balance_costs_at_most_the_callers_query_and_its_own(api: Api, wallet: Wallet) -> None:
    with CaptureQueriesContext(connection) as queries:
        api.get(f"/api/v1/wallets/{wallet.uuid}")
    assert len(queries) <= 2
