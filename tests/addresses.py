"""Where the test database is, in the words that a process of its own understands."""

import socket
from urllib.parse import quote

from django.db import connection

_SCHEMES = {"mysql": "mysql", "postgresql": "postgres"}


def database_url() -> str:
    """Return the URL of the database that this session's connection uses."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    user, password = (quote(settings[name] or "", safe="") for name in ("USER", "PASSWORD"))
    host = f"{settings['HOST']}:{settings['PORT']}" if settings["PORT"] else settings["HOST"]
    return f"{_SCHEMES[connection.vendor]}://{user}:{password}@{host}/{settings['NAME']}"


def free_port() -> int:
    """Return a port of the loopback interface that nobody uses now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
