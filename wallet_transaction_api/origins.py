"""Where a change comes from: a request, or a program such as a management command.

Every room may ask; only the front doors say it. What is handed to another thread to be done takes
its origin along as plain data: the thread that does it is somebody else's.
"""

import logging
from contextvars import ContextVar
from typing import Any, NamedTuple

#: Who acts where no user does and no program has said its name.
SYSTEM = "system"


class Origin(NamedTuple):
    """A request by its id, or a program by its name."""

    request_id: str | None = None
    #: The request itself: of it only `user` is read, once the credential was checked.
    request: Any = None
    program: str = SYSTEM

    @property
    def user_id(self) -> int | None:
        """The id of the user whose credential the request carries, if there is one."""
        user = getattr(self.request, "user", None)
        return getattr(user, "pk", None)


#: The origin of what this thread does.
origin: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039 it is a tuple


def request_id() -> str | None:
    """Return the id of the request that this thread answers; None outside of one."""
    return origin.get().request_id


class Stamp(logging.Filter):
    """Gives each log record the `request_id` of its thread, `-` outside of a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass. Django logs some answers when it has left all middlewares."""
        of_record = getattr(getattr(record, "request", None), "request_id", None)
        record.request_id = of_record or request_id() or "-"
        return True
