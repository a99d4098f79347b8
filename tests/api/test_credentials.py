"""A token that was good is taken as good for a moment, and never for longer."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission, User
from django.test.utils import CaptureQueriesContext
from rest_framework_simplejwt.tokens import AccessToken

from tests.conftest import Api
from wallet_transaction_api.api import credentials

BALANCE = "/api/wallet/balance"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    credentials.forget()
    yield
    credentials.forget()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let so many seconds pass for what is remembered."""

    def wait(seconds: float) -> None:
        now = credentials.time.monotonic() + seconds
        monkeypatch.setattr(credentials.time, "monotonic", lambda: now)

    return wait


def test_a_second_request_asks_for_no_user(alice: User, django_assert_max_num_queries: Any) -> None:
    api = Api(alice)
    api.get(BALANCE)
    with django_assert_max_num_queries(10) as queries:
        assert api.get(BALANCE).status_code == 200
    assert not _of_users(queries)


def test_a_deactivated_user_is_refused_at_once(alice: User) -> None:
    api = Api(alice)
    assert api.get(BALANCE).status_code == 200
    alice.is_active = False
    alice.save()
    assert api.get(BALANCE).status_code == 401


def test_one_deactivated_elsewhere_is_refused_within_a_second(alice: User, later: Any) -> None:
    api = Api(alice)
    assert api.get(BALANCE).status_code == 200
    User.objects.filter(pk=alice.pk).update(is_active=False)
    later(credentials.REMEMBERED_SECONDS)
    assert api.get(BALANCE).status_code == 401


def test_one_with_a_password_of_elsewhere_is_refused_within_a_second(
    alice: User, later: Any
) -> None:
    api = Api(alice)
    assert api.get(BALANCE).status_code == 200
    User.objects.filter(pk=alice.pk).update(password=make_password("another"))
    later(credentials.REMEMBERED_SECONDS)
    assert api.get(BALANCE).status_code == 401
    assert api.get("/api/wallets").status_code == 401


def test_a_token_that_ends_sooner_is_not_remembered_longer(alice: User, later: Any) -> None:
    token = AccessToken.for_user(alice)
    token.set_exp(lifetime=timedelta(seconds=0.3))
    credentials._remember(b"t", (alice, token))
    assert credentials._remembered[b"t"][0] <= credentials.time.monotonic() + 0.3


def test_permissions_are_asked_for_anew_by_each_request(alice: User, bob: User) -> None:
    alice.is_staff = True
    alice.save()
    wallet, api = bob.default_wallet, Api(alice)
    assert api.get(f"/api/wallets/{wallet.pk}").status_code == 404
    alice.user_permissions.add(Permission.objects.get(codename="view_wallet"))
    assert api.get(f"/api/wallets/{wallet.pk}").status_code == 200


def test_no_more_tokens_are_remembered_than_fit(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credentials, "MOST_REMEMBERED", 3)
    for _ in range(5):
        Api(alice).get(BALANCE)
    assert len(credentials._remembered) <= 3


def _of_users(queries: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in queries.captured_queries if "auth_user" in query["sql"]]
