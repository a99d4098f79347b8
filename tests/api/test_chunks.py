"""JSON in chunks is read to its end, and no further than Django would."""

from io import BytesIO
from typing import Any

import pytest

from tests.conftest import JSONAPI
from wallet_transaction_api.api import chunks

MOST = 10


class Dribble(BytesIO):
    """Gives three bytes at a time, as a network may."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Read so little."""
        return super().read(min(3, 3 if size is None or size < 0 else size))


def _seen(body: bytes, **environ: Any) -> tuple[str | None, bytes]:
    """Return the length that the application is told, and what it can read."""
    seen: list[Any] = []

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.extend((environ.get("CONTENT_LENGTH"), environ["wsgi.input"].read(99)))
        return []

    sent = {
        "HTTP_TRANSFER_ENCODING": "chunked",
        "CONTENT_TYPE": JSONAPI,
        "wsgi.input_terminated": True,
        "wsgi.input": Dribble(body),
        **environ,
    }
    chunks.measured(application, most=MOST)(sent, None)
    return seen[0], seen[1]


@pytest.mark.parametrize("kind", [JSONAPI, "application/json", "Application/JSON; charset=utf-8"])
def test_json_is_measured(kind: str) -> None:
    assert _seen(b'{"a": 1}', CONTENT_TYPE=kind) == ("8", b'{"a": 1}')


def test_the_chunks_count_and_not_a_length_beside_them() -> None:
    assert _seen(b'{"a": 1}', CONTENT_LENGTH="2") == ("8", b'{"a": 1}')


@pytest.mark.parametrize(("size", "told"), [(0, "0"), (MOST, "10"), (MOST + 1, "11"), (50, "11")])
def test_no_more_is_read_than_shows_that_it_is_too_much(size: int, told: str) -> None:
    assert _seen(b"x" * size) == (told, b"x" * int(told))


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_form_stays_unread(kind: str) -> None:
    assert _seen(b"amount=1", CONTENT_TYPE=kind)[0] is None


def test_an_end_that_the_server_does_not_mark_is_not_waited_for() -> None:
    assert _seen(b'{"a": 1}', **{"wsgi.input_terminated": False})[0] is None
