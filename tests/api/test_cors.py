"""What a single-page application of another origin may send and read, and nobody else."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.conftest import Api

ORIGIN = "https://app.example.com"
MONEY = [
    "/api/wallets",
    "/api/transactions/1",
    "/api/wallet/credit/",
    "/api/v1/wallets/x/operation",
]
#: What a script sends: its credential, documents, conditions, keys, and the name of its request.
SENT = {
    *("accept", "authorization", "content-type", "idempotency-key"),
    *("if-match", "if-none-match", "x-request-id"),
}
#: What it acts upon; without these its browser would hide them from it.
READ = {
    *("Allow", "ETag", "Idempotent-Replayed", "Location", "Retry-After", "WWW-Authenticate"),
    "X-Request-ID",
}


@pytest.fixture(autouse=True)
def _origin(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]


@pytest.mark.parametrize("path", MONEY)
@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_preflight_is_answered_without_a_credential(path: str, method: str) -> None:
    headers = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": ",".join(sorted(SENT)),
    }
    answer = Api().request("OPTIONS", path, headers=headers)
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == ORIGIN
    assert method in answer["Access-Control-Allow-Methods"]
    assert _names(answer["Access-Control-Allow-Headers"]) >= SENT


@pytest.mark.parametrize("path", ["/api/wallets", "/api/wallet/balance/"])
def test_an_answer_may_be_read_also_when_it_refuses(alice: User, path: str) -> None:
    for api, status in ((Api(alice), 200), (Api(), 401)):
        answer = api.get(path, headers={"Origin": ORIGIN})
        assert answer.status_code == status
        assert answer["Access-Control-Allow-Origin"] == ORIGIN
        assert _names(answer["Access-Control-Expose-Headers"]) == READ


def test_no_cookie_is_taken_from_another_origin(alice: User) -> None:
    answer = Api(alice).get("/api/wallet/balance/", headers={"Origin": ORIGIN})
    assert "Access-Control-Allow-Credentials" not in answer


def test_another_origin_is_told_nothing(alice: User) -> None:
    answer = Api(alice).get("/api/wallet/balance/", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in answer


def _names(header: str) -> set[str]:
    return {name.strip() for name in header.split(",")}
