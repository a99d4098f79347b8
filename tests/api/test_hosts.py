"""`Host`: one of `ALLOWED_HOSTS`, of a length and with a port that exist; a probe's, any."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.api.test_trouble import JSONAPI_PATHS, PLAIN_PATHS, code_of
from tests.conftest import Api
from wallet_transaction_api.api.hosts import HIGHEST_PORT, LONGEST, PROBES, is_possible

LONG = "a" * LONGEST
IMPOSSIBLE = [
    *(f"localhost:{port}" for port in ("0", "00", "65536", "9" * 200, "", "x", "-1", "8 0")),
    *("[::1]:0", "[::1]:65536", "localhost:\u0663", "localhost:80\u00b2"),
    *(f"{LONG}a", f"{LONG}:80", f"localhost:{'0' * LONGEST}1"),
]
POSSIBLE = [
    *("localhost", "localhost:1", f"localhost:{HIGHEST_PORT}", "localhost:08000", "LOCALHOST."),
    *("[::1]", "[::1]:8000", "127.0.0.1:80", LONG),
]
FOREIGN = ["evil.example", "a b", "a_b", "\u00e9.example", *IMPOSSIBLE]


@pytest.mark.parametrize("host", POSSIBLE)
def test_a_host_of_a_server_is_taken(alice: User, settings: Any, host: str) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    answer = Api(alice).get("/api/wallets", headers={"Host": host})
    assert answer.status_code == 200
    assert answer.json()["links"]["self"] == f"http://{host}/api/wallets"


@pytest.mark.parametrize("host", IMPOSSIBLE)
def test_a_host_of_no_server_is_not(host: str) -> None:
    assert not is_possible(host)


@pytest.mark.parametrize("host", IMPOSSIBLE)
def test_it_is_rejected_whatever_hosts_are_allowed(alice: User, settings: Any, host: str) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    for path in ("/api/wallets", "/api/wallet/balance/"):
        answer = Api(alice).get(path, headers={"Host": host})
        assert (answer.status_code, code_of(answer)) == (400, "bad_request")
        assert len(answer.content) < 1000
    assert Api().get("/admin/login/", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize(
    ("host", "debug"),
    [*((host, False) for host in FOREIGN), ("evil.example", True), ("localhost:0", True)],
)
def test_the_apis_reject_it_in_json(settings: Any, host: str, debug: bool) -> None:
    settings.ALLOWED_HOSTS, settings.DEBUG = ["localhost"], debug
    for path in PLAIN_PATHS + JSONAPI_PATHS:
        answer = Api().get(path, headers={"Host": host})
        assert (answer.status_code, code_of(answer)) == (400, "bad_request")


@pytest.mark.parametrize("allowed", [["localhost"], [".example.com"], ["[::1]"], ["*"], []])
@pytest.mark.parametrize("host", FOREIGN)
def test_a_probe_is_answered(db: None, settings: Any, host: str, allowed: list[str]) -> None:
    settings.ALLOWED_HOSTS, settings.DEBUG = allowed, not allowed  # Django allows none otherwise
    for path in PROBES:
        answer = Api().get(path, headers={"Host": host})
        assert answer.status_code == 200
        assert host.encode() not in answer.content
