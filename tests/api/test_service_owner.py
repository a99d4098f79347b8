"""The service owner of open mode: remembered for a second, and never longer than it is there."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.conftest import Api
from wallet_transaction_api.api import service_owner as owners
from wallet_transaction_api.api.service_owner import SERVICE, service_owner
from wallet_transaction_api.models import Wallet

pytestmark = pytest.mark.django_db(transaction=True)

DEPOSIT = {"operationType": "DEPOSIT", "amount": "1.00"}
JSON = "application/json"


@pytest.fixture(autouse=True)
def _open(settings: Any) -> Iterator[None]:
    settings.AUTH_REQUIRED = False
    owners.forget()
    yield
    owners.forget()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let so many seconds pass for what is remembered."""

    def wait(seconds: float) -> None:
        now = owners.time.monotonic() + seconds
        monkeypatch.setattr(owners.time, "monotonic", lambda: now)

    return wait


@pytest.fixture
def nobody() -> Api:
    """Return a client without a credential."""
    return Api()


def _operate(nobody: Api, wallet: Wallet) -> Any:
    return nobody.post(f"/api/v1/wallets/{wallet.uuid}/operation", DEPOSIT, JSON)


def _remove_elsewhere() -> None:
    """Delete the owner as another process would: no signal comes here."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM username_keys")
        cursor.execute("DELETE FROM auth_user WHERE username = %s", [SERVICE])


def _actors(wallet: Wallet) -> list[Any]:
    entries = wallet.entries.order_by("sequence").values_list("actor_id", flat=True)
    return list(entries)


@pytest.mark.parametrize("path", ["/api/v1/wallets/{0.uuid}", "/api/wallets", "/api/transactions"])
def test_a_second_read_asks_for_no_user(nobody: Api, alice: User, path: str) -> None:
    path = path.format(alice.default_wallet)
    nobody.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert nobody.get(path).status_code == 200
    assert not _of_users(queries)


def test_a_second_operation_asks_for_no_user(nobody: Api, alice: User) -> None:
    wallet = alice.default_wallet
    _operate(nobody, wallet)
    with CaptureQueriesContext(connection) as queries:
        assert _operate(nobody, wallet).status_code == 200
    assert not _of_users(queries)
    assert _actors(wallet) == [service_owner().pk] * 2


def test_each_request_has_its_own(alice: User) -> None:
    first = service_owner()
    first.first_name = "changed"
    assert service_owner().first_name == ""


def test_a_change_here_is_seen_at_once(alice: User) -> None:
    owner = service_owner()
    owner.first_name = "Service"
    owner.save()
    assert service_owner().first_name == "Service"


def test_a_change_elsewhere_is_seen_within_a_second(
    alice: User, later: Callable[[float], None]
) -> None:
    service_owner()
    User.objects.filter(username=SERVICE).update(first_name="Service")
    later(owners.REMEMBERED_SECONDS)
    assert service_owner().first_name == "Service"


def test_one_deleted_here_is_made_anew_at_once(nobody: Api, alice: User) -> None:
    old = service_owner().pk
    User.objects.filter(username=SERVICE).delete()
    assert _operate(nobody, alice.default_wallet).status_code == 200
    assert _actors(alice.default_wallet) == [User.objects.get(username=SERVICE).pk]
    assert service_owner().pk != old


@pytest.mark.parametrize("made_anew", [False, True])
@pytest.mark.parametrize("by", ["operation", "jsonapi", "wallet"])
def test_one_deleted_elsewhere_is_no_defect(
    nobody: Api, alice: User, later: Callable[[float], None], by: str, made_anew: bool
) -> None:
    wallet = alice.default_wallet
    service_owner()
    _remove_elsewhere()
    if made_anew:
        User.objects.bulk_create([User(username=SERVICE)])
    calls: dict[str, Callable[[], Any]] = {
        "operation": lambda: _operate(nobody, wallet),
        "jsonapi": lambda: nobody.post("/api/transactions", _transaction(wallet)),
        "wallet": lambda: nobody.post("/api/wallets", _WALLET),
    }
    answer = calls[by]()
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert "busy" in str(answer.json())
    assert _actors(wallet) == []
    later(owners.REMEMBERED_SECONDS)
    assert calls[by]().status_code in {200, 201}
    assert set(_actors(wallet)) <= {User.objects.get(username=SERVICE).pk}


_WALLET = {"data": {"type": "wallets", "attributes": {"label": "Open", "currency": "USD"}}}


def _transaction(wallet: Wallet) -> dict[str, Any]:
    linkage = {"data": {"type": "wallets", "id": str(wallet.pk)}}
    return {
        "data": {
            "type": "transactions",
            "attributes": {"amount": "1.00"},
            "relationships": {"wallet": linkage},
        }
    }


def test_one_of_a_transaction_that_is_undone_is_not_remembered() -> None:
    with transaction.atomic():
        service_owner()
        transaction.set_rollback(True)
    assert User.objects.filter(pk=service_owner().pk).exists()


def test_one_of_an_emptied_database_is_not_remembered() -> None:
    service_owner()
    call_command("flush", interactive=False, verbosity=0)
    assert User.objects.filter(pk=service_owner().pk).exists()


def test_with_credentials_required_again_nobody_acts_as_it(
    nobody: Api, alice: User, settings: Any
) -> None:
    assert _operate(nobody, alice.default_wallet).status_code == 200
    settings.AUTH_REQUIRED = True
    assert _operate(nobody, alice.default_wallet).status_code == 401
    assert nobody.get("/api/wallets").status_code == 401


def _of_users(queries: CaptureQueriesContext) -> list[str]:
    """Return the queries that ask for a user; an entry's INSERT names its actor's row."""
    selects = [query["sql"] for query in queries.captured_queries]
    return [sql for sql in selects if sql.startswith("SELECT") and "auth_user" in sql]
