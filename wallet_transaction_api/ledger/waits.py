"""How long a unit of work waits for rows that somebody else has locked.

As a rule `DB_LOCK_TIMEOUT`. A unit that holds another person's wallet waits for (almost) nobody,
whatever it needs next: a unique index, a row of its own. It fails and runs again from its start.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from django.db import Error, OperationalError, connection

#: Milliseconds on PostgreSQL: long enough for the end of a commit, too short to be felt.
BRIEFLY = 20
_LOCAL = f"SET LOCAL lock_timeout = {BRIEFLY}"
#: MySQL counts in seconds and takes no zero, which on MariaDB means not at all.
_SHORTEN = "SET @usual_wait = @@innodb_lock_wait_timeout, innodb_lock_wait_timeout = {0}"
_LENGTHEN = "SET innodb_lock_wait_timeout = @usual_wait"


class NotNow(OperationalError):
    """What the unit needs is somebody else's now: it is run again from its start."""


class _Unit(threading.local):
    """The unit that the thread is in: what ends with it, and whether it waits briefly by now."""

    ending: ExitStack | None = None
    is_brief = False


_unit = _Unit()


@contextmanager
def unit() -> Iterator[None]:
    """Note that an outermost block begins; in the end undo what was to last as long as it."""
    with ExitStack() as ending:
        _unit.ending = ending
        try:
            yield
        finally:
            _unit.ending, _unit.is_brief = None, False


def ending() -> ExitStack | None:
    """Return what is undone once the unit's transaction has ended; None outside of any unit."""
    return _unit.ending


def are_brief() -> bool:
    """Tell whether the unit waits briefly: it holds another person's wallet, or is about to."""
    return _unit.is_brief


def shorten() -> None:
    """Wait briefly from now on, until the outermost block ends.

    On MySQL and MariaDB only in a unit of work: there it is the session's, and has to be undone.
    """
    if _unit.is_brief:
        return
    if connection.vendor == "postgresql":
        _execute(_LOCAL)
    elif connection.vendor == "mysql" and _unit.ending is not None:
        _execute(_SHORTEN.format(int(not connection.mysql_is_mariadb)))  # type: ignore[attr-defined]
        _unit.ending.callback(_lengthen)
    _unit.is_brief = _unit.ending is not None


def _lengthen() -> None:
    with suppress(Error):  # a connection that is lost has lost its settings
        _execute(_LENGTHEN)


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
