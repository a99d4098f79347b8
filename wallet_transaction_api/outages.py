"""When the database cannot serve, whatever was asked of it: one definition for every room."""

from django.db import DatabaseError, InterfaceError, OperationalError, connection

#: PostgreSQL's SQLSTATE of a write to a server or database that is read-only: a standby, or a
#: primary of yesterday. Django has no class of its own for it.
_READ_ONLY = "25006"


def is_outage(error: BaseException | None) -> bool:
    """Tell whether an exception says that, rather than that the request or our code is at fault."""
    return isinstance(error, OperationalError | InterfaceError) or _is_read_only(error)


def refuses_writes() -> bool:
    """Ask PostgreSQL whether it would refuse every write; others say so only when written to."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        return bool(cursor.fetchone()[0] == "on")


def _is_read_only(error: BaseException | None) -> bool:
    cause = getattr(error, "__cause__", None)
    return isinstance(error, DatabaseError) and getattr(cause, "sqlstate", None) == _READ_ONLY
