"""The file of an SQLite database: whose it is, and who may read it.

SQLite makes its file for everybody to read (0644 under the usual umask), and its `-wal` and `-shm`
with the mode of the file. A ledger is its owner's, so a new file is made before SQLite would.
"""

import contextlib
import os
import sqlite3
import stat
import threading
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

_making = threading.Lock()


class PrivateConnection(sqlite3.Connection):
    """A connection whose file, if it makes it, is its owner's only: a `factory` for `connect()`."""

    def __init__(self, database: str, *args: Any, **options: Any) -> None:
        path = path_of(str(database))
        if path is not None:
            _make(path)
        super().__init__(database, *args, **options)


def path_of(database: str) -> Path | None:
    """Return the file that a database's name or `file:` URI means; None where it makes none."""
    if not database.startswith("file:"):
        return Path(database) if database and database != ":memory:" else None
    parts = urlsplit(database)
    path, mode = unquote(parts.path), parse_qs(parts.query).get("mode", ["rwc"])[-1]
    return Path(path) if mode == "rwc" and path and path != ":memory:" else None


def open_to_others(database: str) -> list[Path]:
    """Return the database's files that every user of the machine may read or write."""
    path = path_of(database)
    files = [] if path is None else [Path(f"{path}{end}") for end in ("", "-wal", "-shm")]
    return [file for file in files if _mode(file) & (stat.S_IROTH | stat.S_IWOTH)]


def _make(path: Path) -> None:
    """Make an empty file unless there is one; why it cannot be made SQLite says better.

    An existing file is never opened: closing it would end the locks that this process has on it.
    The same holds between making and closing it, so one thread does that at a time.
    """
    with _making, contextlib.suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except OSError:
        return 0
