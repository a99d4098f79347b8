"""Request bodies: read whole, within a time, a size, and the memory of the process."""

import asyncio
from typing import ClassVar

from granian.rsgi import Headers, HTTPProtocol, ProtocolClosed, ProtocolError

#: So much of each body is read in any case: with granian's 1,024 connections per process they take
#: 64 MB at most.
SMALL = 64 * 1024
#: What the bodies of a process may take together beyond that, while they are read.
LARGE_TOGETHER = 64 * 1024 * 1024


class BodyError(Exception):
    """The body was not read. The connection ends with the answer."""

    status: ClassVar[int]
    code: ClassVar[str]
    message: ClassVar[str]
    headers: ClassVar[list[tuple[str, str]]] = []


class BodyTooSlow(BodyError):
    """The body did not arrive in time."""

    status, code = 408, "request_timeout"
    message = "The request body did not arrive in time. Send it again."


class BodyIncomplete(BodyError):
    """The connection ended before the body did."""

    status, code = 400, "incomplete_body"
    message = "The request body ended early. Send it whole."


class TooManyBodies(BodyError):
    """Others send so much at this moment that there is no memory left for this body."""

    status, code = 503, "overloaded"
    message = "Too many large request bodies at once. Try again later."
    headers: ClassVar = [("retry-after", "1")]


class BodyReader:
    """Reads bodies of which the application accepts at most `most` bytes, within `seconds`."""

    def __init__(self, *, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._reserved = 0

    async def read(self, headers: Headers, protocol: HTTPProtocol) -> bytes:
        """Return the body, cut after `most` + 1 bytes; raise `BodyError`.

        One that announces more than that is not read: its length is enough to reject it.
        """
        length = _announced(headers)
        if length == 0 or (length is not None and length > self._most):
            return b""
        try:
            async with asyncio.timeout(self._seconds):
                if length is not None and length <= SMALL:
                    return bytes(await protocol())
                return await self._read_large(length, protocol)
        except TimeoutError:
            raise BodyTooSlow from None
        except (ProtocolClosed, ProtocolError):
            raise BodyIncomplete from None

    async def _read_large(self, length: int | None, protocol: HTTPProtocol) -> bytes:
        body = _Body(most=self._most)
        try:
            async for part in protocol:
                self._reserved += body.add(part, self._reserved)
                if body.is_too_long:
                    break
        finally:
            self._reserved -= body.reserved
        if not body.is_whole(length):
            raise BodyIncomplete
        return body.content()


class _Body:
    """What was read of a body, and how much of it counts against `LARGE_TOGETHER`."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._read = bytearray()
        self._empty_parts = 0
        self.reserved = 0

    @property
    def is_too_long(self) -> bool:
        return len(self._read) > self._most

    def add(self, part: bytes, reserved_by_all: int) -> int:
        """Append the part; return how much more memory it reserves; raise `TooManyBodies`."""
        self._read += part
        self._empty_parts += not part
        more = max(0, len(self._read) - SMALL - self.reserved)
        if more and reserved_by_all + more > LARGE_TOGETHER:
            raise TooManyBodies
        self.reserved += more
        return more

    def is_whole(self, length: int | None) -> bool:
        """Tell whether the connection held to the end of the body.

        Granian gives an empty part at the end, and one more before it where the connection broke
        (or where trailers came, which the service does not accept).
        """
        if self.is_too_long:
            return True
        return self._empty_parts == 1 if length is None else len(self._read) == length

    def content(self) -> bytes:
        """Return the body, or one byte more than is allowed of one that is too long."""
        return bytes(self._read[: self._most + 1])


def _announced(headers: Headers) -> int | None:
    """Return how many bytes will come; None if only their end will tell (RFC 9112, 6.3)."""
    if "transfer-encoding" in headers:
        return None
    return int(headers.get("content-length") or 0)
