"""MySQL and MariaDB: names and answers are stored in utf8mb4, whatever the defaults were."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection

from tests.conftest import Api
from tests.migrating.conftest import Scratch
from wallet_transaction_api.migrating import charsets, state
from wallet_transaction_api.models import Wallet

pytestmark = pytest.mark.skipif(connection.vendor != "mysql", reason="MySQL's character sets")
Migrate = Callable[..., str]
NAME = "Иван 🦊"
# What an earlier version made under a default of latin1, with a text that latin1 can store.
OLD = (
    (
        "ALTER TABLE auth_user CHARACTER SET latin1,"
        " MODIFY username varchar(150) CHARACTER SET latin1 NOT NULL,"
        " MODIFY first_name varchar(150) CHARACTER SET latin1 NOT NULL"
    ),
    (
        "ALTER TABLE idempotency_records CHARACTER SET latin1,"
        " MODIFY body longtext CHARACTER SET latin1 NOT NULL"
    ),
    "ALTER TABLE wallets CHARACTER SET latin1",
)


def _execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _utf8mb4_only() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = database()"
            " AND character_set_name <> 'utf8mb4' AND table_name <> 'alembic_version'"
        )
        return bool(cursor.fetchone()[0] == 0)


def test_a_database_of_another_default_is_given_ours(scratch: Scratch, migrate: Migrate) -> None:
    _execute("ALTER DATABASE CHARACTER SET latin1")
    said = migrate()
    assert "Set right: default character set utf8mb4 (it is latin1)" in said
    assert _utf8mb4_only()
    assert User.objects.create_user(NAME).username == User.objects.get().username == NAME


def test_tables_made_under_another_default_are_converted(
    scratch: Scratch, migrate: Migrate
) -> None:
    migrate()
    _execute("ALTER DATABASE CHARACTER SET latin1", *OLD)
    user = User.objects.create_user("josé", first_name="José")
    wrong = [
        "default character set utf8mb4 (it is latin1)",
        *(f"table {name} in utf8mb4" for name in ("auth_user", "idempotency_records", "wallets")),
    ]
    assert sorted(state.missing()) == sorted(wrong)
    said = migrate()
    assert all(f"Set right: {item}" in said for item in wrong)
    assert state.missing() == []
    assert _utf8mb4_only()
    assert User.objects.get(first_name="José").pk == user.pk
    User.objects.create_user(NAME)
    assert "Set right" not in migrate()


def test_a_database_that_is_not_converted_is_named(scratch: Scratch, migrate: Migrate) -> None:
    migrate()
    _execute(OLD[1])
    assert "table idempotency_records in utf8mb4" in Api().get("/readyz").json()["missing"]
    done = scratch.run("manage.py", "check", "--database", "default")
    assert done.returncode == 1
    assert "(wallet_transaction_api.E005)" in done.stderr
    assert scratch.run("manage.py", "migrate", "--check").returncode == 1
    planned = scratch.run("manage.py", "migrate", "--plan").stdout
    assert "To be set right, before them:\n  table idempotency_records in utf8mb4" in planned
    assert charsets.foreign()
    served = scratch.run("manage.py", "serve", HOST="127.0.0.1", PORT="1")
    assert served.returncode == 1


def test_a_key_is_kept_once_they_are(scratch: Scratch, migrate: Migrate) -> None:
    migrate()
    _execute(*OLD)
    migrate()
    owner = User.objects.create_user(NAME)
    wallet = Wallet.objects.create(owner=owner, label=NAME)
    attributes = {"amount": "5.00", "description": NAME}
    linkage = {"data": {"type": "wallets", "id": str(wallet.pk)}}
    document = {"data": {"type": "transactions", "attributes": attributes}}
    document["data"]["relationships"] = {"wallet": linkage}
    for replayed in (None, "true"):
        answer = Api(owner).send(
            "POST", "/api/transactions", document, headers={"Idempotency-Key": "k"}
        )
        assert answer.status_code == 201
        assert answer.headers.get("Idempotent-Replayed") == replayed


def test_a_column_with_a_default_of_its_own_is_left_to_its_owner(
    scratch: Scratch, migrate: Migrate
) -> None:
    migrate()
    _execute("ALTER TABLE auth_user MODIFY email varchar(254) CHARACTER SET latin1 DEFAULT 'x'")
    assert Api().get("/readyz").json()["missing"] == ["table auth_user in utf8mb4"]
    done = scratch.run("manage.py", "migrate")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "CommandError: email has a default: convert its table to utf8mb4 by hand"
    ]
