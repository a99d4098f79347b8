"""What somebody may have meant, in few words."""

import pytest

from wallet_transaction_api import spelling
from wallet_transaction_api.money import ISO_4217


@pytest.mark.parametrize(
    ("words", "value", "said"),
    [
        (("on", "off"), "of", "one of on, off"),
        (tuple(ISO_4217), "usd", "one of the 165 known (closest: USD, UZS, USN)"),
        (tuple(sorted(ISO_4217)), "", "one of the 165 known (such as AED, AFN, ALL)"),
    ],
)
def test_few_words_are_listed_and_of_many_the_closest(
    words: tuple[str, ...], value: str, said: str
) -> None:
    assert spelling.among(words, value) == said.replace("165", str(len(words)))


def test_what_is_long_is_cut() -> None:
    assert spelling.quoted("ab") == "'ab'"
    assert len(spelling.quoted("x" * 10_000)) < 50
    assert spelling.shortened("short") == "short"
    cut = spelling.shortened("start" + "x" * 10_000 + "advice")
    assert len(cut) < 200
    assert cut.startswith("start")
    assert cut.endswith("advice")
