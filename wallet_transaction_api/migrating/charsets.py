"""MySQL's and MariaDB's character sets: every text of ours is utf8mb4, whatever the default is.

A table made under a latin1 default stores no Cyrillic name and no emoji, and a comparison of its
text with a parameter fails. Our own text keys name their collation; what Django makes for its
users, sessions and descriptions follows the database's default.
"""

from collections import defaultdict
from typing import Any

from django.db import connection

CHARSET = "utf8mb4"


class ConversionRefused(Exception):
    """A column is not as Django made it; the message says what to do."""


_DEFAULT = (
    "SELECT default_character_set_name FROM information_schema.schemata"
    " WHERE schema_name = database()"
)
# A table's own default is that of the columns that it is given later.
_TABLES = (
    "SELECT table_name FROM information_schema.tables WHERE table_schema = database()"
    r" AND table_type = 'BASE TABLE' AND table_collation NOT LIKE 'utf8mb4\_%'"
)
_COLUMNS = (
    "SELECT table_name, column_name, column_type, is_nullable = 'YES', column_default"
    " FROM information_schema.columns"
    " WHERE table_schema = database() AND character_set_name <> 'utf8mb4'"
    " ORDER BY table_name, ordinal_position"
)


def foreign() -> list[str]:
    """Name what keeps text in another character set: the database's default, and tables of ours."""
    if connection.vendor != "mysql":
        return []
    return [*_foreign_default(), *(f"table {name} in {CHARSET}" for name in _columns())]


def convert() -> list[str]:
    """Make utf8mb4 the database's default, and convert the tables of ours that are not in it.

    Texts stay the same. A converted table is copied, and nobody writes to it meanwhile.
    """
    if connection.vendor != "mysql":
        return []
    found = foreign()
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        if _foreign_default():
            cursor.execute(f"ALTER DATABASE CHARACTER SET {CHARSET}")
        for table, columns in _columns().items():
            changes = [f"CHARACTER SET {CHARSET}", *(_modified(*column) for column in columns)]
            cursor.execute(f"ALTER TABLE {quote(table)} {', '.join(changes)}")
    return found


def _foreign_default() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_DEFAULT)
        ((charset,),) = cursor.fetchall()
    return [] if charset == CHARSET else [f"default character set {CHARSET} (it is {charset})"]


def _columns() -> dict[str, list[tuple[Any, ...]]]:
    """Return the tables of ours in another character set, with the columns that are."""
    ours = {*connection.introspection.django_table_names(include_views=False), "django_migrations"}
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        found.update({table: [] for (table,) in cursor.fetchall() if table in ours})
        cursor.execute(_COLUMNS)
        for table, *column in cursor.fetchall():
            if table in ours:
                found[table].append(tuple(column))
    return dict(found)


def _modified(name: str, column_type: str, is_nullable: bool, default: Any) -> str:
    """Write the column as Django made it: without a default, null or not."""
    if default not in {None, "NULL"}:
        raise ConversionRefused(f"{name} has a default: convert its table to {CHARSET} by hand")
    null = "NULL" if is_nullable else "NOT NULL"
    return f"MODIFY {connection.ops.quote_name(name)} {column_type} CHARACTER SET {CHARSET} {null}"
