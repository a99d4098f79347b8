"""`/api/wallet/`: the ancestor's documented requests, and what is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.api.plain.conftest import JSON, balance_of, form, multipart, post, refused
from tests.conftest import Api
from wallet_transaction_api.models import Transaction, Wallet

MONEY = ["credit", "debit"]


def test_answers_the_balance(api: Api, purse: Wallet) -> None:
    answer = api.get("/api/wallet/balance/")
    assert answer.status_code == 200
    assert answer.json() == {"balance": "3000.00", "currency": "USD"}


def test_a_new_user_has_a_wallet_with_nothing_in_it(api: Api) -> None:
    assert api.get("/api/wallet/balance/").json() == {"balance": "0.00", "currency": "USD"}


def test_a_balance_shows_each_acknowledged_write(api: Api, purse: Wallet) -> None:
    for expected in ("3001.00", "3002.00"):
        assert form(api, "/api/wallet/credit/", amount="1.00").json()["balance"] == expected
        assert api.get("/api/wallet/balance/").json()["balance"] == expected


@pytest.mark.parametrize("send", [form, multipart])
def test_takes_forms(send: Callable[..., Any], api: Api, purse: Wallet) -> None:
    answer = send(api, "/api/wallet/credit/", amount="500.25")
    posted = Transaction.objects.latest("pk")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "Success",
        "balance": "3500.25",
        "transaction": str(posted.pk),
    }
    answer = send(api, "/api/wallet/debit/", amount="0.25")
    assert answer.json()["balance"] == "3500.00"
    assert posted.kind == "deposit"
    assert Transaction.objects.latest("pk").kind == "withdrawal"


def test_takes_the_multipart_form_of_an_ordinary_client(alice: User, purse: Wallet) -> None:
    headers = Api(alice)._headers
    answer = Client(headers=headers).post("/api/wallet/credit/", {"amount": "1.00"})
    assert answer.json()["balance"] == "3001.00"


@pytest.mark.parametrize(
    ("amount", "balance"),
    [('"12.34"', "12.34"), ("12.34", "12.34"), ("12", "12.00"), ("1e1", "10.00"), ("5.000", "5.00"),
     ("999999999999999999.99", "999999999999999999.99")],
)  # fmt: skip
def test_takes_json_numbers_by_their_exact_value(api: Api, amount: str, balance: str) -> None:
    answer = api.post("/api/wallet/credit/", f'{{"amount": {amount}}}', JSON)
    assert answer.status_code == 200
    assert answer.json()["balance"] == balance


def test_refuses_an_overdraft(api: Api, purse: Wallet) -> None:
    answer = form(api, "/api/wallet/debit/", amount="3000.01")
    assert answer.status_code == 400
    assert answer.json() == {"error": "Insufficient funds", "code": "insufficient_funds"}
    assert balance_of(purse) == "3000.00"


BAD = ["", "0", "0.00", "-1", "-0.01", "abc", "NaN", "Infinity", "1e3", "+1", " 1", "1,5", "0x10",
       "1_000", "\u0661", "1e999999", "9" * 19, "9" * 5000, "--1", "1.",
       ".5", "null", "None"]  # fmt: skip


@pytest.mark.parametrize("kind", MONEY)
@pytest.mark.parametrize("amount", BAD)
def test_refuses_what_is_no_amount(api: Api, purse: Wallet, kind: str, amount: str) -> None:
    path = f"/api/wallet/{kind}/"
    for answer in (form(api, path, amount=amount), multipart(api, path, amount=amount)):
        assert refused(answer) == (400, "Amount invalid", "amount_invalid")
    assert refused(api.post(path, {"amount": amount}, JSON))[2] == "amount_invalid"
    assert balance_of(purse) == "3000.00"


@pytest.mark.parametrize(
    "body", ["{}", '{"amount": null}', '{"amount": true}', '{"amount": [1]}', '{"amount": {}}',
             '{"amount": 0}', '{"amount": -5}', '{"amount": 1e999999}', '{"Amount": 1}',
             '{"amount": "\\u0000"}', '{"amount": 1000000000000000000}']
)  # fmt: skip
def test_refuses_json_that_is_no_amount(api: Api, purse: Wallet, body: str) -> None:
    answer = api.post("/api/wallet/credit/", body, JSON)
    assert refused(answer) == (400, "Amount invalid", "amount_invalid")
    assert balance_of(purse) == "3000.00"


@pytest.mark.parametrize("amount", ["0.001", "1.005", "0.000000000000000000001"])
def test_refuses_what_is_finer_than_a_cent(api: Api, purse: Wallet, amount: str) -> None:
    for answer in (
        form(api, "/api/wallet/credit/", amount=amount),
        api.post("/api/wallet/credit/", f'{{"amount": {amount}}}', JSON),
    ):
        assert refused(answer)[2] == "amount_precision"
        assert answer.status_code == 400
    assert balance_of(purse) == "3000.00"


def test_refuses_an_amount_sent_twice(api: Api, purse: Wallet) -> None:
    answer = form(api, "/api/wallet/credit/", amount=["1.00", "2.00"])
    assert refused(answer)[2] == "amount_invalid"


def test_refuses_a_missing_body(api: Api, purse: Wallet) -> None:
    answer = api.request("POST", "/api/wallet/credit/")
    assert refused(answer) == (400, "Amount invalid", "amount_invalid")
    assert answer.json()["detail"] == "Amount is missing."


def test_refuses_to_leave_the_storable_range(api: Api, purse: Wallet) -> None:
    answer = form(api, "/api/wallet/credit/", amount="999999999999999999.99")
    assert refused(answer)[2] == "balance_out_of_range"
    assert answer.status_code == 400


@pytest.mark.parametrize("kind", MONEY)
def test_refuses_a_frozen_wallet(
    api: Api, purse: Wallet, set_status: Callable[[Wallet, str], None], kind: str
) -> None:
    set_status(purse, "frozen")
    answer = form(api, f"/api/wallet/{kind}/", amount="1.00")
    assert answer.status_code == 400
    assert answer.json() == {"error": "Wallet frozen", "code": "wallet_frozen"}
    assert api.get("/api/wallet/balance/").json()["balance"] == "3000.00"


def test_a_closed_wallet_is_gone(api: Api, purse: Wallet) -> None:
    assert api.get("/api/wallet/balance/").status_code == 200
    post(purse, "-3000.00")
    assert api.delete(f"/api/wallets/{purse.pk}").status_code == 204
    for answer in (
        api.get("/api/wallet/balance/"),
        api.get("/api/wallet/transactions/"),
        form(api, "/api/wallet/credit/", amount="1.00"),
    ):
        assert refused(answer) == (404, "Wallet not found", "not_found")


def test_without_self_credit_users_only_take_out(api: Api, purse: Wallet, settings: Any) -> None:
    settings.SELF_CREDIT = False
    answer = form(api, "/api/wallet/credit/", amount="1.00")
    assert refused(answer)[::2] == (403, "self_credit_disabled")
    assert form(api, "/api/wallet/debit/", amount="1.00").status_code == 200
    assert balance_of(purse) == "2999.00"


def test_without_self_credit_staff_may_put_in(staff: User, settings: Any) -> None:
    settings.SELF_CREDIT = False
    assert form(Api(staff), "/api/wallet/credit/", amount="1.00").status_code == 200


def test_each_has_a_wallet_of_their_own(alice: User, bob: User, purse: Wallet) -> None:
    form(Api(bob), "/api/wallet/credit/", amount="7.00")
    assert Api(bob).get("/api/wallet/balance/").json()["balance"] == "7.00"
    assert Api(alice).get("/api/wallet/balance/").json()["balance"] == "3000.00"


def test_the_journal_says_who_it_was(alice: User, api: Api, purse: Wallet) -> None:
    form(api, "/api/wallet/debit/", amount="1.00")
    assert purse.entries.latest("sequence").actor_id == alice.pk
