"""Which lines of the log are worth an alarm."""

import logging
from io import StringIO
from typing import Any

import pytest
from django.db import OperationalError

from tests.conftest import Api
from wallet_transaction_api import outages


@pytest.mark.parametrize("path", ["/", "/admin/login/", "/api/wallets", "/api/wallet/balance"])
def test_a_foreign_host_is_a_warning_without_a_traceback(log: StringIO, path: str) -> None:
    assert Api().get(path, headers={"Host": "evil"}).status_code == 400
    (line,) = log.getvalue().splitlines()
    assert " WARNING django.security.DisallowedHost " in line
    assert "Invalid HTTP_HOST header: 'evil'." in line


def test_a_defect_of_ours_is_an_error_with_its_traceback(
    log: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("django.middleware.common.CommonMiddleware.process_request", fail)
    assert Api().get("/api/wallets").status_code == 500
    first, second, *_ = log.getvalue().splitlines()
    assert " ERROR django.request " in first
    assert second.startswith("Traceback")


def test_what_is_no_error_any_more_obeys_the_level(log: StringIO) -> None:
    logger = logging.getLogger("django.security.DisallowedHost")
    logger.setLevel(logging.ERROR)
    logger.error("said")
    logger.setLevel(logging.NOTSET)
    assert log.getvalue() == ""


def test_a_burst_of_503_is_one_warning(log: StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("FATAL: the database system is shutting down")

    monkeypatch.setattr(outages, "_logged", {})
    monkeypatch.setattr("django.middleware.common.CommonMiddleware.process_request", fail)
    assert {Api().get("/api/wallets").status_code for _ in range(20)} == {503}
    lines = log.getvalue().splitlines()
    assert [line.split()[2] for line in lines] == ["ERROR", "WARNING"]
