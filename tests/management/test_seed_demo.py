"""`manage.py seed_demo` makes a demo user once and prints requests that work as they stand."""

import re
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from wallet_transaction_api.models import Transaction

pytestmark = pytest.mark.django_db(transaction=True)


def _seed() -> str:
    output = StringIO()
    call_command("seed_demo", stdout=output)
    return output.getvalue()


def test_gives_the_demo_user_some_history() -> None:
    _seed()
    user = User.objects.get(username="demo")
    assert str(user.default_wallet.balance.normalize()) == "1735.65"
    assert user.check_password("demo-wallet-1")


def test_changes_nothing_when_run_again() -> None:
    _seed()
    before = list(Transaction.objects.values())
    assert "TOKEN=" in _seed()
    assert list(Transaction.objects.values()) == before


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000/"),
        ("0.0.0.0", "http://127.0.0.1:8000/"),  # noqa: S104
        ("::1", "http://[::1]:8000/"),
    ],
)
def test_prints_where_the_server_is(settings: Any, host: str, url: str) -> None:
    settings.HOST, settings.PORT = host, 8000
    urls = re.findall(r"http\S+", _seed())
    assert urls
    assert all(found.startswith(url) for found in urls)
