"""The client's own text in errors: a name is repeated exactly as it was sent, or not at all.

An error must not grow with the request, and must be JSON whatever was sent: query strings may hold
bytes that are not UTF-8, which Python keeps as lone surrogates.
"""

from collections.abc import Mapping

#: Longer names are not repeated: `source` then has nothing, or the pointer to what holds the name.
LONGEST_NAME = 300
LONGEST_DETAIL = 1000
_LONGEST_QUOTE = 80


def quoted(value: object) -> str:
    """Return a JSON value, text in quotes, control characters escaped; a long one is shortened."""
    text = value if isinstance(value, str) else repr(value)
    short = text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"
    return repr(short) if isinstance(value, str) else short


def cut(text: str) -> str:
    """Return a detail that may hold the client's text, of bounded length and encodable."""
    bounded = text if len(text) <= LONGEST_DETAIL else f"{text[:LONGEST_DETAIL]}…"
    return bounded.encode("utf-8", "backslashreplace").decode()


def is_repeatable(name: str) -> bool:
    """Tell whether an answer can hold the name exactly as it was sent."""
    return len(name) <= LONGEST_NAME and not any("\ud800" <= char <= "\udfff" for char in name)


def source(named: Mapping[str, str]) -> dict[str, str]:
    """Return an error's `source` without names that cannot be repeated.

    A pointer with such a name becomes that of the object which has the member.
    """
    kept = {kind: name for kind, name in named.items() if is_repeatable(name)}
    if "pointer" in named:
        kept["pointer"] = _repeatable(named["pointer"])
    return kept


def _repeatable(pointer: str) -> str:
    names = pointer.split("/")
    first = next((at for at, name in enumerate(names) if not is_repeatable(name)), len(names))
    return "/".join(names[:first])
