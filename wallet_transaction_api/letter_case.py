"""Which characters a search without case takes for one another, by Unicode's simple mappings.

Two characters match if they are equal, or have the same simple upper case, or the same simple
lower case. So `s`, `S` and the long s (U+017F) match. Accents and length are kept: `ß` matches
`ẞ` and not `SS`. The Turkish letters (U+0130, U+0131) match `i` and `I`, but not each other.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from functools import cache

#: The planes from here on hold ideographs, tags and private use: nothing that has a case.
FIRST_PLANE_WITHOUT_CASE = 0x20000
_Groups = dict[str, set[str]]


def pattern(text: str) -> str:
    """Return a regular expression that finds the text in any case.

    The databases' engines and Python's read it alike, whether they compare characters or, as
    MariaDB's `REGEXP BINARY` does, the bytes of UTF-8: so these are groups and no brackets.
    """
    return "".join(map(_alternatives, text))


def matching(character: str) -> list[str]:
    """Return the characters that match this one, itself among them."""
    uppers, lowers = _groups()
    same_upper = uppers.get(_upper(character), set())
    same_lower = lowers.get(_lower(character), set())
    return sorted({character} | same_upper | same_lower)


def _alternatives(character: str) -> str:
    found = matching(character)
    return f"(?:{'|'.join(found)})" if len(found) > 1 else re.escape(character)


def _upper(character: str) -> str:
    """Return the simple upper case; a full one that is longer (`SS` of `ß`) counts for none."""
    upper = character.upper()
    return upper if len(upper) == 1 else character


def _lower(character: str) -> str:
    """Return the simple lower case: of `İ`, whose full one is longer, it is the first part."""
    return character.lower()[0]


@cache
def _groups() -> tuple[_Groups, _Groups]:
    """Return the characters that have a case by their upper and by their lower case."""
    cased = [c for c in map(chr, range(FIRST_PLANE_WITHOUT_CASE)) if c.upper() != c.lower()]
    return _grouped(cased, _upper), _grouped(cased, _lower)


def _grouped(characters: list[str], case: Callable[[str], str]) -> _Groups:
    groups: _Groups = defaultdict(set)
    for character in characters:
        groups[case(character)].add(character)
    return groups
