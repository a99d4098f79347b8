"""Finding what somebody may have meant. Pure, no framework."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

#: So many words are listed in full; of more, those that are most alike.
_LISTED = 10
_CLOSEST = 3
_LIKENESS = 0.5
#: Longer values are cut in messages.
_SHOWN = 40
#: Longer texts of others lose their middle.
_LONGEST = 160


def quoted(value: str) -> str:
    """Return the value in quotation marks, cut where it is long."""
    return repr(value if len(value) <= _SHOWN else f"{value[:_SHOWN]}...")


def shortened(text: str) -> str:
    """Return the text, without its middle where it is long."""
    half = _LONGEST // 2
    return text if len(text) <= _LONGEST else f"{text[:half]}...{text[-half:]}"


def among(words: Sequence[str], value: str) -> str:
    """Return "one of" all the words if they are few, else those that are closest to the value."""
    if len(words) <= _LISTED:
        return f"one of {', '.join(words)}"
    near = closest(value, words, count=_CLOSEST, likeness=_LIKENESS)
    named = f"closest: {', '.join(near)}" if near else f"such as {', '.join(words[:_CLOSEST])}"
    return f"one of the {len(words)} known ({named})"


def closest(value: str, words: Iterable[str], *, count: int, likeness: float) -> list[str]:
    """Return the words most like the value, whatever its case."""
    by_form = {word.upper(): word for word in words}
    found = get_close_matches(value[:_SHOWN].upper(), by_form, n=count, cutoff=likeness)
    return [by_form[form] for form in found]
