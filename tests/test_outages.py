"""What counts as the database's trouble, and what as the request's or ours."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import (
    DataError,
    Error,
    InterfaceError,
    InternalError,
    OperationalError,
    connection,
)

from tests.conftest import Api
from wallet_transaction_api import outages

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="the others have an OperationalError for it"
)


class _FromServer(Exception):
    """A driver's error."""

    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


def _raised(kind: type[Error], sqlstate: str) -> Error:
    error = kind("secret")
    error.__cause__ = _FromServer(sqlstate)
    return error


@pytest.mark.parametrize(
    "error",
    [OperationalError("gone"), InterfaceError("closed"), _raised(InternalError, "25006")],
    ids=repr,
)
def test_a_database_that_is_away_or_read_only_is_an_outage(error: Exception) -> None:
    assert outages.is_outage(error)


@pytest.mark.parametrize(
    "error",
    [None, ValueError("a defect"), DataError("too long"), InternalError("no cause"),
     _raised(InternalError, "25P02"), _FromServer("25006")],
    ids=repr,
)  # fmt: skip
def test_a_defect_is_none(error: Exception | None) -> None:
    assert not outages.is_outage(error)


class TestReports:
    @pytest.fixture(autouse=True)
    def clock(self, monkeypatch: pytest.MonkeyPatch) -> list[float]:
        """Stop the clock, and begin with nothing logged."""
        now = [1000.0]
        monkeypatch.setattr(outages, "_logged", {})
        monkeypatch.setattr(outages, "time", SimpleNamespace(monotonic=lambda: now[0]))
        return now

    def test_say_what_the_database_said_in_one_line(self, caplog: Any) -> None:
        outages.report(OperationalError("connection failed:\n  FATAL:  no such role"))
        (record,) = caplog.records
        assert record.levelname == "ERROR"
        said = "OperationalError: connection failed: FATAL: no such role"
        assert record.getMessage() == f"the database is unavailable: {said}"

    def test_of_the_same_come_once_a_minute(self, caplog: Any, clock: list[float]) -> None:
        for seconds in (0.0, 59.9, 0.2, 1.0):
            clock[0] += seconds
            outages.report(OperationalError("gone"))
        assert len(caplog.records) == 2

    def test_of_another_come_at_once_and_are_bounded(self, caplog: Any, clock: list[float]) -> None:
        for number in range(2 * outages.MOST):
            outages.report(OperationalError(f"process {number} is gone"))
        assert len(caplog.records) == outages.MOST
        clock[0] += outages.QUIET_SECONDS
        outages.report(OperationalError("gone"))
        assert len(caplog.records) == outages.MOST + 1

    def test_are_short(self) -> None:
        assert len(outages.told(OperationalError("x" * 5000))) == outages.LENGTH

    @pytest.mark.parametrize(
        "path", ["/api/wallet/balance", "/api/wallets", "/api/v1/wallets/{0.uuid}", "/readyz"]
    )
    def test_come_from_every_face(self, path: str, alice: User, caplog: Any) -> None:
        def fail(*args: Any) -> None:
            raise OperationalError("sorry, too many clients already")

        api, wallet = Api(alice), alice.default_wallet
        with connection.execute_wrapper(fail):
            answer = api.get(path.format(wallet))
        assert answer.status_code == 503
        assert b"sorry" not in answer.content
        said = [record.getMessage() for record in caplog.records]
        assert sum("OperationalError: sorry, too many clients" in line for line in said) == 1


@pytest.fixture
def read_only(alice: User) -> None:
    """Let the test's transaction read only from here on, as all do on a standby."""
    connection.check_constraints()  # what is deferred to the end would lock rows
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")


@on_postgresql
@pytest.mark.usefixtures("read_only")
@pytest.mark.parametrize("path", ["/api/wallet/credit/", "/api/v1/wallets/{0.uuid}/operation"])
def test_a_write_to_a_read_only_database_is_answered_503_by_the_plain_faces(
    alice: User, path: str
) -> None:
    body = {"operationType": "DEPOSIT", "amount": 1}
    answer = Api(alice).post(path.format(alice.default_wallet), body, "application/json")
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert answer.json()["code"] == "unavailable"


@on_postgresql
@pytest.mark.usefixtures("read_only")
def test_a_write_to_a_read_only_database_is_answered_503_by_jsonapi(alice: User) -> None:
    document = {"data": {"type": "wallets", "attributes": {"label": "Rent"}}}
    answer = Api(alice).post("/api/wallets", document)
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert answer.json()["errors"][0]["code"] == "unavailable"


@on_postgresql
@pytest.mark.usefixtures("read_only")
def test_a_read_only_database_is_not_ready() -> None:
    answer = Api().get("/readyz")
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    found = answer.json()
    assert (found["status"], found["database"]) == ("not ready", "read-only")
    assert found["missing"] == ["database"]
