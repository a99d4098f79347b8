"""What every URL of the plain faces does, whatever it is about."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.plain.conftest import FORM, JSON, balance_of, form, refused
from tests.conftest import Answer, Api
from wallet_transaction_api.models import Wallet

READS = ["/api/wallet/balance", "/api/wallet/transactions", "/api/v1/wallets/{0.uuid}"]
WRITES = ["/api/wallet/credit", "/api/wallet/debit", "/api/v1/wallets/{0.uuid}/operation"]
ACCOUNTS = ["/api/token", "/api/token/refresh", "/api/register"]
BODY = {"operationType": "DEPOSIT", "amount": 1}


@pytest.mark.parametrize("path", READS + WRITES)
def test_nobody_is_answered_401(nobody: Api, purse: Wallet, path: str) -> None:
    for method in ("GET", "POST", "PUT", "OPTIONS"):
        answer = nobody.send(method, path.format(purse), BODY, JSON)
        assert refused(answer) == (401, "Not authenticated", "not_authenticated")
        assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize(
    "credential",
    ["Bearer x", "Bearer a.b.c", "Bearer", "Bearer a b", "Basic YTpi", "Token x", "Bearer \xe9"],
)
def test_a_bad_credential_is_answered_401(nobody: Api, purse: Wallet, credential: str) -> None:
    for path in READS + WRITES:
        headers = {"Authorization": credential}
        answer = nobody.get(path.format(purse), headers=headers)
        assert refused(answer) == (401, "Token not valid", "token_not_valid")
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_the_schemes_case_does_not_matter(alice: User, nobody: Api) -> None:
    token = Api(alice)._headers["Authorization"].removeprefix("Bearer ")
    for scheme in ("bearer", "BEARER"):
        headers = {"Authorization": f"{scheme} {token}"}
        assert nobody.get("/api/wallet/balance", headers=headers).status_code == 200
        assert nobody.get("/api/wallets", headers=headers).status_code == 200


@pytest.mark.parametrize("path", READS + WRITES + ACCOUNTS)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "NONSENSE"])
def test_another_method_is_answered_405(api: Api, purse: Wallet, path: str, method: str) -> None:
    answer = api.send(method, path.format(purse), BODY, JSON)
    if (method == "GET") == (path in READS) and method in {"GET", "POST"}:
        assert answer.status_code != 405
    else:
        assert refused(answer) == (405, "Method not allowed", "method_not_allowed")
        assert answer["Allow"] == ("GET, HEAD, OPTIONS" if path in READS else "POST, OPTIONS")


def test_options_and_head_are_answered(api: Api) -> None:
    answer = api.request("OPTIONS", "/api/wallet/balance/")
    assert (answer.status_code, answer["Allow"]) == (204, "GET, HEAD, OPTIONS")
    assert api.request("HEAD", "/api/wallet/balance/").status_code == 200


@pytest.mark.parametrize("path", READS + WRITES + ACCOUNTS)
def test_nothing_that_is_answered_may_be_stored(api: Api, purse: Wallet, path: str) -> None:
    url, key = path.format(purse), {"Idempotency-Key": "again"}
    sent = [api.send("POST", url, BODY, JSON, headers=key) for _ in range(2)]
    answers = [api.get(url), *sent, api.get(url, headers={"Authorization": "Bearer x"})]
    assert {answer["Cache-Control"] for answer in answers} == {"no-store"}


@pytest.mark.parametrize("path", READS + WRITES)
def test_a_trailing_slash_is_optional(api: Api, purse: Wallet, path: str) -> None:
    for url in (path.format(purse), f"{path.format(purse)}/"):
        send = api.get(url) if path in READS else api.post(url, BODY, JSON)
        assert send.status_code == 200


def test_a_slash_too_many_or_a_newline_is_not_found(api: Api) -> None:
    for path in ("/api/wallet/balance//", "/api/wallet/balance%0A", "/api//wallet/balance"):
        assert api.get(path).status_code == 404


@pytest.mark.parametrize("content_type", [JSON, FORM, "multipart/form-data; boundary=edge"])
def test_a_huge_body_is_answered_413(api: Api, purse: Wallet, content_type: str) -> None:
    answer = api.post("/api/wallet/credit", "amount=1&x=" + "y" * 3_000_000, content_type)
    assert refused(answer) == (413, "Request too large", "request_too_large")


def test_a_member_named_twice_is_answered_400(api: Api, purse: Wallet) -> None:
    answer = api.post("/api/wallet/debit", '{"amount": 1, "amount": 40}', JSON)
    assert refused(answer)[::2] == (400, "malformed_json")
    assert balance_of(purse) == "3000.00"


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "x", "image/png", ";"])
def test_another_media_type_is_answered_415(api: Api, purse: Wallet, content_type: str) -> None:
    answer = api.post("/api/wallet/credit", "amount=1", content_type)
    assert refused(answer) == (415, "Unsupported media type", "unsupported_media_type")


def _in_chunks(api: Api, path: str, content_type: str, **how: str) -> Answer:
    """Send `amount=10` as a server hands it over that got it in chunks."""
    extra = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked", **how}
    return api.request("POST", path, data="amount=10", content_type=content_type, **extra)


@pytest.mark.parametrize("content_type", [FORM, "multipart/form-data; boundary=edge"])
@pytest.mark.parametrize("path", ["/api/wallet/credit/", "/api/wallet/debit", "/api/token/"])
@pytest.mark.parametrize("length", ["", "8", "9"])
def test_a_form_in_chunks_is_told_so(
    api: Api, purse: Wallet, content_type: str, path: str, length: str
) -> None:
    answer = _in_chunks(api, path, content_type, CONTENT_LENGTH=length)
    assert refused(answer) == (400, "Invalid form", "malformed_form")
    assert "not in chunks" in answer.json()["detail"]
    assert balance_of(purse) == "3000.00"


@pytest.mark.parametrize("content_type", ["text/plain", ""])
def test_another_media_type_in_chunks_is_answered_415_too(
    api: Api, purse: Wallet, content_type: str
) -> None:
    answer = _in_chunks(api, "/api/wallet/credit/", content_type)
    assert refused(answer) == (415, "Unsupported media type", "unsupported_media_type")


def test_too_many_fields_are_answered_400(api: Api, purse: Wallet) -> None:
    answer = api.post("/api/wallet/credit", "amount=1" + "&x=1" * 2000, FORM)
    assert refused(answer) == (400, "Invalid form", "malformed_form")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", "amount=1"),
        ("multipart/form-data; boundary=", "x"),
        ("multipart/form-data; boundary=edge", "no edge here"),
        (f"{FORM}; charset=utf-16", "amount=1"),
        (f"{FORM}; charset=nonsense", "amount=%FF"),
        (FORM, b"amount=\xff\xfe"),
        (FORM, "%"),
    ],
)
def test_a_broken_form_is_answered_400(
    api: Api, purse: Wallet, content_type: str, body: str | bytes
) -> None:
    answer = api.post("/api/wallet/credit", body, content_type)
    assert answer.status_code == 400
    assert answer.json()["code"] in {"malformed_form", "amount_invalid"}


def test_a_file_is_no_field(api: Api, purse: Wallet) -> None:
    part = (
        '--e\r\nContent-Disposition: form-data; name="amount"; filename="a"\r\n\r\n1\r\n--e--\r\n'
    )
    answer = api.post("/api/wallet/credit", part, "multipart/form-data; boundary=e")
    assert refused(answer)[2] == "amount_invalid"


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)
_NAMES = st.sampled_from(["amount", "operationType", "username", "password", "refresh", "x"])


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=_VALUES | st.dictionaries(_NAMES, _VALUES), raw=st.binary(max_size=50))
def test_whatever_is_sent_no_answer_is_a_5xx(
    api: Api, purse: Wallet, body: Any, raw: bytes
) -> None:
    for path in (*WRITES, *ACCOUNTS[1:]):
        url = path.format(purse)
        for content_type, data in ((JSON, body), (JSON, raw or b"x"), (FORM, raw or b"x")):
            answer = api.post(url, data, content_type)
            assert answer.status_code < 500
            assert answer["Content-Type"] == JSON


def test_no_cookie_is_a_credential(alice: User, nobody: Api) -> None:
    nobody._client.force_login(alice)
    assert nobody.get("/api/wallet/balance").status_code == 401
    assert form(nobody, "/api/wallet/credit", amount="1").status_code == 401
