"""Sequences behind their tables: named, set right by `migrate`, and never a 500."""

from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection

from tests.addresses import free_port
from tests.conftest import Answer, Api
from wallet_transaction_api import checks, outages, sequences
from wallet_transaction_api.api import permissions
from wallet_transaction_api.migrating import state
from wallet_transaction_api.models import Entry, Transaction, Wallet

ON_POSTGRESQL = connection.vendor == "postgresql"
on_postgresql = pytest.mark.skipif(not ON_POSTGRESQL, reason="the others have no sequences")
JSON = "application/json"


def _execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _value(query: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def _names() -> list[str]:
    return [each.name for each in sequences.behind()]


@pytest.fixture
def wallet(transactional_db: None, open_wallet: Callable[..., Wallet]) -> Wallet:
    """Return alice's wallet with ten transactions."""
    wallet = open_wallet("100.00")
    for number in range(9):
        Transaction.objects.create(wallet=wallet, amount=1, txid=f"t{number}")
    return wallet


@pytest.fixture
def _restored(wallet: Wallet) -> Iterator[None]:
    """Leave the sequences as logical replication does; set them right afterwards."""
    outages._logged.clear()
    _set_back("transactions", "entries")
    yield
    sequences.catch_up()


def _set_back(*tables: str) -> None:
    """Let the next id be one that is taken: tests before this one have used up the first."""
    for table in tables:
        _execute(f"SELECT setval('{table}_id_seq', (SELECT min(id) FROM {table}), false)")


BEHIND = ["entries_id_seq", "transactions_id_seq"]
restored = pytest.mark.usefixtures("_restored")


@pytest.mark.django_db
def test_none_is_behind_in_a_database_as_it_is_made(
    alice: User, open_wallet: Callable[..., Wallet]
) -> None:
    open_wallet("1.00")
    assert sequences.behind() == sequences.catch_up() == []


@on_postgresql
@restored
def test_those_behind_are_named_and_set_right() -> None:
    assert _names() == BEHIND
    assert [each.name for each in sequences.catch_up()] == BEHIND
    assert _names() == []
    last = _value("SELECT max(id) FROM transactions")
    assert _value("SELECT nextval('transactions_id_seq')") == last + 1


@on_postgresql
def test_one_that_is_ahead_or_restarted_is_left_alone(wallet: Wallet) -> None:
    _execute(f"SELECT setval('transactions_id_seq', {10**9})")
    _execute(f"ALTER SEQUENCE entries_id_seq RESTART WITH {10**9}")
    assert sequences.behind() == sequences.catch_up() == []
    assert _value("SELECT nextval('transactions_id_seq')") == 10**9 + 1
    assert _value("SELECT nextval('entries_id_seq')") == 10**9


@on_postgresql
@pytest.mark.django_db
def test_an_account_that_may_only_use_them_sees_it_too(alice: User) -> None:
    table, rows = "auth_user", f"SELECT {10**6} + id, password, is_superuser"
    names = "first_name, last_name, email, is_staff, is_active, date_joined"
    _execute(
        "CREATE ROLE w_dbck_service",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO w_dbck_service",
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO w_dbck_service",
        f"INSERT INTO {table} (id, password, is_superuser, {names}, username)"
        f" {rows}, {names}, 'copied' FROM {table} WHERE username = 'alice'",
        "SET LOCAL ROLE w_dbck_service",
    )
    assert _names() == ["auth_user_id_seq"]
    _execute(
        "RESET ROLE",
        "REVOKE USAGE ON ALL SEQUENCES IN SCHEMA public FROM w_dbck_service",
        "SET LOCAL ROLE w_dbck_service",
    )
    assert _names() == []
    _execute("RESET ROLE", "DROP OWNED BY w_dbck_service", "DROP ROLE w_dbck_service")


@on_postgresql
@restored
def test_the_probe_the_check_and_the_commands_name_them(settings: Any) -> None:
    item = "sequence transactions_id_seq at the last id of transactions"
    assert item in state.missing()
    ready = Api().get("/readyz")
    assert ready.status_code == 503
    assert item in ready.json()["missing"]
    (error,) = checks.check_in_step(databases=["default"])
    assert (error.id, item in error.msg) == ("wallet_transaction_api.E005", True)
    settings.HOST, settings.PORT = "127.0.0.1", free_port()
    with pytest.raises(CommandError, match=item):
        call_command("serve")
    out, err = StringIO(), StringIO()
    call_command("verify_ledger", stdout=out, stderr=err)
    assert "sequence transactions_id_seq is behind its table: run python manage.py migrate" in (
        err.getvalue()
    )


@on_postgresql
@restored
def test_migrate_sets_them_right_and_says_so(wallet: Wallet) -> None:
    said = StringIO()
    with pytest.raises(SystemExit):
        call_command("migrate", check_unapplied=True, plan=True, stdout=said)
    item = "sequence entries_id_seq at the last id of entries"
    assert f"To be set right, before them:\n  {item}" in said.getvalue()
    call_command("migrate", stdout=said)
    assert f"Set right: {item}" in said.getvalue()
    assert state.missing() == []
    Transaction.objects.create(wallet=wallet, amount=1)


@pytest.fixture(params=[True, False])
def _together(settings: Any, request: pytest.FixtureRequest) -> None:
    settings.GROUP_COMMIT = request.param


def _deposit(api: Api, wallet: Wallet) -> Answer:
    linkage = {"data": {"type": "wallets", "id": str(wallet.pk)}}
    attributes = {"amount": "1.00"}
    data = {"type": "transactions", "attributes": attributes, "relationships": {"wallet": linkage}}
    return api.post("/api/transactions", {"data": data})


def _operate(api: Api, wallet: Wallet) -> Answer:
    body = {"operationType": "DEPOSIT", "amount": "1.00"}
    return api.post(f"/api/v1/wallets/{wallet.uuid}/operation", body, JSON)


@on_postgresql
@restored
@pytest.mark.parametrize("send", [_deposit, _operate])
@pytest.mark.usefixtures("_together")
def test_a_posting_meanwhile_is_503_and_is_not_run_twice(
    alice: User, wallet: Wallet, caplog: Any, send: Any
) -> None:
    taken = _value("SELECT min(id) FROM transactions")
    answer = send(Api(alice), wallet)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "1")
    assert _value("SELECT last_value FROM transactions_id_seq") == taken
    assert Entry.objects.count() == 10
    (line,) = [line for line in caplog.messages if "sequence" in line]
    assert "run python manage.py migrate" in line
    call_command("migrate", verbosity=0)
    assert send(Api(alice), wallet).status_code in {200, 201}


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_so_is_an_account_made_meanwhile(alice: User, bob: User, settings: Any) -> None:
    settings.REGISTRATION_OPEN = True
    permissions.service_owner()
    _set_back("auth_user")
    try:
        body = {"username": "carol", "password": "carol-s3cret-long"}
        answer = Api().post("/api/register/", body, JSON)
        assert answer.status_code == 503
    finally:
        sequences.catch_up()
    assert Api().post("/api/register/", body, JSON).status_code == 201


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_another_key_that_is_taken_is_no_outage(alice: User) -> None:
    with pytest.raises(Exception, match="username") as caught:
        User.objects.create_user("alice")
    assert not outages.is_outage(caught.value)


@pytest.mark.skipif(ON_POSTGRESQL, reason="what PostgreSQL's sequences do not do")
@pytest.mark.django_db(transaction=True)
def test_the_other_databases_follow_every_id_that_is_inserted() -> None:
    ContentType.objects.create(pk=10**6, app_label="a", model="copied")
    if connection.vendor == "mysql":
        _execute("ALTER TABLE django_content_type AUTO_INCREMENT = 1")
    else:
        _execute("DELETE FROM sqlite_sequence WHERE name = 'django_content_type'")
    try:
        assert ContentType.objects.create(app_label="a", model="next").pk > 10**6
    finally:
        ContentType.objects.filter(app_label="a").delete()
