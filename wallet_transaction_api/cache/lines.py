"""A connection to Redis per thread, spoken to directly.

A call through the client costs more than all else that a cached read does: it takes a connection
out of the pool, and puts it back, under locks. A server's threads are few; the connection of one
that ends is closed with it.
"""

import threading
from typing import Any


class Lines(threading.local):
    """The calling thread's connection, made as redis-py's `pool` makes its own."""

    def __init__(self, pool: Any) -> None:
        """Make the connection, which connects when it first speaks; runs anew in each thread.

        It is none of the pool's: one taken from there and never given back would count for ever.
        """
        self._connection = pool.connection_class(**pool.connection_kwargs)
        self._life = 0

    def call(self, life: int, *command: Any) -> Any:
        """Send one command and return its answer; raises what the client would raise.

        A connection that failed in any way is closed, so that no answer is read late. So is one
        made in another `life` of the server's: it would fail, as if the server had gone again.
        """
        if life != self._life:
            self._connection.disconnect()
            self._life = life
        try:
            self._connection.send_command(*command)
            return self._connection.read_response()
        except BaseException:
            self._connection.disconnect()
            raise
