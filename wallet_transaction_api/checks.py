"""System checks: what would run but not be right, each with an id and a hint."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags
from django.db import connection

from wallet_transaction_api import misspelt, sqlite_files
from wallet_transaction_api.accounts.checks import check_accounts
from wallet_transaction_api.installation import COMMAND
from wallet_transaction_api.ledger import currencies, limits
from wallet_transaction_api.migrating import requirements, state


def register() -> None:
    """Register every check of ours."""
    checks.register(check_shared_cache, Tags.caches)
    checks.register(check_self_credit, Tags.security, deploy=True)
    checks.register(check_open_mode, Tags.security, deploy=True)
    checks.register(check_sqlite_files, Tags.security)
    checks.register(check_mysql, Tags.database)
    checks.register(check_variables)
    checks.register(check_suitable, Tags.database)
    checks.register(check_in_step, Tags.database)
    checks.register(check_currencies, Tags.database)
    checks.register(check_limits, Tags.database)
    checks.register(check_accounts, Tags.database)
    # `migrate` runs the database's other checks, on databases that lack everything.
    checks.register(check_migrated, Tags.database, deploy=True)


def check_shared_cache(**kwargs: Any) -> list[CheckMessage]:
    """Refuse several processes that would each cache balances on their own."""
    if settings.WEB_WORKERS == 1 or settings.REDIS_URL:
        return []
    return [
        checks.Error(
            f"WEB_WORKERS={settings.WEB_WORKERS} without REDIS_URL: each would cache alone.",
            hint="Set REDIS_URL, or WEB_WORKERS=1 with more WEB_THREADS.",
            id="wallet_transaction_api.E001",
        )
    ]


def check_self_credit(**kwargs: Any) -> list[CheckMessage]:
    """Warn that users may raise their own balances."""
    if not settings.SELF_CREDIT:
        return []
    return [
        checks.Warning(
            "SELF_CREDIT is on: every user may credit their own wallet.",
            hint="Set SELF_CREDIT=false unless that is what you want.",
            id="wallet_transaction_api.W001",
        )
    ]


def check_open_mode(**kwargs: Any) -> list[CheckMessage]:
    """Warn that anonymous callers move money."""
    if settings.AUTH_REQUIRED:
        return []
    return [
        checks.Warning(
            "AUTH_REQUIRED is off: whoever reaches the service may move any wallet's money.",
            hint="Keep it to a trusted network, or set AUTH_REQUIRED=true.",
            id="wallet_transaction_api.W002",
        )
    ]


def check_sqlite_files(**kwargs: Any) -> list[CheckMessage]:
    """Warn of a database that every user of the machine may read; its mode stays as it is."""
    name = connection.settings_dict["NAME"] if connection.vendor == "sqlite" else ""
    return [
        checks.Warning(
            f"Every user of this machine may read or write {file}, a file of the database.",
            hint=f"chmod o-rwx {file}",
            id="wallet_transaction_api.W006",
        )
        for file in sqlite_files.open_to_others(str(name))
    ]


def check_mysql(databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a MySQL session that would round, cut or read ahead in silence."""
    if not databases or connection.vendor != "mysql":
        return []
    mode, isolation = _mysql_session()
    if "STRICT_TRANS_TABLES" in mode and isolation == "READ-COMMITTED":
        return []
    return [
        checks.Error(
            f"MySQL session with sql_mode {mode!r} and isolation {isolation!r}.",
            hint="Leave init_command and isolation_level to the service: strict, READ COMMITTED.",
            id="wallet_transaction_api.E002",
        )
    ]


def check_migrated(databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a database that lacks migrations, or lost what they brought."""
    lacking = state.missing() if databases else []
    if not lacking:
        return []
    return [
        checks.Error(
            f"The database lacks {', '.join(lacking)}.",
            hint=f"Run {COMMAND} migrate.",
            id="wallet_transaction_api.E003",
        )
    ]


def check_variables(**kwargs: Any) -> list[CheckMessage]:
    """Warn of a variable that is ignored, and named almost like one of ours."""
    return [
        checks.Warning(
            f"The environment variable {name} is ignored: did you mean {near}?",
            id="wallet_transaction_api.W003",
        )
        for name, near in misspelt.variables()
    ]


def check_suitable(databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a database that would store money or names wrongly, or fail now and then."""
    return [
        checks.Error(
            f"The database does not suit: {item.problem}.",
            hint=f"{item.advice[0].upper()}{item.advice[1:]}.",
            id="wallet_transaction_api.E004",
        )
        for item in (requirements.unmet() if databases else [])
    ]


def check_in_step(databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse sequences behind their tables and text that is not in utf8mb4."""
    wrong = state.out_of_step() if databases else []
    if not wrong:
        return []
    return [
        checks.Error(
            f"The database needs {', '.join(wrong)}.",
            hint=f"Run {COMMAND} migrate.",
            id="wallet_transaction_api.E005",
        )
    ]


def check_currencies(databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Warn of money in a currency that is no longer listed."""
    found = map(currencies.advice, currencies.retired() if _is_migrated(databases) else [])
    return [
        checks.Warning(problem, hint=way_out, id="wallet_transaction_api.W004")
        for problem, way_out in found
    ]


def check_limits(databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Warn of limits that say the same twice: whoever raises one of them changes nothing."""
    return [
        checks.Warning(
            f"Limits {', '.join(map(str, ids))} of wallet {wallet} have the same direction,"
            " window, maxAmount and maxCount.",
            hint="Remove all but one: raising one has no effect while another stays.",
            id="wallet_transaction_api.W005",
        )
        for wallet, ids in (limits.repeated() if _is_migrated(databases) else [])
    ]


def _is_migrated(databases: Any) -> bool:
    """Tell whether the database is to be checked and has all columns: `migrate` asks before."""
    return bool(databases) and not state.pending_migrations()


def _mysql_session() -> tuple[str, str]:
    name = "tx_isolation" if connection.mysql_is_mariadb else "transaction_isolation"  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT @@sql_mode, @@{name}")
        mode, isolation = cursor.fetchone()
    return str(mode), str(isolation)
