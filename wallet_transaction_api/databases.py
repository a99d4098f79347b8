"""Django's `DATABASES` from the environment, with what each backend needs to keep money right."""

from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, urlsplit

import dj_database_url
from redis import ConnectionPool, RedisError

from wallet_transaction_api import database_options, env
from wallet_transaction_api.database_options import LONGEST_TIMEOUT
from wallet_transaction_api.spelling import among, shortened
from wallet_transaction_api.sqlite_files import PrivateConnection

#: Seconds to wait for a connection before the database counts as down.
CONNECT_TIMEOUT = 5
#: Seconds that SQLite's single writer may keep others waiting; its queue is not fair.
SQLITE_PATIENCE = 30
#: `psycopg.IsolationLevel.READ_COMMITTED`; psycopg itself is an extra.
_READ_COMMITTED = 2
#: For statements outside of a transaction; the blank within is escaped for the client's library.
_ISOLATION = r"default_transaction_isolation=read\ committed"
STRICT_MODE = (
    "STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
)
#: Bytes of a text that MySQL and MariaDB sort by, 1024 unless told: as many as the longest has.
MAX_SORT_LENGTH = 4096
#: What keeps money right; a URL that sets one of these would take it away.
_KEPT_OPTIONS = frozenset(
    {"charset", "init_command", "isolation_level", "pool", "sql_mode", "transaction_mode"}
)
#: What a REDIS_URL may say after its `?`, beside `ssl_…`; the client takes more, and fails at its
#: first call, or answers what nobody here can read.
_REDIS_OPTIONS = frozenset(
    {"client_name", "db", "health_check_interval", "max_connections", "password", "protocol"}
    | {"retry_on_timeout", "socket_connect_timeout", "socket_keepalive", "socket_timeout"}
    | {"username"}
)
_ENGINES = {
    "mysql": "django.db.backends.mysql",
    "postgres": "django.db.backends.postgresql",
    "sqlite": "django.db.backends.sqlite3",
}
#: What Django imports to speak to a database, its package, and the extra that brings it.
_CLIENTS = {
    _ENGINES["mysql"]: ("MySQL", "MySQLdb", "mysqlclient", "mysql"),
    _ENGINES["postgres"]: ("PostgreSQL", "psycopg", "psycopg", "postgres"),
}


def default() -> dict[str, Any]:
    """Return the settings of the one database."""
    settings = _configured()
    lock_timeout = env.number("DB_LOCK_TIMEOUT", 5, least=1, most=600)
    prepared = env.flag("DB_PREPARED_STATEMENTS", default=True)
    settings["CONN_HEALTH_CHECKS"] = True
    settings.setdefault("OPTIONS", {})
    if settings["ENGINE"] in _CLIENTS:
        _refuse_without_client(settings["ENGINE"])
    if settings["ENGINE"] == _ENGINES["mysql"]:
        _complete_mysql(settings, lock_timeout)
    elif settings["ENGINE"] == _ENGINES["postgres"]:
        _complete_postgres(settings, lock_timeout, prepared=prepared)
    else:
        _complete_sqlite(settings)
    return settings


def redis_url(text: str) -> str:
    """Return the URL of a Redis, or nothing; refuse what its client would misread or fail with."""
    if not text:
        return text
    if not text.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("use redis://, rediss:// or unix://")
    try:
        parts = urlsplit(text)
        port, number = parts.port, parts.path.strip("/")
    except ValueError:  # its text may repeat a password
        raise ValueError("the port is not a number, or the password is not %-escaped") from None
    if port == 0 or (parts.scheme != "unix" and number and not number.isdecimal()):
        raise ValueError("the database, after the last /, is not a number")
    _refuse_redis_options(parts.query)
    _refuse_unless_usable(text)
    return text


def _refuse_redis_options(query: str) -> None:
    for name in parse_qs(query, keep_blank_values=True):
        if name not in _REDIS_OPTIONS and not name.startswith("ssl_"):
            known = sorted(_REDIS_OPTIONS)
            raise ValueError(f"{shortened(name)} is not {among(known, name)}")


def _refuse_unless_usable(url: str) -> None:
    """Let the client make a connection, which is not opened yet, from the URL."""
    try:
        connection = ConnectionPool.from_url(url).make_connection()
    except (TypeError, ValueError, RedisError) as error:
        raise ValueError(str(error)) from None
    for name in ("socket_timeout", "socket_connect_timeout"):
        seconds = getattr(connection, name)
        if seconds is not None and not 0 < seconds <= LONGEST_TIMEOUT:
            raise ValueError(f"{name} is not between 0 and {LONGEST_TIMEOUT} seconds")


