"""What browsers and proxies may keep of an answer, on every API and for every outcome."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError

from tests.api.jsonapi.conftest import transaction_document, update, wallet_document
from tests.conftest import JSONAPI, Answer, Api
from wallet_transaction_api.api.jsonapi import views
from wallet_transaction_api.models import Wallet

OWN = ("private, no-cache", {"Accept", "Authorization"})


def _said(answer: Answer) -> tuple[int, str | None, set[str]]:
    """Return what is said for whom; by `Origin` answers vary too."""
    vary = set(answer.get("Vary", "").split(", ")) - {"origin"}
    return answer.status_code, answer.get("Cache-Control"), vary


@pytest.fixture
def api(alice: User) -> Api:
    return Api(alice)


@pytest.fixture
def rent(open_wallet: Callable[..., Wallet]) -> Wallet:
    return open_wallet("100.00", label="Rent")


def test_json_api_answers_are_the_callers_and_asked_for_anew(api: Api, rent: Wallet) -> None:
    url, broke = f"/api/wallets/{rent.pk}", transaction_document(rent, amount="-500.00")
    tag = api.get(url)["ETag"]
    answers = [
        (200, api.get("/api")),
        (200, api.get("/api/wallets")),
        (200, api.get(f"{url}/relationships/transactions")),
        (200, api.request("HEAD", url)),
        (204, api.request("OPTIONS", url)),
        (304, api.get(url, headers={"If-None-Match": tag})),
        (201, api.post("/api/wallets", wallet_document(label="New"))),
        (200, api.patch(url, update("wallets", rent.pk, label="Home"))),
        (422, api.post("/api/transactions", broke)),
        (400, api.get("/api/wallets?nonsense=1")),
        (401, Api().get("/api/wallets")),
        (404, api.get("/api/wallets/0")),
        (405, api.request("PUT", url)),
        (406, api.get(url, headers={"Accept": "text/html"})),
        (412, api.get(url, headers={"If-Match": '"other"'})),
        (415, api.post("/api/wallets", {}, "text/plain")),
        (404, api.get("/api/nothing")),
        (400, api.get("/api/wallets", headers={"Host": "elsewhere.example"})),
    ]
    assert [_said(answer) for _, answer in answers] == [(status, *OWN) for status, _ in answers]


def test_a_kept_answer_says_the_same(api: Api, rent: Wallet) -> None:
    body, key = transaction_document(rent, amount="1.00"), {"Idempotency-Key": "one"}
    sent = [api.send("POST", "/api/transactions", body, JSONAPI, headers=key) for _ in range(2)]
    assert [_said(answer) for answer in sent] == [(201, *OWN)] * 2
    gone = f"/api/transactions/{sent[0].json()['data']['id']}"
    key = {"Idempotency-Key": "two"}
    assert [_said(api.delete(gone, headers=key)) for _ in range(2)] == [(204, *OWN)] * 2


@pytest.mark.parametrize(("error", "status"), [(OperationalError, 503), (ZeroDivisionError, 500)])
def test_trouble_is_nobodys_to_keep_either(
    api: Api, rent: Wallet, monkeypatch: pytest.MonkeyPatch, error: type[Exception], status: int
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(views.ResourceView, "get", fail)
    assert _said(api.get(f"/api/wallets/{rent.pk}")) == (status, *OWN)


def test_plain_answers_are_not_kept_at_all(api: Api, rent: Wallet) -> None:
    operation = f"/api/v1/wallets/{rent.uuid}/operation"
    answers = [
        api.get("/api/wallet/balance"),
        api.get("/api/wallet/transactions"),
        api.get(f"/api/v1/wallets/{rent.uuid}"),
        api.post(operation, {"operationType": "DEPOSIT", "amount": "1"}, "application/json"),
        api.post(operation, {"operationType": "NOTHING"}, "application/json"),
        Api().get("/api/wallet/balance"),
        api.get("/api/wallet/nothing"),
        api.get("/api/wallet/balance", headers={"Host": "elsewhere.example"}),
    ]
    assert {answer["Cache-Control"] for answer in answers} == {"no-store"}
