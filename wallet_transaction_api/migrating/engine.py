"""SQLAlchemy's engine for Alembic, connecting in Django's own way.

So both tools always speak to the same database with the same options, also where a test
renamed it. At run time nothing else may use it: statements of the service go over Django's
connection.
"""

import sqlite3
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from sqlalchemy import Connection, Engine, NullPool, create_engine, event

from wallet_transaction_api import sortable

_URLS = {
    "postgresql": "postgresql+psycopg://",
    "mysql": "mysql+mysqldb://",
    "sqlite": "sqlite+pysqlite://",
}


def make_engine(alias: str = DEFAULT_DB_ALIAS) -> Engine:
    """Return an engine without a pool; every connection is a new one made by Django's backend."""
    wrapper: Any = connections[alias].copy()

    def connect() -> Any:
        return wrapper.get_new_connection(wrapper.get_connection_params())

    engine = create_engine(_URLS[wrapper.vendor], creator=connect, poolclass=NullPool)
    if wrapper.vendor == "sqlite":
        _prepare_sqlite(engine)
    return engine


def _prepare_sqlite(engine: Engine) -> None:
    """Make transactions real, DDL included, and sums exact.

    Python's driver would open one before INSERT only and never before CREATE TABLE.
    """
    event.listen(engine, "connect", _on_sqlite_connect)
    event.listen(engine, "begin", _begin)


def _on_sqlite_connect(raw: sqlite3.Connection, record: object) -> None:
    raw.isolation_level = None
    sortable.register(raw)


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
