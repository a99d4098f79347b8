"""A signed token with any claims whatever is either good or 401, on every API; never a failure."""

import json
import math
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from tests.api.plain.conftest import JSON
from tests.conftest import Api
from wallet_transaction_api.api import credentials

#: What is no instant and no user.
STRANGE = [
    *([], [1], {}, {"a": 1}, True, False, None, "", "x", "1x", " 1", "\u0661", "NaN", "a\0b"),
    *(1.5, math.nan, math.inf, -math.inf, -1, 10**12, 2**63, 2**64, 10**30, -(10**30)),
    *("9" * 5000, "\ud800", ["x"] * 1000),
]
CLAIMS = ["exp", "user_id", "token_type", "hash_password", "jti"]
#: The claims that no token of ours has.
OTHERS = ["iat", "nbf", "iss", "aud", "sub", "kid", "crit", "unknown"]


@pytest.fixture(autouse=True)
def _uncounted(settings: Any) -> None:
    settings.THROTTLE_LOGIN = None
    credentials.forget()


def _signed(claims: dict[str, Any], headers: dict[str, Any] | None = None) -> str:
    """Sign any claims; PyJWT's own `encode` checks some of them."""
    payload = _json(claims)
    return jwt.api_jws.encode(payload, django_settings.SECRET_KEY, "HS256", headers=headers)


def _json(claims: dict[str, Any]) -> bytes:
    return json.dumps(claims).encode()


@pytest.fixture
def access(alice: User) -> Callable[..., str]:
    """Sign alice's access token with other claims."""

    def make(**claims: Any) -> str:
        return _signed({**AccessToken.for_user(alice).payload, **claims})

    return make


@pytest.fixture
def refresh(alice: User) -> Callable[..., str]:
    """Sign alice's refresh token with other claims."""

    def make(**claims: Any) -> str:
        return _signed({**RefreshToken.for_user(alice).payload, **claims})

    return make


def _statuses(token: str, alice: User) -> set[int]:
    """Return what each API answers to the token."""
    paths = ["/api/wallets", "/api/wallet/balance", f"/api/v1/wallets/{alice.default_wallet.uuid}"]
    api, headers = Api(), {"Authorization": f"Bearer {token}"}
    statuses = {int(api.get(path, headers=headers).status_code) for path in paths}
    body = {"atomic:operations": []}
    atomic = 'application/vnd.api+json; ext="https://jsonapi.org/ext/atomic"'
    answer = api.send("POST", "/api/operations", body, atomic, headers=headers)
    return statuses | {200 if answer.status_code == 400 else int(answer.status_code)}


def _renewal(token: str) -> int:
    return int(Api().post("/api/token/refresh/", {"refresh": token}, JSON).status_code)


@pytest.mark.parametrize("value", STRANGE, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("claim", CLAIMS)
def test_a_strange_claim_is_401(claim: str, value: Any, alice: User, access: Any) -> None:
    if claim == "jti" and isinstance(value, str):
        return
    assert _statuses(access(**{claim: value}), alice) == {401}


@pytest.mark.parametrize("value", STRANGE, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("claim", CLAIMS)
def test_a_strange_claim_of_a_refresh_token_is_401(claim: str, value: Any, refresh: Any) -> None:
    if claim == "jti" and isinstance(value, str):
        return
    assert _renewal(refresh(**{claim: value})) == 401


@pytest.mark.parametrize("value", STRANGE, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("claim", OTHERS)
def test_no_other_claim_is_a_failure(
    claim: str, value: Any, alice: User, access: Any, refresh: Any
) -> None:
    (status,) = _statuses(access(**{claim: value}), alice)
    assert status in {200, 401}
    assert _renewal(refresh(**{claim: value})) in {200, 401}


@pytest.mark.parametrize("claim", ["exp", "user_id", "token_type", "hash_password", "jti"])
def test_a_missing_claim_is_401(claim: str, alice: User) -> None:
    for kind in (AccessToken, RefreshToken):
        payload = kind.for_user(alice).payload
        del payload[claim]
        if kind is AccessToken:
            assert _statuses(_signed(payload), alice) == {401}
        else:
            assert _renewal(_signed(payload)) == 401


@pytest.mark.parametrize("value", STRANGE, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("name", ["kid", "crit", "typ", "cty", "x5c", "b64"])
def test_no_header_is_a_failure(name: str, value: Any, alice: User) -> None:
    payload = AccessToken.for_user(alice).payload
    try:
        token = _signed(payload, {name: value})
    except jwt.PyJWTError:
        return
    assert _statuses(token, alice) <= {200, 401}


@pytest.mark.parametrize(
    "payload",
    [b"[]", b"1", b"null", b'"x"', b"{", b"", b"[" * 50_000, b'{"exp": %s}' % (b"9" * 5000)],
)
def test_what_is_no_object_is_401(payload: bytes, alice: User) -> None:
    token = jwt.api_jws.encode(payload, django_settings.SECRET_KEY, "HS256")
    assert _statuses(token, alice) == {401}
    assert _renewal(token) == 401


def test_a_user_who_is_gone_is_401(alice: User, access: Any) -> None:
    assert _statuses(access(user_id=str(alice.pk + 1000)), alice) == {401}


def test_the_users_key_may_be_a_number(alice: User, access: Any) -> None:
    assert _statuses(access(user_id=alice.pk), alice) == {200}


@pytest.mark.parametrize("claim", ["iat", "nbf"])
@pytest.mark.parametrize("ahead", [1, 8, 13])
def test_clocks_may_differ_by_ten_seconds(
    claim: str, ahead: int, alice: User, access: Any, refresh: Any
) -> None:
    moment, status = int(time.time()) + ahead, 200 if ahead < 10 else 401
    assert _statuses(access(**{claim: moment}), alice) == {status}
    assert _renewal(refresh(**{claim: moment})) == status


@pytest.mark.parametrize("ago", [1, 5, 11])
def test_an_expired_token_has_no_leeway(ago: int, alice: User, access: Any, refresh: Any) -> None:
    moment = int(time.time()) - ago
    assert _statuses(access(exp=moment), alice) == {401}
    assert _renewal(refresh(exp=moment)) == 401


def test_a_refresh_token_is_no_access_token(alice: User, access: Any, refresh: Any) -> None:
    assert _statuses(refresh(), alice) == {401}
    assert _renewal(access()) == 401


def test_a_renewed_token_has_the_claims_of_ours_only(alice: User, refresh: Any) -> None:
    body = {"refresh": refresh(iss="somebody", sub="else")}
    token = Api().post("/api/token/refresh/", body, JSON).json()["access"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert sorted(claims) == ["exp", "hash_password", "iat", "jti", "token_type", "user_id"]
