"""JSON sent in chunks: the server knows where a body ends, Django only asks how long it is."""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any, TypeAlias

Environ: TypeAlias = dict[str, Any]
Application: TypeAlias = Callable[[Environ, Any], Iterable[bytes]]


def measured(application: Application, *, most: int) -> Application:
    """Make the WSGI application take JSON in chunks, where the server marks its end.

    Of a body of more than `most` bytes so much is read that Django refuses it. A length
    beside the chunks is not believed: HTTP says that the chunks count. A form in chunks stays
    unread: nothing in it would show that its end was lost on the way.
    """

    def measure(environ: Environ, start_response: Any) -> Iterable[bytes]:
        if "HTTP_TRANSFER_ENCODING" in environ and _is_readable(environ):
            body = _read(environ["wsgi.input"], most + 1)
            environ.update({"CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body)})
        return application(environ, start_response)

    return measure


def _is_readable(environ: Environ) -> bool:
    kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    return bool(environ.get("wsgi.input_terminated")) and kind.endswith("json")


def _read(source: Any, most: int) -> bytes:
    """Read so many bytes, or to the end; a server may give less at a time than asked for."""
    body = bytearray()
    while len(body) < most and (part := source.read(most - len(body))):
        body += part
    return bytes(body)
