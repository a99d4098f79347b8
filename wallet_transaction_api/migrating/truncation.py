"""Empty tables that keep MySQL and MariaDB from truncating the append-only ones.

TRUNCATE fires no trigger there. But InnoDB refuses it (error 1701) for a table that a foreign key
refers to, whoever asks. So each guarded table has a child, `entries_no_truncate` and so on, whose
only purpose is its foreign key: no row is ever in it, and no statement of the service looks at it.
PostgreSQL has a trigger for it (`guards`), SQLite no TRUNCATE.
"""

from collections.abc import Iterable

from django.db import connection

#: The revision that brings them.
REVISION = "0010"
#: The primary keys that the foreign keys refer to, with their types.
_KEYS = {
    "entries": "id BIGINT",
    "hold_entries": "id BIGINT",
    "seals": "number BIGINT UNSIGNED",
    "audit_records": "id BIGINT",
}
TABLES = tuple(_KEYS)


def create_statements(vendor: str, tables: Iterable[str] = TABLES) -> list[str]:
    """Return what makes the tables' children, unless they are there."""
    return [_create(table) for table in tables] if vendor == "mysql" else []


def drop_statements(vendor: str, tables: Iterable[str] = TABLES) -> list[str]:
    """Return what takes the children away."""
    return [f"DROP TABLE IF EXISTS {_name(t)}" for t in tables] if vendor == "mysql" else []


def missing() -> list[str]:
    """Return the children that the database lacks; a table that is not there lacks none."""
    return [_name(table) for table in _unguarded()]


def restore() -> list[str]:
    """Make the missing ones and return their names."""
    lost = _unguarded()
    with connection.cursor() as cursor:
        for statement in create_statements(connection.vendor, lost):
            cursor.execute(statement)
    return [_name(table) for table in lost]


def make_way() -> None:
    """Take the children away, so that migrations can go back; `restore` makes them again."""
    with connection.cursor() as cursor:
        for statement in drop_statements(connection.vendor):
            cursor.execute(statement)


def _unguarded() -> list[str]:
    if connection.vendor != "mysql":
        return []
    present = set(connection.introspection.table_names())
    return [table for table in TABLES if table in present and _name(table) not in present]


def _create(table: str) -> str:
    column = _KEYS[table].partition(" ")[0]
    return (
        f"CREATE TABLE IF NOT EXISTS {_name(table)} ({_KEYS[table]} PRIMARY KEY,"
        f" CONSTRAINT {_name(table)} FOREIGN KEY ({column}) REFERENCES {table} ({column}))"
        f" ENGINE=InnoDB COMMENT='Always empty: its foreign key keeps {table} from being truncated'"
    )


def _name(table: str) -> str:
    return f"{table}_no_truncate"
