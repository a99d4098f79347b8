"""What goes wrong outside the views, in the dialect of the face that was asked."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest
from django.middleware.common import CommonMiddleware

from tests.conftest import JSONAPI, Answer, Api
from wallet_transaction_api import outages
from wallet_transaction_api.api import credentials
from wallet_transaction_api.ledger import errors, group_commit

PLAIN_PATHS = ["/api/wallet/balance/", "/api/token/", "/api/register", "/api/v1/wallets/x"]
JSONAPI_PATHS = ["/api/wallets", "/api/transactions/1", "/api/nosuch", "/api/walletsx", "/api"]


def code_of(answer: Answer) -> str:
    """Return the error's code, from either dialect."""
    body = answer.json()
    if answer["Content-Type"] == JSONAPI:
        error = body["errors"][0]
        assert error["status"] == str(answer.status_code)
        return str(error["code"])
    assert answer["Content-Type"] == "application/json"
    assert body["error"]
    return str(body["code"])


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize(
    ("path", "content_type"),
    [("/api/nosuch", JSONAPI), ("/api/walletsx/1", JSONAPI),
     ("/api/wallets/1/2/3/4", JSONAPI), ("/api//wallets", JSONAPI), ("/api/wallets%0A", JSONAPI),
     ("/api/wallet", "application/json"), ("/api/wallet/nosuch/", "application/json"),
     ("/api/token/nosuch", "application/json"), ("/api/v1", "application/json"),
     ("/api/v1/wallets/", "application/json"), ("/api/v1/wallets/x/nosuch", "application/json")],
)  # fmt: skip
def test_an_unknown_path_is_not_found(
    path: str, content_type: str, settings: Any, debug: bool
) -> None:
    settings.DEBUG = debug
    for method in ("GET", "POST", "DELETE"):
        answer = Api().send(method, path, {}, "application/json")
        assert answer.status_code == 404
        assert answer["Content-Type"] == content_type
        assert code_of(answer) == "not_found"


def test_elsewhere_django_answers() -> None:
    for path in ("/nosuch", "/apis", "/apiary/x"):
        answer = Api().get(path)
        assert answer.status_code == 404
        assert answer["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("path", PLAIN_PATHS + JSONAPI_PATHS)
def test_a_foreign_host_is_refused(path: str) -> None:
    answer = Api().get(path, headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert code_of(answer) == "bad_request"


@pytest.mark.parametrize("failure", [OperationalError("secret"), InterfaceError("secret")])
@pytest.mark.parametrize("path", PLAIN_PATHS + JSONAPI_PATHS)
def test_a_database_that_fails_in_middleware_is_answered_503(
    monkeypatch: pytest.MonkeyPatch, path: str, failure: Exception
) -> None:
    monkeypatch.setattr(CommonMiddleware, "process_request", _raiser(failure))
    answer = Api().get(path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert code_of(answer) == "unavailable"
    assert b"secret" not in answer.content


@pytest.mark.parametrize("path", ["/api/wallet/balance/", "/api/v1/wallets/x", "/api/wallets"])
def test_a_database_that_fails_in_authentication_is_answered_503(
    alice: User, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    failing = _raiser(OperationalError("secret"))
    monkeypatch.setattr(credentials.BearerToken, "get_user", failing)
    answer = Api(alice).get(path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert code_of(answer) == "unavailable"


@pytest.mark.parametrize("failure", [OperationalError("secret"), errors.LedgerBusy()])
def test_a_database_that_fails_in_the_admin_is_answered_503(
    staff: User, monkeypatch: pytest.MonkeyPatch, failure: Exception, caplog: Any
) -> None:
    api = Api()
    api._client.force_login(staff)
    assert api.get("/admin").status_code == 200
    monkeypatch.setattr(outages, "_logged", {})
    monkeypatch.setattr("django.contrib.admin.sites.AdminSite.each_context", _raiser(failure))
    answer = api.get("/admin/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert b"secret" not in answer.content
    is_outage = isinstance(failure, OperationalError)
    assert ("the database is unavailable: OperationalError: secret" in caplog.text) == is_outage


@pytest.mark.parametrize("path", ["/api/wallet/credit/", "/api/v1/wallets/{0.uuid}/operation"])
@pytest.mark.parametrize(
    ("failure", "answered"),
    [
        (errors.LedgerBusy(), (503, "busy")),
        (OperationalError("secret"), (503, "unavailable")),
        (RuntimeError("secret"), (500, "internal_error")),
    ],
)
def test_what_fails_while_money_moves_is_answered(
    alice: User, monkeypatch: pytest.MonkeyPatch, path: str, failure: Exception, answered: Any
) -> None:
    body = {"operationType": "DEPOSIT", "amount": 1}
    monkeypatch.setattr(group_commit, "post_one", _raiser(failure))
    answer = Api(alice).post(path.format(alice.default_wallet), body, "application/json")
    assert (answer.status_code, code_of(answer)) == answered
    assert b"secret" not in answer.content


def test_a_defect_of_ours_is_a_document_on_the_jsonapi_face(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = _raiser(RuntimeError("secret"))
    monkeypatch.setattr("wallet_transaction_api.api.jsonapi.parameters.read", failing)
    answer = Api(alice).get("/api/wallets")
    assert (answer.status_code, code_of(answer)) == (500, "internal_error")
    assert b"secret" not in answer.content


def _raiser(failure: Exception) -> Callable[..., None]:
    def fail(*args: HttpRequest, **kwargs: Any) -> None:
        raise failure

    return fail