def _configured() -> dict[str, Any]:
    if env.text("DATABASE_URL"):
        return _from_url(env.text("DATABASE_URL"))
    if any(env.text(name) for name in env.DATABASE_PARTS):
        return _from_parts()
    return {"ENGINE": _ENGINES["sqlite"], "NAME": str(env.ROOT / "db.sqlite3")}


def _from_url(url: str) -> dict[str, Any]:
    settings = _parsed(url)
    if settings["ENGINE"] not in _ENGINES.values():
        raise env.ConfigurationError("DATABASE_URL: use mysql://, postgres:// or sqlite:///")
    _refuse_unless_kept("DATABASE_URL", settings)
    _refuse_options(settings["ENGINE"], settings.get("OPTIONS", {}))
    return settings


def _parsed(url: str) -> dict[str, Any]:
    try:
        return dict(dj_database_url.parse(url))
    except ValueError:  # its text may repeat the URL, and with it a password
        raise env.ConfigurationError(
            "DATABASE_URL: not a mysql://, postgres:// or sqlite:/// URL"
            " (a password's special characters are to be %-escaped)"
        ) from None


def _refuse_options(engine: str, options: dict[str, Any]) -> None:
    """Refuse options that undo what keeps money right, and those that the client would fail at."""
    kept = _KEPT_OPTIONS.intersection(options)
    if kept:
        raise env.ConfigurationError(f"DATABASE_URL: {min(kept)} is the service's to set")
    try:
        database_options.check(engine, options)
    except ValueError as error:
        raise env.ConfigurationError(f"DATABASE_URL: {error}") from None


def _from_parts() -> dict[str, Any]:
    kind = env.choice("DB_ENGINE", "mysql", tuple(_ENGINES))
    name = env.text("DB_NAME")
    if not name:
        raise env.ConfigurationError("DB_NAME: required with the other DB_ variables")
    settings = {
        "ENGINE": _ENGINES[kind],
        "NAME": name,
        "USER": env.text("DB_USER"),
        "PASSWORD": env.text("DB_PASSWORD"),
        "HOST": env.text("DB_HOST"),
        "PORT": env.number("DB_PORT", 0, most=65535) or "",
    }
    _refuse_unless_kept("DB_NAME", settings)
    return settings


def _refuse_unless_kept(variable: str, settings: dict[str, Any]) -> None:
    """Refuse a database of no name, and SQLite's in memory, which each thread has for itself."""
    name = settings["NAME"]
    in_memory = ":memory:" in name or (name.startswith("file:") and "mode=memory" in name)
    if not name or (settings["ENGINE"] == _ENGINES["sqlite"] and in_memory):
        raise env.ConfigurationError(f"{variable}: names no database that is kept")


def _refuse_without_client(engine: str) -> None:
    """Import what Django is about to: an installation may be without it."""
    database, module, package, extra = _CLIENTS[engine]
    try:
        import_module(module)
    except ImportError:
        variable = "DATABASE_URL" if env.text("DATABASE_URL") else "DB_ENGINE"
        raise env.ConfigurationError(
            f"{variable}: {database} needs {package}, which is not there"
            f" (pip: the extra {extra}): EXTRAS={extra} make install"
        ) from None


def _complete_mysql(settings: dict[str, Any], lock_timeout: int) -> None:
    settings["CONN_MAX_AGE"] = 600
    settings["OPTIONS"] = {
        "charset": "utf8mb4",
        "isolation_level": "read committed",
        "connect_timeout": CONNECT_TIMEOUT,
        "init_command": (
            f"SET sql_mode='{STRICT_MODE}', innodb_lock_wait_timeout={lock_timeout},"
            f" max_sort_length={MAX_SORT_LENGTH}"
        ),
        **settings["OPTIONS"],
    }
    settings["TEST"] = {"CHARSET": "utf8mb4"}


def _complete_postgres(settings: dict[str, Any], lock_timeout: int, *, prepared: bool) -> None:
    settings["CONN_MAX_AGE"] = 600
    given = settings["OPTIONS"].pop("options", "")
    pinned = f"-c lock_timeout={lock_timeout}s -c {_ISOLATION}"
    settings["OPTIONS"] = {
        "connect_timeout": CONNECT_TIMEOUT,
        "options": f"{given} {pinned}".strip(),
        # By each BEGIN as well: a pooler in between may drop the options.
        "isolation_level": _READ_COMMITTED,
        # After how many executions the engine's statements are prepared; Django's own never are.
        "prepare_threshold": 0 if prepared else None,
        **settings["OPTIONS"],
    }


def _complete_sqlite(settings: dict[str, Any]) -> None:
    settings["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": SQLITE_PATIENCE,
        "factory": PrivateConnection,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
        **settings["OPTIONS"],
    }
    # In memory, threads of a test would not share it as they share a file.
    settings["TEST"] = {"NAME": f"{settings['NAME']}.test"}
