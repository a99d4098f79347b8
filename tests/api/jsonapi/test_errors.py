"""https://jsonapi.org/format/#errors: what is refused around the resources themselves."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError

from tests.api.jsonapi.conftest import errors, transaction_document
from tests.conftest import Api
from wallet_transaction_api.api.jsonapi import problems
from wallet_transaction_api.ledger import errors as refusals
from wallet_transaction_api.ledger import posting
from wallet_transaction_api.models import Wallet


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["wallets", "transactions/1", "wallets/1/relationships/entries"])
def test_nobody_is_answered_401(as_user: type[Api], db: None, method: str, path: str) -> None:
    answer = as_user(None).send(method, f"/api/{path}", {})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert errors(answer) == [("not_authenticated", None)]


def test_a_bad_token_is_answered_401(as_user: type[Api], db: None) -> None:
    headers = {"Authorization": "Bearer nonsense"}
    answer = as_user(None).get("/api/wallets", headers=headers)
    assert answer.status_code == 401
    assert errors(answer) == [("not_authenticated", None)]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "wallets", "GET, POST, HEAD, OPTIONS"),
        ("DELETE", "wallets", "GET, POST, HEAD, OPTIONS"),
        ("PATCH", "transactions", "GET, POST, HEAD, OPTIONS"),
        ("PUT", "wallets/{0}", "GET, PATCH, DELETE, HEAD, OPTIONS"),
        ("POST", "wallets/{0}", "GET, PATCH, DELETE, HEAD, OPTIONS"),
        ("POST", "wallets/{0}/transactions", "GET, HEAD, OPTIONS"),
        ("NONSENSE", "wallets", "GET, POST, HEAD, OPTIONS"),
    ],
)
def test_an_unsupported_method_is_answered_405(
    api: Api, rent: Wallet, method: str, path: str, allowed: str
) -> None:
    answer = api.send(method, f"/api/{path.format(rent.pk)}", {})
    assert answer.status_code == 405
    assert answer["Allow"] == allowed
    assert errors(answer) == [("method_not_allowed", None)]


def test_options_answers_with_the_methods(api: Api) -> None:
    answer = api.request("OPTIONS", "/api/wallets")
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer["Allow"] == "GET, POST, HEAD, OPTIONS"


def test_a_method_override_is_not_heeded(api: Api, rent: Wallet) -> None:
    headers = {"X-HTTP-Method-Override": "DELETE"}
    key = rent.transactions.get().pk
    assert api.get(f"/api/transactions/{key}", headers=headers).status_code == 200
    assert rent.transactions.visible().exists()


class _Failing(Api):
    """A client whose answers are 5xx by intention."""


@pytest.mark.parametrize(
    "failure",
    [refusals.LedgerBusy(), OperationalError("gone away"), InterfaceError("closed")],
)
def test_trouble_with_the_database_is_answered_503(
    alice: User, rent: Wallet, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise failure

    monkeypatch.setattr(posting, "post_one", fail)
    document = transaction_document(rent, amount="1.00")
    answer = _Failing(alice).post("/api/transactions", document)
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) >= 1
    assert answer["Content-Type"] == "application/vnd.api+json"
    assert "gone away" not in answer.content.decode()
    assert answer.json()["errors"][0]["status"] == "503"


def _subclasses(kind: type[refusals.LedgerError]) -> set[type[refusals.LedgerError]]:
    return {kind}.union(*(_subclasses(item) for item in kind.__subclasses__()))


def test_every_refusal_of_the_ledger_has_a_title() -> None:
    for kind in _subclasses(refusals.LedgerError):
        assert problems.title_of(kind.code)[0].isupper()
    assert problems.title_of("wallet_frozen") == "Wallet frozen"
    assert problems.title_of("insufficient_funds") == "Insufficient funds"
