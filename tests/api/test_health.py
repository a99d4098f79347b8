"""`/livez` and `/readyz`."""

from typing import Any

import pytest
from django.db import OperationalError, connection

from tests.conftest import Api
from wallet_transaction_api.cache import backends
from wallet_transaction_api.migrating import guards, state

READY = {"status": "ready", "database": "ok", "cache": "ok", "missing": []}


def test_livez_asks_nobody(settings: Any) -> None:
    for path in ("/livez", "/livez/"):
        answer = Api().get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_migrated_database_is_ready(db: None) -> None:
    for path in ("/readyz", "/readyz/"):
        answer = Api().get(path)
        assert (answer.status_code, answer.json()) == (200, READY)


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_other_methods_are_answered_405(db: None, path: str) -> None:
    answer = Api().send("POST", path, {}, "application/json")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_a_migration_not_applied_is_named(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'wallet_transaction_api'")
    answer = Api().get("/readyz")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "1"
    assert answer.json()["status"] == "not ready"
    assert "migration wallet_transaction_api.0001_initial" in answer.json()["missing"]


def test_a_revision_not_applied_is_named(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE alembic_version SET version_num = '0001'")
    missing = Api().get("/readyz").json()["missing"]
    assert any(item.startswith("revision 0002 ") for item in missing)


@pytest.mark.parametrize("host", ["10.1.2.3:8000", "elsewhere.example", "a b"])
@pytest.mark.parametrize("path", ["/livez", "/livez/", "/readyz", "/readyz/"])
def test_a_probe_may_name_any_host(db: None, path: str, host: str) -> None:
    answer, usual = (Api().get(path, headers=headers) for headers in ({"host": host}, {}))
    assert (answer.status_code, answer.content) == (200, usual.content)
    assert answer.headers.keys() == usual.headers.keys()


@pytest.mark.parametrize("host", ["testserver", "10.1.2.3"])
def test_a_probe_is_not_sent_to_tls(db: None, settings: Any, host: str) -> None:
    settings.SECURE_SSL_REDIRECT = True
    answers = [Api().get(path, headers={"host": host}) for path in ("/livez", "/readyz/")]
    assert [answer.status_code for answer in answers] == [200, 200]


@pytest.mark.parametrize("path", ["/livezz", "//livez", "/livez/x", "/api/livez", "/api/wallets"])
def test_nobody_else_may(db: None, path: str) -> None:
    assert Api().get(path, headers={"host": "10.1.2.3"}).status_code == 400


def _names(table: str) -> list[str]:
    """Expect a trigger that no database has, for the journal."""
    return ["entries_no_update", "entries_no_such"] if table == "entries" else []


def test_a_lost_trigger_is_named(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "names", lambda _, table: _names(table))
    answer = Api().get("/readyz")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["trigger entries_no_such"])


def test_a_degraded_cache_is_named_and_ready(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(backends.current()), "health", lambda _: "degraded")
    answer = Api().get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {**READY, "cache": "degraded"})


def test_a_database_out_of_reach_is_not_ready(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OperationalError("password=secret")

    monkeypatch.setattr(state, "missing", fail)
    answer = Api().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "unavailable"
    assert b"secret" not in answer.content
    assert Api().get("/livez").status_code == 200
