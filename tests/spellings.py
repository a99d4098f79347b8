"""Texts in letters of many scripts, and what a search without case is by Unicode's definition."""

# Letters that look like others are the point.
# ruff: noqa: RUF001

from hypothesis import strategies as st

#: Letters of more than two cases or forms, of scripts that got their cases late, and of none.
LETTERS = (
    "aAäÄåÅ\u212bkK\u212asSſßẞıiIİσςΣθΘϑϴιΙ\u0345\u1fbeµμΜβϐǆǅǄ"
    "жЖвВᲀтТᲄᲅაᲐⴀႠꭰᎠᏸᏰ𐐨𐐀𞤢𞤀ⅷⅧⓐⒶｋＫᾀᾈᾳᾼﬀŉ北م😀"
)
#: What a pattern language, an escape or a quotation could trip over; a combining mark, blanks.
OTHERS = "%_\\.*+?^$|()[]{}-&~#/'\"`;:,=<>!@ \t\n\r\x01\x7f\x85\xa0\u0301\u2028\ufeff\ufffd"

characters = st.sampled_from(LETTERS + OTHERS) | st.characters(
    exclude_categories=["Cs"], exclude_characters="\0"
)
texts = st.text(characters, min_size=1, max_size=12)


def finds(wanted: str, text: str) -> bool:
    """Tell whether the text contains what is wanted, character by character in any case."""
    starts = range(len(text) - len(wanted) + 1)
    return any(all(map(match, wanted, text[start:])) for start in starts)


def match(one: str, other: str) -> bool:
    """Tell whether two characters are equal or have the same simple upper or lower case."""
    return one == other or upper(one) == upper(other) or lower(one) == lower(other)


def upper(character: str) -> str:
    """Return Unicode's simple upper case: where Python's is longer, there is none."""
    full = character.upper()
    return full if len(full) == 1 else character


def lower(character: str) -> str:
    """Return Unicode's simple lower case; UnicodeData.txt gives İ an i, and Python's is longer."""
    full = character.lower()
    return "i" if character == "İ" else full if len(full) == 1 else character
