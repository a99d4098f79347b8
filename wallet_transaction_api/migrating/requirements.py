"""What the database has to be and `migrate` cannot make it. Questions only, for any account."""

from typing import Literal, NamedTuple

from django.db import connection


class Unmet(NamedTuple):
    """What is wrong with the database, and what its administrator can do."""

    problem: str
    advice: str

    def __str__(self) -> str:
        return f"{self.problem}: {self.advice}"


def unmet() -> list[Unmet]:
    """Return what the database is not; a handful of small queries, cheap enough for a probe."""
    questions = {
        "postgresql": (_encoding, _isolation),
        "mysql": (_session_charset, _binary_log, _skip_locked),
        "sqlite": (_file_encoding,),
    }
    return [item for ask in questions[connection.vendor] if (item := ask())]


def lines() -> list[str]:
    """Return the same, one line each."""
    return [f"the database does not suit: {item}" for item in unmet()]


def _encoding() -> Unmet | None:
    encoding = _shown("SHOW server_encoding")
    if encoding == "UTF8":
        return None
    return Unmet(
        f"its encoding is {encoding}, which cannot store every name",
        "dump it and restore it into one made with CREATE DATABASE ... ENCODING 'UTF8'"
        " TEMPLATE template0",
    )


def _isolation() -> Unmet | None:
    """Ask what a statement outside of a transaction runs under; `databases` asks for it."""
    level = _shown("SHOW default_transaction_isolation")
    if level == "read committed":
        return None
    return Unmet(
        f"its transactions are {level}, and writers of one wallet would fail",
        "ALTER ROLE ... SET default_transaction_isolation = 'read committed'"
        " (a pooler in between drops what the service sets itself)",
    )


def _session_charset() -> Unmet | None:
    """Ask the session: a server can overrule the character set that the client asks for."""
    found = _variables("character_set_client", "character_set_connection", "character_set_results")
    other = {value for value in found.values() if value != "utf8mb4"}
    if not other:
        return None
    return Unmet(
        f"sessions speak {', '.join(sorted(other))} instead of utf8mb4",
        "remove character-set-client-handshake and init_connect from the server's configuration",
    )


def _binary_log() -> Unmet | None:
    """Ask for the server's format: a session keeps the one that it began with."""
    found = _variables("log_bin", "binlog_format", scope="GLOBAL")
    if found != {"log_bin": "ON", "binlog_format": "STATEMENT"}:
        return None
    return Unmet(
        "binlog_format is STATEMENT, under which READ COMMITTED cannot write (error 1665)",
        "set binlog_format=ROW on the server",
    )


def _skip_locked() -> Unmet | None:
    """Ask for what the posting engine needs beyond the versions that Django supports."""
    if connection.features.has_select_for_update_skip_locked:
        return None
    version = ".".join(map(str, connection.get_database_version()))
    return Unmet(f"version {version} has no SKIP LOCKED", "use MariaDB 10.6 or MySQL 8, or later")


def _file_encoding() -> Unmet | None:
    encoding = _shown("PRAGMA encoding")
    if encoding == "UTF-8":
        return None
    return Unmet(f"its encoding is {encoding}", "dump it and restore it into a new file")


def _shown(statement: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return str(cursor.fetchone()[0])


def _variables(*names: str, scope: Literal["SESSION", "GLOBAL"] = "SESSION") -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {scope} VARIABLES WHERE variable_name IN %s", [names])
        return {str(name).lower(): str(value) for name, value in cursor.fetchall()}
