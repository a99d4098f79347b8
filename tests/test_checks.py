"""What would run but not be right is said by `manage.py check`, with an id and a hint."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core import checks as django_checks
from django.db import connection

from tests.environment import KEY, Project
from wallet_transaction_api import checks
from wallet_transaction_api.ledger import limits
from wallet_transaction_api.models import Limit, Transaction, Wallet

DATABASE = "sqlite:///wallets.sqlite3"


def ids(found: list[Any]) -> list[str]:
    return [message.id.removeprefix("wallet_transaction_api.") for message in found]


class TestSharedCache:
    def test_lets_one_process_cache_alone(self, settings: Any) -> None:
        settings.WEB_WORKERS, settings.REDIS_URL = 1, ""
        assert checks.check_shared_cache() == []

    def test_lets_several_share_redis(self, settings: Any) -> None:
        settings.WEB_WORKERS, settings.REDIS_URL = 2, "redis://127.0.0.1/0"
        assert checks.check_shared_cache() == []

    def test_refuses_several_that_cache_alone(self, settings: Any) -> None:
        settings.WEB_WORKERS, settings.REDIS_URL = 2, ""
        assert ids(checks.check_shared_cache()) == ["E001"]

    def test_stops_the_server(self, project: Project) -> None:
        variables = {"SECRET_KEY": KEY, "DATABASE_URL": DATABASE, "WEB_WORKERS": "2"}
        done = project.run("manage.py", "serve", **variables)
        assert done.returncode == 1
        assert "(wallet_transaction_api.E001) WEB_WORKERS=2 without REDIS_URL" in done.stderr


class TestDeployment:
    def test_warns_of_users_crediting_themselves(self, settings: Any) -> None:
        settings.SELF_CREDIT = True
        assert ids(checks.check_self_credit()) == ["W001"]
        settings.SELF_CREDIT = False
        assert checks.check_self_credit() == []

    def test_warns_of_open_mode(self, settings: Any) -> None:
        settings.AUTH_REQUIRED = False
        assert ids(checks.check_open_mode()) == ["W002"]
        settings.AUTH_REQUIRED = True
        assert checks.check_open_mode() == []

    def test_is_where_the_warnings_are_given(self, settings: Any) -> None:
        settings.SELF_CREDIT, settings.AUTH_REQUIRED = True, False
        ours = {"wallet_transaction_api.W001", "wallet_transaction_api.W002"}
        on_deployment = django_checks.run_checks(include_deployment_checks=True)
        assert ours <= {message.id for message in on_deployment}
        assert not ours & {message.id for message in django_checks.run_checks()}

    def test_of_a_complete_configuration_finds_nothing(self, project: Project) -> None:
        done = project.run(
            *("manage.py", "check", "--deploy", "--fail-level", "WARNING"),
            SECRET_KEY=KEY,
            DATABASE_URL=DATABASE,
            SELF_CREDIT="false",
            SECURE_SSL_REDIRECT="true",
            SECURE_HSTS_SECONDS="3600",
        )
        warned = set(re.findall(r"\(([\w.]+\.[WE]\d+)\)", done.stderr))
        # Of a whole domain and its preload list the service knows nothing.
        assert warned == {"security.W005", "security.W021"}


class TestCurrencies:
    @pytest.mark.parametrize(("code", "again"), [("BGN", "BGN:2"), ("GOLD", "GOLD:decimals")])
    def test_of_money_that_left_the_list_are_named_with_the_way_out(
        self, open_wallet: Callable[..., Wallet], settings: Any, code: str, again: str
    ) -> None:
        settings.ASSETS = {code: 2}
        wallet = open_wallet("1.00", label="Lev", currency=code)
        assert checks.check_currencies(databases=["default"]) == []
        settings.ASSETS = {}
        (warning,) = checks.check_currencies(databases=["default"])
        assert ids([warning]) == ["W004"]
        assert warning.msg.startswith(f"Wallets hold {code}, ")
        assert warning.hint.endswith(f"ASSETS={again}.")
        assert checks.check_currencies(databases=None) == []
        Transaction.objects.create(wallet=wallet, amount="-1.00")
        assert checks.check_currencies(databases=["default"]) == []


class TestLimits:
    def test_that_say_the_same_twice_are_named(self, open_wallet: Callable[..., Wallet]) -> None:
        wallet, other = open_wallet(label="One"), open_wallet(label="Two")
        same = {"direction": "debit", "window": "day", "max_amount": Decimal(5)}
        for changed in ({}, {"direction": "credit"}, {"window": "hour"}, {"max_count": 3}):
            limits.set_limit(wallet_id=wallet.pk, **{**same, **changed})
        limits.set_limit(wallet_id=other.pk, **same)
        assert checks.check_limits(databases=["default"]) == []
        for _ in range(2):
            limits.set_limit(wallet_id=wallet.pk, **same)
        (warning,) = checks.check_limits(databases=["default"])
        assert ids([warning]) == ["W005"]
        alike = Limit.objects.filter(wallet=wallet, direction="debit", window="day", max_count=None)
        names = ", ".join(str(limit.pk) for limit in alike.order_by("pk"))
        assert warning.msg.startswith(f"Limits {names} of wallet {wallet.pk} have the same")
        assert names.count(",") == 2
        assert checks.check_limits(databases=None) == []

    def test_count_the_same_without_an_amount(self, open_wallet: Callable[..., Wallet]) -> None:
        wallet = open_wallet()
        for _ in range(2):
            limits.set_limit(wallet_id=wallet.pk, direction="debit", window="day", max_count=3)
        assert ids(checks.check_limits(databases=["default"])) == ["W005"]


class TestSqliteFiles:
    """Run by `check` in a project of their own, whatever database the suite is on."""

    @pytest.mark.parametrize("mode", [0o644, 0o602, 0o666])
    def test_that_everybody_reads_or_writes_are_named(self, project: Project, mode: int) -> None:
        file = project.folder / "wallets.sqlite3"
        file.touch()
        file.chmod(mode)
        done = project.run("manage.py", "check", SECRET_KEY=KEY, DATABASE_URL=DATABASE)
        assert done.returncode == 0, done.stderr
        assert "(wallet_transaction_api.W006) Every user" in done.stderr
        assert file.stat().st_mode & 0o777 == mode

    @pytest.mark.parametrize("mode", [0o600, 0o660])
    def test_of_the_owner_and_a_group_pass(self, project: Project, mode: int) -> None:
        file = project.folder / "wallets.sqlite3"
        file.touch()
        file.chmod(mode)
        done = project.run("manage.py", "check", SECRET_KEY=KEY, DATABASE_URL=DATABASE)
        assert "W006" not in done.stderr


@pytest.mark.django_db
class TestMysqlSession:
    def test_is_strict_and_read_committed_as_configured(self) -> None:
        assert checks.check_mysql(databases=["default"]) == []

    @pytest.mark.skipif(connection.vendor != "mysql", reason="MySQL's session")
    @pytest.mark.parametrize(
        "statement",
        ["SET SESSION sql_mode = ''", "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ"],
    )
    def test_that_would_round_or_read_ahead_is_refused(self, statement: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            try:
                assert ids(checks.check_mysql(databases=["default"])) == ["E002"]
            finally:
                cursor.execute(connection.settings_dict["OPTIONS"]["init_command"])
                cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")

    def test_is_not_asked_for_without_a_database(self) -> None:
        assert checks.check_mysql(databases=None) == []
