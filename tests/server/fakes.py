"""What granian hands to an RSGI application, in memory."""

from collections.abc import AsyncIterator, Callable
from typing import Any


class Headers:
    """Headers as granian shows them: `items` leaves out what is not ASCII, `keys` does not."""

    def __init__(self, *pairs: tuple[str, str]) -> None:
        self._pairs = pairs

    def __contains__(self, name: str) -> bool:
        return name in self.keys()

    def keys(self) -> list[str]:
        """Return each name once."""
        return list(dict(self._pairs))

    def items(self) -> list[tuple[str, str]]:
        """Return the readable pairs."""
        return [pair for pair in self._pairs if pair[1].isascii()]

    def get(self, name: str, default: Any = None) -> Any:
        """Return the first readable value."""
        return next((value for key, value in self.items() if key == name), default)


class Scope:
    """A GET of `/` from a client of this machine, unless told otherwise."""

    method, path, query_string, scheme, http_version = "GET", "/", "", "http", "1.1"
    server, client, authority = "127.0.0.1:8000", "127.0.0.2:5000", None

    def __init__(self, *headers: tuple[str, str], **more: Any) -> None:
        self.headers = Headers(*headers)
        vars(self).update(more)


class Protocol:
    """Gives a body part by part, and keeps what is answered."""

    def __init__(self, *parts: bytes, wait: Callable[[], Any] | None = None) -> None:
        self._parts = parts
        self._wait = wait
        self.answers: list[tuple[int, Any, bytes]] = []

    async def __call__(self) -> bytes:
        return b"".join([part async for part in self])

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            yield part
        if self._wait:
            await self._wait()

    def response_bytes(self, status: int, headers: Any, body: bytes) -> None:
        """Keep it."""
        self.answers.append((status, headers, body))
