"""The cast and the tools of every test: alice owns, bob is a stranger, staff may act on all."""

import json
import logging
import os
from collections.abc import Callable, Iterator
from decimal import Decimal
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import caches
from django.test import Client, TestCase
from rest_framework_simplejwt.tokens import AccessToken

from wallet_transaction_api.api.jsonapi import own
from wallet_transaction_api.cache import directory
from wallet_transaction_api.ledger import wallets
from wallet_transaction_api.models import Wallet

pytest_plugins = ["tests.flushing", "tests.scheduling", "tests.environment"]


def _own_redis_database() -> None:
    """Give each xdist worker a Redis database: their wallets have the same ids."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    if settings.REDIS_URL:
        parts = urlsplit(settings.REDIS_URL)
        number = int(parts.path.strip("/") or 0) + int(worker)
        settings.REDIS_URL = parts._replace(path=f"/{number}").geturl()
        for each in settings.CACHES.values():
            each["LOCATION"] = settings.REDIS_URL


_own_redis_database()
# Each test client would look through all static files of the admin before its first request.
settings.WHITENOISE_AUTOREFRESH = True

JSONAPI = "application/vnd.api+json"
Answer = Any


class Api:
    """An HTTP client of one user (or of nobody); after-commit work runs as it does for real."""

    def __init__(self, user: User | None = None) -> None:
        self._client = Client(raise_request_exception=False)
        self._headers = {"Authorization": f"Bearer {AccessToken.for_user(user)}"} if user else {}

    def request(self, method: str, path: str, **extra: Any) -> Answer:
        """Send any request; `headers` are added to the credential."""
        headers = {**self._headers, **extra.pop("headers", {})}
        with TestCase.captureOnCommitCallbacks(execute=True):
            return self._client.generic(method, path, headers=headers, **extra)

    def get(self, path: str, **extra: Any) -> Answer:
        """GET."""
        return self.request("GET", path, **extra)

    def send(
        self, method: str, path: str, body: Any, content_type: str = JSONAPI, **extra: Any
    ) -> Answer:
        """Send a JSON body; a string or bytes go as they are."""
        data = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.request(method, path, data=data, content_type=content_type, **extra)

    def post(self, path: str, body: Any, content_type: str = JSONAPI) -> Answer:
        """POST, a JSON:API document unless another type is given."""
        return self.send("POST", path, body, content_type)

    def patch(self, path: str, body: Any, content_type: str = JSONAPI) -> Answer:
        """PATCH, likewise."""
        return self.send("PATCH", path, body, content_type)

    def delete(self, path: str, **extra: Any) -> Answer:
        """DELETE."""
        return self.request("DELETE", path, **extra)


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    _clear_caches()
    directory.forget()  # an emptied database may give the ids anew
    own._with_more.clear()
    yield
    _clear_caches()


def _clear_caches() -> None:
    for name in settings.CACHES:
        caches[name].clear()


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    """Spare each user a fifth of a second: how passwords are hashed is Django's business."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Return what the configured handler writes."""
    stream, handlers = StringIO(), logging.getLogger().handlers
    handler = next(each for each in handlers if type(each) is logging.StreamHandler)
    before = handler.setStream(stream)
    yield stream
    handler.setStream(before)


@pytest.fixture
def alice(db: None) -> User:
    """Return the owner."""
    return User.objects.create_user("alice", password="alice-s3cret")


@pytest.fixture
def bob(db: None) -> User:
    """Return the stranger."""
    return User.objects.create_user("bob", password="bob-s3cret")


@pytest.fixture
def staff(db: None) -> User:
    """Return staff with every permission."""
    return User.objects.create_superuser("staff", password="staff-s3cret")


@pytest.fixture
def as_user() -> Callable[[User | None], Api]:
    """Make a client of a user, or of nobody."""
    return Api


@pytest.fixture
def open_wallet(alice: User) -> Callable[..., Wallet]:
    """Open a wallet, alice's unless told otherwise: `open_wallet("100.00", label="Rent")`."""

    def make(
        balance: str = "0", *, owner: User = alice, label: str = "Wallet", **more: Any
    ) -> Wallet:
        return wallets.open_wallet(owner_id=owner.pk, label=label, balance=Decimal(balance), **more)

    return make
