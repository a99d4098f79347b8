"""The triggers that keep the journals, their seals and audit records append-only, whoever connects.

They refuse UPDATE, DELETE, upserts and REPLACE of a row of these tables, and on PostgreSQL their
TRUNCATE. The revisions that bring them and the repair after Django remade the table (SQLite
drops a remade table's triggers in silence) run the same statements, so both live here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

TABLE = "entries"
#: The guarded tables, and the revision that brings each one's triggers.
REVISIONS = {TABLE: "0001", "seals": "0006", "audit_records": "0007", "hold_entries": "0008"}
_REFUSALS = {
    TABLE: "the journal is append-only: entries are never changed or removed",
    "seals": "the journal is append-only: its seals are never changed or removed",
    "audit_records": "audit records are append-only: they are never changed or removed",
    "hold_entries": "the journal of holds is append-only: nothing in it is changed or removed",
}
#: When a new row would be in the way of a stored one.
_TAKEN = {
    TABLE: ("id = NEW.id", "wallet_id = NEW.wallet_id AND sequence = NEW.sequence"),
    "seals": (
        "number = NEW.number",
        "wallet_id = NEW.wallet_id AND journal = NEW.journal AND last_sequence = NEW.last_sequence",
    ),
    "hold_entries": (
        "id = NEW.id OR (hold_id = NEW.hold_id AND status = NEW.status)",
        "wallet_id = NEW.wallet_id AND sequence = NEW.sequence",
    ),
    "audit_records": ("id = NEW.id",),
}

_POSTGRESQL_FUNCTION = """\
CREATE OR REPLACE FUNCTION {table}_refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{refusal}' USING ERRCODE = 'restrict_violation'; END $$"""
_POSTGRESQL = {
    "{table}_no_update": "BEFORE UPDATE ON {table} FOR EACH ROW",
    "{table}_no_delete": "BEFORE DELETE ON {table} FOR EACH ROW",
    "{table}_no_truncate": "BEFORE TRUNCATE ON {table} FOR EACH STATEMENT",
}
_MYSQL = {
    "{table}_no_update": "BEFORE UPDATE ON {table} FOR EACH ROW",
    "{table}_no_delete": "BEFORE DELETE ON {table} FOR EACH ROW",
}
# SQLite's REPLACE removes the row in its way without firing DELETE triggers.
_SQLITE = {
    "{table}_no_update": "BEFORE UPDATE ON {table}",
    "{table}_no_delete": "BEFORE DELETE ON {table}",
    "{table}_no_replace": "BEFORE INSERT ON {table} WHEN {taken}",
}
_EVENTS = {
    "postgresql": (_POSTGRESQL, "EXECUTE FUNCTION {table}_refuse_change()"),
    "mysql": (_MYSQL, "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{refusal}'"),
    "sqlite": (_SQLITE, "BEGIN SELECT RAISE(ABORT, '{refusal}'); END"),
}
_PRESENT = {
    # A disabled trigger guards nothing.
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass('{table}')"
    " AND tgenabled IN ('O', 'A')",
    "mysql": "SELECT trigger_name FROM information_schema.triggers"
    " WHERE event_object_schema = database() AND event_object_table = '{table}'",
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'",
}
# MySQL shows triggers to accounts only that may also drop them.
_MYSQL_SHOWS = (
    "SELECT EXISTS (SELECT 1 FROM information_schema.user_privileges"
    " WHERE privilege_type = 'TRIGGER') OR EXISTS (SELECT 1 FROM information_schema"
    ".schema_privileges WHERE privilege_type = 'TRIGGER' AND database() LIKE table_schema)"
    " OR EXISTS (SELECT 1 FROM information_schema.table_privileges WHERE"
    " privilege_type = 'TRIGGER' AND table_schema = database() AND table_name = '{table}')"
)
_NEEDS_SUPER = 1419


class GuardsRefused(Exception):
    """The database lets this account create no triggers; the message says what to change."""


def names(vendor: str, table: str = TABLE) -> list[str]:
    """Return the triggers that the table has in a fully migrated database of this vendor."""
    return [name.format(table=table) for name in _EVENTS[vendor][0]]


def create_statements(vendor: str, table: str = TABLE) -> list[str]:
    """Return the statements that put the table's triggers in place, also over older ones."""
    events, action = _EVENTS[vendor]
    function = [_filled(_POSTGRESQL_FUNCTION, table)] if vendor == "postgresql" else []
    return function + [
        statement
        for name, event in zip(names(vendor, table), events.values(), strict=True)
        for statement in (
            _drop(vendor, table, name),
            f"CREATE TRIGGER {name} {_filled(f'{event} {action}', table)}",
        )
    ]


def drop_statements(vendor: str, table: str = TABLE) -> list[str]:
    """Return the statements that take the table's triggers away."""
    function = [f"DROP FUNCTION IF EXISTS {table}_refuse_change()"]
    drops = [_drop(vendor, table, name) for name in names(vendor, table)]
    return drops + (function if vendor == "postgresql" else [])


def missing(table: str = TABLE) -> list[str]:
    """Return the triggers that the table lacks, as far as this account may see.

    A table that is not there lacks none: its migration is what is missing.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PRESENT[connection.vendor].format(table=table))
        present = {row[0] for row in cursor.fetchall()}
        lost = [name for name in names(connection.vendor, table) if name not in present]
        if not lost or not _may_see(cursor, table):
            return []
        return lost if table in connection.introspection.table_names(cursor) else []


def restore(table: str = TABLE) -> list[str]:
    """Put the table's missing triggers back and return their names."""
    lost = missing(table)
    if lost:
        with connection.cursor() as cursor, explained():
            for statement in create_statements(connection.vendor, table):
                cursor.execute(statement)
    return lost


@contextmanager
def explained() -> Iterator[None]:
    """Turn MySQL's refusal of triggers under binary logging into words that help."""
    try:
        yield
    except Exception as error:
        if _number(error) != _NEEDS_SUPER:
            raise
        raise GuardsRefused(
            "MySQL refuses CREATE TRIGGER (error 1419): binary logging is on and this account"
            " has no SUPER privilege. Set log_bin_trust_function_creators=1 on the server"
            " (or let an administrator run the migration), then migrate again."
        ) from error


def _may_see(cursor: Any, table: str) -> bool:
    if connection.vendor != "mysql":
        return True
    cursor.execute(_MYSQL_SHOWS.format(table=table))
    return bool(cursor.fetchone()[0])


def _drop(vendor: str, table: str, name: str) -> str:
    return f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if vendor == "postgresql" else "")


def _filled(text: str, table: str) -> str:
    taken = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {key})" for key in _TAKEN[table])  # noqa: S608 our own
    return text.format(table=table, refusal=_REFUSALS[table], taken=taken)


def _number(error: BaseException) -> Any:
    """Return the driver's error number, from under Django's or SQLAlchemy's wrapping."""
    cause = getattr(error, "orig", None) or error
    return cause.args[0] if cause.args else None
