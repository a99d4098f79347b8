"""The database of a campaign, put back before each trial as the session's fixtures made it.

On SQLite a file is copied. On PostgreSQL the server copies a template database; both names hold
this process' number, so campaigns on one server do not meet, and `leave` drops both.
"""

import os
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.db import connection, connections

from tests.mutation import record

_TEMPLATE_FILE = record.FOLDER / "template.sqlite3"
#: FILE_COPY has the server make two checkpoints: some 600 ms for these 9 MB instead of 60.
_STRATEGY = "WAL_LOG"


def keep() -> None:
    """Keep a copy of the database, which nobody may be using, as the template."""
    connections.close_all()
    name = connection.settings_dict["NAME"]
    if record.DATABASE == record.POSTGRES:
        _copy(name, f"{name}_template")
    else:
        shutil.copyfile(name, _TEMPLATE_FILE)


def restore() -> None:
    """Put the database back as it was kept; the caller has no connection open."""
    name = connection.settings_dict["NAME"]
    if record.DATABASE == record.POSTGRES:
        _copy(f"{name}_template", name)
    else:
        for suffix in ("-wal", "-shm"):
            Path(f"{name}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(_TEMPLATE_FILE, name)


def use_template(**_options: Any) -> None:
    """Stand in for Django's `setup_databases`: the template is the database."""
    connections.close_all()
    connection.settings_dict["NAME"] = connection.creation._get_test_db_name()
    restore()


def leave_template(*_args: Any, **_options: Any) -> None:
    """Stand in for Django's `teardown_databases`."""


def leave() -> None:
    """Let nothing of the campaign stay on a PostgreSQL server."""
    if record.DATABASE == record.POSTGRES:
        name = f"test_{urlsplit(os.environ['DATABASE_URL']).path[1:]}"
        for left in (name, f"{name}_template"):
            _command(f"DROP DATABASE IF EXISTS {left} WITH (FORCE)")


def _copy(source: str, target: str) -> None:
    """Replace a database by a copy of another, whoever is connected to it: a trial may hang."""
    _command(
        f"DROP DATABASE IF EXISTS {target} WITH (FORCE)",
        f"CREATE DATABASE {target} TEMPLATE {source} STRATEGY {_STRATEGY}",
    )


def _command(*statements: str) -> None:
    """Tell the server, on a connection of its own that no fork inherits."""
    import psycopg  # a campaign on SQLite needs none

    address = os.environ["DATABASE_URL"]
    with psycopg.connect(address, dbname="postgres", autocommit=True) as server:
        for statement in statements:
            server.execute(statement)
