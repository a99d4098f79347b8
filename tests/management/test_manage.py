"""`manage.py`: what its commands change is recorded as theirs."""

import contextvars
import sys

import pytest
from django.core.management import ManagementUtility

import manage
from wallet_transaction_api.origins import origin


@pytest.mark.parametrize(
    ("argv", "program"),
    [(["manage.py", "expire_holds", "--verbosity=2"], "expire_holds"), (["manage.py"], "system")],
)
def test_a_command_acts_under_its_name(
    monkeypatch: pytest.MonkeyPatch, argv: list[str], program: str
) -> None:
    seen = []
    monkeypatch.setattr(sys, "argv", argv)
    monkeypatch.setattr(ManagementUtility, "execute", lambda _: seen.append(origin.get().program))
    contextvars.copy_context().run(manage.main)
    assert seen == [program]
    assert origin.get().program == "system"
