"""PostgreSQL's sequences, which number new rows, and whether they are behind their tables.

Logical replication, and a restore of the data alone, copy rows and leave sequences where they
were. Each insert is then given an id that is taken, and fails. The other databases cannot fall
behind: InnoDB's counter follows every id that is inserted and SQLite's AUTOINCREMENT the highest
id of the table.
"""

from typing import NamedTuple

from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

# The sequences that columns of these tables own and that this account may ask. What is no
# sequence is told apart by CASE: the planner may ask for the privilege before it joins.
_OWNED = """
SELECT tables.relname, columns.attname, sequences.oid::regclass::text, shown.increment_by,
       CASE WHEN sequences.relkind = 'S' THEN has_sequence_privilege(sequences.oid, 'SELECT') END
FROM pg_class sequences
JOIN pg_namespace spaces ON spaces.oid = sequences.relnamespace
JOIN pg_sequences shown
  ON (shown.schemaname, shown.sequencename) = (spaces.nspname, sequences.relname)
JOIN pg_depend owners ON owners.objid = sequences.oid
  AND owners.classid = 'pg_class'::regclass AND owners.refclassid = 'pg_class'::regclass
  AND owners.deptype IN ('a', 'i')
JOIN pg_class tables ON tables.oid = owners.refobjid AND pg_table_is_visible(tables.oid)
JOIN pg_attribute columns
  ON columns.attrelid = tables.oid AND columns.attnum = owners.refobjsubid
WHERE tables.relname = ANY(%s) AND CASE WHEN sequences.relkind = 'S'
  THEN has_sequence_privilege(sequences.oid, 'USAGE, SELECT') END
ORDER BY tables.relname"""
# Both are read when the table's highest number is: a writer in between would look like a fault.
_BY_SELECT = (
    "(SELECT CASE WHEN is_called THEN last_value + {increment} ELSE last_value END FROM {name})"
)
# With USAGE alone. Null for a sequence not used since it was made or restarted.
_BY_USAGE = "pg_sequence_last_value('{name}'::regclass) + {increment}"


class Sequence(NamedTuple):
    """A sequence, and the column that it numbers."""

    name: str
    table: str
    column: str
    #: SQL of the number that the sequence gives next.
    upcoming: str


def behind() -> list[Sequence]:
    """Return the sequences that give numbers which their tables have already.

    Two queries of a few index lookups: cheap enough for a probe.
    """
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(_OWNED, [_tables()])
        return _behind([_sequence(*row) for row in cursor.fetchall()])


def catch_up() -> list[Sequence]:
    """Set each sequence that is behind to the highest number of its table; return them.

    Inserts wait meanwhile: a number that one of them has just taken is not given again.
    """
    return [sequence for sequence in behind() if _caught_up(sequence)]


def gave(table: str, number: int) -> bool:
    """Tell whether the table's sequence has given the number: one chosen by hand may be any."""
    with connection.cursor() as cursor:
        cursor.execute(_OWNED, [[table]])
        for sequence in [_sequence(*row) for row in cursor.fetchall()]:
            cursor.execute(f"SELECT %s < {sequence.upcoming}", [number])
            if cursor.fetchone()[0]:
                return True
    return False


def _caught_up(sequence: Sequence) -> bool:
    quote = connection.ops.quote_name
    table, column = quote(sequence.table), quote(sequence.column)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        if not _behind([sequence]):
            return False
        cursor.execute(
            f"SELECT setval(%s::regclass, max({column})) FROM {table}",  # noqa: S608 quoted
            [sequence.name],
        )
    return True


def _sequence(table: str, column: str, name: str, increment: int, may_select: bool) -> Sequence:
    upcoming = (_BY_SELECT if may_select else _BY_USAGE).format(name=name, increment=increment)
    return Sequence(name, table, column, upcoming)


def _behind(sequences: list[Sequence]) -> list[Sequence]:
    if not sequences:
        return []
    quote = connection.ops.quote_name
    parts = (
        f"SELECT {number} WHERE {each.upcoming}"  # noqa: S608 names of the database's catalog
        f" <= (SELECT max({quote(each.column)}) FROM {quote(each.table)})"
        for number, each in enumerate(sequences)
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return [sequences[number] for (number,) in sorted(cursor.fetchall())]


def _tables() -> list[str]:
    """Return the tables of this project, whether they are there or not."""
    tables = connection.introspection.django_table_names(include_views=False)
    return [*tables, MigrationRecorder.Migration._meta.db_table]
