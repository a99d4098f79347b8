"""Alembic's indexes on tables of Django's, built beside writers where the database can.

The revisions that bring them and the repair after Django remade the table (SQLite loses a remade
table's foreign indexes in silence), or after a build was interrupted, run the same statements.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

# Written as ALTER TABLE: MariaDB's DROP INDEX takes no such options.
_ONLINE = "ALGORITHM=INPLACE, LOCK=NONE"
#: The names of a database's indexes on the tables.
_PRESENT = {
    # An invalid index is maintained by every writer and read by nobody.
    "postgresql": "SELECT relname FROM pg_class JOIN pg_index ON indexrelid = pg_class.oid"
    " WHERE indrelid IN (to_regclass('transactions'), to_regclass('holds')) AND indisvalid",
    "mysql": "SELECT DISTINCT index_name AS name FROM information_schema.statistics"
    " WHERE table_schema = database() AND table_name IN ('transactions', 'holds')",
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index'"
    " AND tbl_name IN ('transactions', 'holds')",
}


@dataclass(frozen=True, slots=True)
class Index:
    """One index, and the revision that brings it."""

    name: str
    columns: str
    revision: str
    table: str = "transactions"

    def create_statements(self, vendor: str) -> list[str]:
        """Return what builds the index unless it is there, for a connection in autocommit."""
        if vendor == "postgresql":
            create = f"CREATE INDEX CONCURRENTLY {self.name} ON {self.table} {self.columns}"
            # An interrupted build leaves an invalid index of the name behind.
            return _postgresql(self._drop, create)
        if vendor == "mysql":
            add = f"ALTER TABLE {self.table} ADD INDEX {self.name} {self.columns}, {_ONLINE}"
            return self._mysql(present="DO 0", absent=add)
        return [f"CREATE INDEX IF NOT EXISTS {self.name} ON {self.table} {self.columns}"]

    def drop_statements(self, vendor: str) -> list[str]:
        """Return what drops it if it is there, likewise."""
        if vendor == "postgresql":
            return _postgresql(self._drop)
        if vendor == "mysql":
            take = f"ALTER TABLE {self.table} DROP INDEX {self.name}, {_ONLINE}"
            return self._mysql(present=take, absent="DO 0")
        return [f"DROP INDEX IF EXISTS {self.name}"]

    @property
    def _drop(self) -> str:
        return f"DROP INDEX CONCURRENTLY IF EXISTS {self.name}"

    def _mysql(self, *, present: str, absent: str) -> list[str]:
        """Choose on the server: MySQL 8 has no IF [NOT] EXISTS here, and `--sql` cannot ask.

        An attempt that ended between the index and its note in Alembic's table is thus
        repeatable.
        """
        count = f"SELECT COUNT(*) FROM ({_PRESENT['mysql']}) AS known WHERE name = '{self.name}'"  # noqa: S608 our own
        choice = f"IF(({count}), '{present}', '{absent}')"
        return [
            f"SET @statement = {choice}",
            "PREPARE statement FROM @statement",
            "EXECUTE statement",
            "DEALLOCATE PREPARE statement",
        ]


BY_TIME = Index("transactions_by_time", "(created_at, id)", "0004")
BY_AMOUNT = Index("transactions_by_amount", "(amount, id)", "0005")
HOLDS_BY_WALLET = Index("holds_by_wallet", "(wallet_id, id)", "0009", table="holds")
ALL = (BY_TIME, BY_AMOUNT, HOLDS_BY_WALLET)


def missing(among: Iterable[Index] = ALL) -> list[str]:
    """Return the names of those that the database lacks or whose build broke off."""
    return [index.name for index in _lost(among)]


def restore(among: Iterable[Index] = ALL) -> list[str]:
    """Build those that are missing and return their names."""
    lost = _lost(among)
    with connection.cursor() as cursor:
        for index in lost:
            for statement in index.create_statements(connection.vendor):
                cursor.execute(statement)
    return [index.name for index in lost]


def _lost(among: Iterable[Index]) -> list[Index]:
    with connection.cursor() as cursor:
        cursor.execute(_PRESENT[connection.vendor])
        present = {name for (name,) in cursor.fetchall()}
    lost = [index for index in among if index.name not in present]
    # A table that is not there lacks no index: an earlier migration has been gone back to.
    tables = set(connection.introspection.table_names()) if lost else set()
    return [index for index in lost if index.table in tables]


def _postgresql(*statements: str) -> list[str]:
    """Wait for long transactions as long as they take: waiting keeps no writer out."""
    return ["SET lock_timeout = 0", *statements, "RESET lock_timeout"]
