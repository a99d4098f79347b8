"""Bodies are read whole, in time, and within the memory of the process."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.server.fakes import Headers, Protocol
from wallet_transaction_api.server import bodies
from wallet_transaction_api.server.bodies import BodyReader

MOST = 1_000_000
CHUNKED = Headers(("transfer-encoding", "chunked"))
PART = b"x" * 65536


def _announcing(length: int) -> Headers:
    return Headers(("content-length", str(length)))


def _read(headers: Headers, *parts: bytes, **more: Any) -> bytes:
    reader = BodyReader(most=MOST, seconds=more.pop("seconds", 5))
    read: Any = reader.read(headers, Protocol(*parts, **more))  # type: ignore[arg-type]
    try:
        return bytes(asyncio.run(read))
    finally:
        assert reader._reserved == 0, "memory stays reserved"


def test_no_body_is_waited_for_that_was_not_announced() -> None:
    assert _read(Headers(), wait=asyncio.Event().wait) == b""


def test_small_and_large_bodies_arrive_whole() -> None:
    assert _read(_announcing(2), b"a", b"b") == b"ab"
    assert _read(_announcing(2 * len(PART)), PART, PART, b"") == PART * 2
    assert _read(CHUNKED, PART, b"b", b"") == PART + b"b"


@pytest.mark.parametrize("headers", [_announcing(3), _announcing(200_000), CHUNKED])
def test_a_slow_body_is_a_timeout(headers: Headers) -> None:
    with pytest.raises(bodies.BodyTooSlow):
        _read(headers, b"a", wait=asyncio.Event().wait, seconds=0.05)


def test_a_body_that_broke_off_is_incomplete() -> None:
    with pytest.raises(bodies.BodyIncomplete):
        _read(_announcing(2 * len(PART)), PART, b"", b"")
    with pytest.raises(bodies.BodyIncomplete):
        _read(CHUNKED, b'{"amount": 1}', b"", b"")


def test_of_too_long_a_body_one_byte_more_is_read_than_allowed() -> None:
    assert len(_read(CHUNKED, *[PART] * 50, b"")) == MOST + 1


def test_a_body_that_announces_too_much_is_not_waited_for() -> None:
    assert _read(_announcing(MOST + 1), wait=asyncio.Event().wait) == b""


def test_large_bodies_share_a_bound_and_small_ones_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "LARGE_TOGETHER", len(PART))
    reader = BodyReader(most=MOST, seconds=5)

    async def beside_a_large_one() -> list[Any]:
        held = asyncio.create_task(
            reader.read(CHUNKED, Protocol(PART, PART, wait=asyncio.Event().wait))  # type: ignore[arg-type]
        )
        await asyncio.sleep(0)
        reads = [
            reader.read(headers, Protocol(*parts))  # type: ignore[arg-type]
            for headers, parts in (
                (CHUNKED, (PART, PART, b"")),
                (CHUNKED, (b"small", b"")),
                (_announcing(5), (b"small",)),
            )
        ]
        found = await asyncio.gather(*reads, return_exceptions=True)
        held.cancel()
        return list(found)

    too_large, *small = asyncio.run(beside_a_large_one())
    assert isinstance(too_large, bodies.TooManyBodies)
    assert small == [b"small", b"small"]


@pytest.mark.parametrize("error", bodies.BodyError.__subclasses__())
def test_every_answer_is_documented(error: type[bodies.BodyError]) -> None:
    page = (Path(__file__).parents[2] / "docs" / "errors.md").read_text()
    assert f"| {error.status} `{error.code}` |" in page
