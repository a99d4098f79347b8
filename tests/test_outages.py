"""What counts as the database's trouble, and what as the request's or ours."""

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
