"""Which characters match in a search without case: every one that Unicode has, and examples."""

# Letters that look like others are the point.
# ruff: noqa: RUF001

import re
import sys
from collections import defaultdict

import pytest

from tests import spellings
from wallet_transaction_api import letter_case

CHARACTERS = [chr(number) for number in range(sys.maxunicode + 1)]


def test_every_character_matches_those_of_the_same_simple_upper_or_lower_case() -> None:
    uppers, lowers = defaultdict(set), defaultdict(set)
    for character in CHARACTERS:
        uppers[spellings.upper(character)].add(character)
        lowers[spellings.lower(character)].add(character)
    wrong = [
        character
        for character in CHARACTERS
        if set(letter_case.matching(character))
        != uppers[spellings.upper(character)] | lowers[spellings.lower(character)]
    ]
    assert wrong == []


def test_no_character_beyond_the_second_plane_has_a_case() -> None:
    beyond = CHARACTERS[letter_case.FIRST_PLANE_WITHOUT_CASE :]
    assert [each for each in beyond if each.upper() != each or each.lower() != each] == []


@pytest.mark.parametrize(
    "group",
    ["öÖ", "мМ", "sSſ", "kK\u212a", "åÅ\u212b", "σςΣ", "ǆǅǄ", "ßẞ", "აᲐ", "ꭰᎠ", "𐐨𐐀", "iIİ", "iIı"],
)
def test_a_letter_is_found_in_each_of_its_cases(group: str) -> None:
    for one in group:
        assert set(group) <= set(letter_case.matching(one))


@pytest.mark.parametrize("pair", ["öo", "öó", "İı", "ßS", "еe", "ſf", "ａa", "ǆd", "😀😁"])
def test_different_letters_and_accents_stay_apart(pair: str) -> None:
    assert pair[1] not in letter_case.matching(pair[0])


def test_a_pattern_says_nothing_but_characters() -> None:
    for text in (spellings.LETTERS, spellings.OTHERS, "***=a", "(?i)a", "(*UTF8)", "a{2}", "[a-z]"):
        assert re.fullmatch(letter_case.pattern(text), text)
        assert not re.search(letter_case.pattern(text), "aab" + text[:-1])
