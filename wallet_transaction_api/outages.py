"""When the database cannot serve, whatever was asked of it: one definition for every room."""

import logging
import re
import threading
import time
from typing import Any

from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection

from wallet_transaction_api.installation import COMMAND

logger = logging.getLogger(__name__)

#: The same trouble is logged once in so many seconds, and so many different ones at most.
QUIET_SECONDS = 60.0
MOST = 10
#: Longer words of a database are cut.
LENGTH = 500
#: The SQLSTATE of a duplicate key, and what PostgreSQL tells of one that a sequence numbers.
_DUPLICATE, _ID = "23505", re.compile(r"\(id\)=\((\d+)\)")
#: PostgreSQL's SQLSTATE of a write to a server or database that is read-only: a standby, or a
#: primary of yesterday. Django has no class of its own for it.
_READ_ONLY = "25006"

_SEQUENCE_BEHIND = (
    "a sequence is behind its table, so that new rows are given ids that are taken:"
    f" run {COMMAND} migrate (/readyz names the sequence)"
)

_lock = threading.Lock()
#: What was logged of late, and when.
_logged: dict[str, float] = {}


def is_outage(error: BaseException | None) -> bool:
    """Tell whether an exception says that, rather than that the request or our code is at fault."""
    return (
        isinstance(error, OperationalError | InterfaceError)
        or (isinstance(error, DatabaseError) and is_read_only(error.__cause__))
        or is_sequence_behind(error)
    )


def is_read_only(error: BaseException | None) -> bool:
    """Tell whether PostgreSQL's driver says that the database takes no writes."""
    return getattr(error, "sqlstate", None) == _READ_ONLY


def is_sequence_behind(error: BaseException | None) -> bool:
    """Tell whether PostgreSQL gave a new row an id that is taken: clients choose none."""
    return taken_id(error) is not None


def taken_id(error: BaseException | None) -> tuple[str, int] | None:
    """Return the table and the id that a new row could not have, if that is what went wrong."""
    cause = error.__cause__ if isinstance(error, IntegrityError) else None
    if getattr(cause, "sqlstate", None) != _DUPLICATE:
        return None
    diagnosis: Any = getattr(cause, "diag", None)
    found = _ID.search(str(getattr(diagnosis, "message_detail", "")))
    return (str(diagnosis.table_name), int(found[1])) if found else None


def report(error: BaseException | None) -> None:
    """Log what an outage's exception says: clients are told only that there is one."""
    line = _SEQUENCE_BEHIND if is_sequence_behind(error) else told(error)
    if is_news(line):
        logger.error("the database is unavailable: %s", line)


def told(error: BaseException | None) -> str:
    """Return an exception in one line. The drivers' own hold users, hosts and no passwords."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:LENGTH]


def refuses_writes() -> bool:
    """Ask PostgreSQL whether it would refuse every write; others say so only when written to."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        return bool(cursor.fetchone()[0] == "on")


def is_news(line: str) -> bool:
    """Tell whether the line was not logged within the last `QUIET_SECONDS`, and note it."""
    now = time.monotonic()
    with _lock:
        for old in [line for line, at in _logged.items() if now - at >= QUIET_SECONDS]:
            del _logged[old]
        fresh = line not in _logged and len(_logged) < MOST
        if fresh:
            _logged[line] = now
    return fresh
