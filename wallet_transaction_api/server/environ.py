"""The WSGI environ of a request (PEP 3333)."""

import sys
from io import BytesIO
from typing import Any

from granian.rsgi import Headers, Scope

#: The value of a header that is not ASCII: granian does not hand out its text. It is no character
#: that any of our headers may have, so such a header counts as malformed and not as absent.
UNREADABLE = "\xff"

_SAME_FOR_ALL = {
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "granian",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
    "wsgi.input_terminated": True,
}
#: Of these the environ has names of its own, and the length is the body's as it was read.
_NO_HTTP_PREFIX = {"HTTP_CONTENT_TYPE": "CONTENT_TYPE", "HTTP_CONTENT_LENGTH": "CONTENT_LENGTH"}


def wsgi_environ(scope: Scope, body: bytes) -> dict[str, Any]:
    """Return the environ.

    Header names with an underscore are dropped, as nginx and Apache drop them: in the environ
    `X_Forwarded_For` could not be told from `X-Forwarded-For`. A body that was cut because it is
    too long keeps the length that its sender announced.
    """
    name, port = _host_and_port(scope.server)
    environ = {
        **_SAME_FOR_ALL,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": _latin_1(scope.path),
        "QUERY_STRING": _latin_1(scope.query_string),
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": name,
        "SERVER_PORT": port,
        "REMOTE_ADDR": _host_and_port(scope.client)[0],
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(body),
        **_headers(scope.headers),
    }
    if scope.authority:  # an absolute target comes before the header (RFC 9112, 3.2.2)
        environ["HTTP_HOST"] = scope.authority
    if "HTTP_TRANSFER_ENCODING" in environ or "CONTENT_LENGTH" not in environ:
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def _headers(headers: Headers) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in headers.items():
        values[name] = f"{values[name]},{value}" if name in values else value
    for name in headers.keys():  # noqa: SIM118 the headers are no mapping
        values.setdefault(name, UNREADABLE)
    return {_key(name): value for name, value in values.items() if "_" not in name}


def _key(name: str) -> str:
    key = f"HTTP_{name.upper().replace('-', '_')}"
    return _NO_HTTP_PREFIX.get(key, key)


def _host_and_port(address: str) -> tuple[str, str]:
    """Split `127.0.0.1:80` and `[::1]:80`."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), port


def _latin_1(text: str) -> str:
    """Return the text as WSGI has it: each byte of its UTF-8 a character."""
    return text if text.isascii() else text.encode().decode("latin-1")
