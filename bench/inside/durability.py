"""What the database promises when it answers a COMMIT, as the service's connection sees it."""

from typing import Any

from django.db import connection

_QUESTIONS = {
    "postgresql": {
        name: f"SELECT current_setting('{name}')"
        for name in ("synchronous_commit", "fsync", "full_page_writes")
    },
    "mysql": {
        "innodb_flush_log_at_trx_commit": "SELECT @@global.innodb_flush_log_at_trx_commit",
        "innodb_doublewrite": "SELECT @@global.innodb_doublewrite",
        "innodb_flush_method": "SELECT @@global.innodb_flush_method",
    },
    "sqlite": {"synchronous": "PRAGMA synchronous", "journal_mode": "PRAGMA journal_mode"},
}
#: `synchronous_commit` may promise more than `on`: a replica's disk too.
_DURABLE = {
    "synchronous_commit": {"on", "remote_apply"},
    "fsync": {"on"},
    "full_page_writes": {"on"},
    "innodb_flush_log_at_trx_commit": {"1"},
    "innodb_doublewrite": {"1", "ON"},
    "synchronous": {"2", "3"},
}
_UNSAFE_METHODS = {"nosync", "littlesync", "O_DIRECT_NO_FSYNC"}


def settings() -> dict[str, Any]:
    """Return the settings, and the names of those under which a COMMIT promises nothing."""
    found = {name: _ask(question) for name, question in _QUESTIONS[connection.vendor].items()}
    lacking = [name for name, value in found.items() if not _is_durable(name, value)]
    return {"settings": found, "lacking": lacking}


def _is_durable(name: str, value: str) -> bool:
    if name == "innodb_flush_method":
        return value not in _UNSAFE_METHODS
    return value in _DURABLE.get(name, {value})


def _ask(question: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return str(cursor.fetchone()[0])
