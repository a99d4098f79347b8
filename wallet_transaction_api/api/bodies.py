"""JSON bodies for every face: strict, with numbers that remember how they were written."""

import json
from typing import Any, NoReturn

from wallet_transaction_api.money import ExactNumber


class Malformed(ValueError):
    """The body is not JSON; the message says why."""


def parse(body: bytes) -> Any:
    """Return the body's value; raises `Malformed`.

    NaN and infinities, numbers of thousands of digits, nesting beyond Python's stack and lone
    surrogates, which no database stores, are not JSON here. Nor is an object that names a member
    twice: who checked the request on its way may have read the other one.
    """
    try:
        return _parse(body)
    except RecursionError as error:
        raise Malformed("The body is nested too deeply.") from error
    except ValueError as error:
        raise Malformed(str(error)) from error


def _parse(body: bytes) -> Any:
    value = _decode(body.decode("utf-8"))
    if b"\\u" in body:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object; raises `ValueError` where a member is named twice."""
    named = dict(pairs)
    if len(named) < len(pairs):
        raise ValueError("An object names a member twice.")
    return named


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a JSON number.")


#: Made once: `json.loads` with these would make it for every body.
_decode = json.JSONDecoder(
    parse_float=ExactNumber, parse_constant=_refuse_constant, object_pairs_hook=members
).decode
