"""Writes documents as UTF-8 JSON; what was written as JSON already is spliced in as it is."""

import json
from collections.abc import Iterable, Mapping
from json.encoder import encode_basestring
from typing import Any, TypeAlias

#: A JSON object, read or to be written.
Object: TypeAlias = dict[str, Any]


class Fragment(str):
    """JSON text, ready to stand in a document."""

    __slots__ = ()


NULL = Fragment("null")
#: Writes a string as JSON.
quote = encode_basestring


def dump(value: Any) -> str:
    """Return the JSON text of a value without fragments; refuses NaN and infinities."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def array(items: Iterable[str]) -> Fragment:
    """Join fragments to an array."""
    return Fragment(f"[{','.join(items)}]")


def encode(document: Mapping[str, Any]) -> bytes:
    """Return the body of a document whose top-level members may be fragments."""
    members = (f"{quote(name)}:{_text(value)}" for name, value in document.items())
    return f"{{{','.join(members)}}}".encode()


def _text(value: Any) -> str:
    return value if isinstance(value, Fragment) else dump(value)
