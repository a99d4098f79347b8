"""What a database lacks is named, and `migrate` brings it."""

from io import StringIO

import pytest
from alembic.util import CommandError as AlembicError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.migrating.conftest import Scratch
from wallet_transaction_api import checks
from wallet_transaction_api.migrating import guards, indexes, revisions, state

pytestmark = pytest.mark.usefixtures("scratch")


def _migrate(**options: bool) -> str:
    out = StringIO()
    call_command("migrate", stdout=out, **options)
    return out.getvalue()


def _execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def test_names_everything_on_an_empty_database() -> None:
    lacking = state.missing()
    assert "migration wallet_transaction_api.0001_initial" in lacking
    pending = [f"revision {title}" for title in revisions.pending()]
    assert pending
    assert lacking[-len(pending) :] == pending


def test_names_a_migration_that_is_not_recorded() -> None:
    _migrate()
    _execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    assert state.missing() == ["migration sessions.0001_initial"]


def test_names_the_revisions_after_the_applied_one() -> None:
    _migrate()
    _execute("UPDATE alembic_version SET version_num = '0003'")
    assert state.missing() == [
        "revision 0004 transactions by time",
        "revision 0005 transactions by amount",
        "revision 0006 append-only seals",
        "revision 0007 append-only audit records",
        "revision 0008 append-only journal of holds",
        "revision 0009 holds by wallet",
        "revision 0010 append-only tables are not truncated",
    ]


def test_lost_triggers_and_indexes_are_named_and_put_back() -> None:
    _migrate()
    trigger = guards.names(connection.vendor)[0]
    _execute(guards.drop_statements(connection.vendor)[0])
    _execute(*indexes.BY_TIME.drop_statements(connection.vendor))
    lost = [f"trigger {trigger}", f"index {indexes.BY_TIME.name}"]
    assert state.missing() == lost
    assert [line for line in _migrate().splitlines() if "Put back" in line] == [
        f"Put back: {name}" for name in lost
    ]
    assert state.missing() == []


def test_the_answer_costs_a_few_small_queries() -> None:
    _migrate()
    with CaptureQueriesContext(connection) as queries:
        state.missing()
    assert len(queries) < 16


def test_check_tells_by_its_exit_status() -> None:
    with pytest.raises(SystemExit):
        _migrate(check_unapplied=True)
    _migrate()
    _migrate(check_unapplied=True)
    _execute(*indexes.BY_TIME.drop_statements(connection.vendor))
    with pytest.raises(SystemExit):
        _migrate(check_unapplied=True)
    assert state.missing() == [f"index {indexes.BY_TIME.name}"]


def test_plan_names_alembics_part_and_does_nothing() -> None:
    said = _migrate(plan=True)
    assert "revision 0002 daily totals" in said
    assert "Create model Entry" in said
    assert "entries" not in connection.introspection.table_names()


def test_fake_touches_nothing_of_alembics() -> None:
    _migrate(fake=True)
    assert revisions.applied() == set()
    assert all(item.startswith("revision") for item in state.missing())


def test_a_database_that_newer_code_migrated_lacks_nothing_and_is_left_alone() -> None:
    _migrate()
    _execute("UPDATE alembic_version SET version_num = '9999'")
    assert state.missing() == []
    assert "Alembic is at 9999, newer than this code" in _migrate()
    assert revisions.applied() == {"9999"}


def test_another_programs_revision_is_not_taken_for_a_newer_one() -> None:
    _execute("CREATE TABLE alembic_version (version_num varchar(32) NOT NULL)")
    _execute("INSERT INTO alembic_version VALUES ('abc123')")
    assert [item for item in state.missing() if item.startswith("revision 0001 ")]
    with pytest.raises(CommandError, match=r"another program's.*abc123"):
        call_command("migrate", verbosity=0)
    assert "wallets" not in connection.introspection.table_names()


def test_another_programs_table_is_told_in_one_line() -> None:
    _execute("CREATE TABLE wallets (id integer)")
    with pytest.raises(CommandError, match=r"^database: .*wallets.*already exists"):
        call_command("migrate", verbosity=0)


def test_alembic_before_django_is_told_the_order() -> None:
    with pytest.raises(AlembicError, match=r"first: run python manage\.py migrate"):
        revisions.upgrade()
    assert revisions.applied() == set()


def test_an_alembic_refusal_is_the_commands_own_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**options: object) -> None:
        raise AlembicError("no")

    monkeypatch.setattr(revisions, "upgrade", refuse)
    with pytest.raises(CommandError, match="no"):
        _migrate()


def test_the_system_check_says_the_same() -> None:
    (error,) = checks.check_migrated(databases=["default"])
    assert error.id == "wallet_transaction_api.E003"
    assert "revision 0001" in str(error)
    _migrate()
    assert checks.check_migrated(databases=["default"]) == []
    assert checks.check_migrated() == []


def test_a_database_of_an_earlier_version_is_migrated_with_its_checks(scratch: Scratch) -> None:
    earlier = ("migrate", "wallet_transaction_api", "0001")
    assert scratch.run("manage.py", *earlier).returncode == 0
    for command in (("check", "--database", "default"), ("migrate", "--plan"), ("migrate",)):
        done = scratch.run("manage.py", *command)
        assert done.returncode == 0, done.stderr
