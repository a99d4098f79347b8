"""Lookups of text on the current database, against Python on the same texts."""

# Letters that look like others are the point.
# ruff: noqa: RUF001

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import NotSupportedError
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Concat
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests import spellings
from tests.spellings import texts
from wallet_transaction_api.models import Entry, Transaction, Wallet

pytestmark = pytest.mark.django_db
exhaustive = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
Test = Callable[[str, str], bool]


@st.composite
def searches(draw: st.DrawFn) -> tuple[list[str], str]:
    """Draw texts, and a part of one of them with the case of its letters changed."""
    stored = draw(st.lists(texts, min_size=1, max_size=6))
    chosen = draw(st.sampled_from(stored))
    start = draw(st.integers(0, len(chosen) - 1))
    part = chosen[start : draw(st.integers(start + 1, len(chosen)))]
    change = draw(st.sampled_from([str, str.upper, str.lower, str.swapcase, str.title]))
    return stored, change(part)


@pytest.fixture
def wallet(alice: User) -> Wallet:
    """Return the wallet whose transactions are written here, beside the engine."""
    return alice.default_wallet


def _store(wallet: Wallet, items: list[str]) -> None:
    Transaction.objects.filter(wallet=wallet)._raw_delete(using="default")
    rows = [
        Transaction(
            wallet=wallet, txid=str(n), description=item, amount=1, kind="deposit", balance_after=1
        )
        for n, item in enumerate(items)
    ]
    QuerySet(Transaction).bulk_create(rows)


def _assert_found(wallet: Wallet, items: list[str], wanted: str) -> None:
    """Compare every lookup with Python, for each text."""
    tests: dict[str, Test] = {
        "icontains": spellings.finds,
        "contains": lambda wanted, text: wanted in text,
        "startswith": lambda wanted, text: text.startswith(wanted),
        "exact": lambda wanted, text: text == wanted,
        "gt": lambda wanted, text: text > wanted,
        "lte": lambda wanted, text: text <= wanted,
    }
    for lookup, test in tests.items():
        rows = wallet.transactions.filter(**{f"description__{lookup}": wanted}).order_by("pk")
        found = list(rows.values_list("description", flat=True))
        assert found == [text for text in items if test(wanted, text)], lookup


@exhaustive
@given(searches())
@example((["Österreich"], "österREICH"))
@example((["STRASSE", "straße", "STRAẞE"], "straße"))
@example((["ISTANBUL", "İSTANBUL", "ıstanbul", "istanbul"], "istanbul"))
@example((["\u212bngström \u212a", "ångström k"], "ÅNGSTRÖM K"))
@example((["ὈΔΥΣΣΕΎΣ", "ὀδυσσεύς"], "ὀδυσσεύς"))
@example((["e\u0301", "é"], "É"))
@example((["100%", "100x", "a_b", "axb", "a\\b"], "%"))
@example((["a.b", "axb", "[ab]", "a*"], "A.B"))
@example((["a\nb", "a b"], "A\nB"))
@example((["a", "a ", " a"], "A "))
def test_the_same_texts_are_found_on_every_database(
    wallet: Wallet, search: tuple[list[str], str]
) -> None:
    items, wanted = search
    _store(wallet, items)
    _assert_found(wallet, items, wanted)


@exhaustive
@given(st.lists(texts, min_size=1, max_size=6), texts)
def test_nor_do_they_differ_in_what_is_not_there(
    wallet: Wallet, items: list[str], wanted: str
) -> None:
    _store(wallet, items)
    _assert_found(wallet, items, wanted)


@exhaustive
@given(st.lists(texts, min_size=1, max_size=8))
def test_texts_sort_by_code_point(wallet: Wallet, items: list[str]) -> None:
    _store(wallet, items)
    found = wallet.transactions.order_by("description").values_list("description", flat=True)
    assert list(found) == sorted(items)


def test_every_letter_is_found_in_each_case_that_unicode_has(wallet: Wallet) -> None:
    _store(wallet, list(spellings.LETTERS))
    for letter in spellings.LETTERS:
        _assert_found(wallet, list(spellings.LETTERS), letter)


@pytest.mark.parametrize("letter", ["k", "Θ", "т", "😀", "%", "\\", "a"])
def test_the_longest_text_is_found(wallet: Wallet, letter: str) -> None:
    items = [letter * 1000, letter * 999 + "x", letter * 999]
    _store(wallet, items)
    for wanted in (letter * 1000, letter * 999, letter * 500, letter * 700 + "x"):
        _assert_found(wallet, items, wanted)


def test_a_text_longer_than_the_column_is_nowhere(wallet: Wallet) -> None:
    _store(wallet, ["k" * 1000])
    for lookup in ("icontains", "contains", "startswith"):
        for size in (1001, 20_000):
            there = Q(**{f"description__{lookup}": "k" * size})
            assert not wallet.transactions.filter(there).exists()
            assert wallet.transactions.exclude(there).count() == 1
            by_name = {f"username__{lookup}": "k" * size}
            assert not User.objects.filter(**by_name).exists()


def test_the_empty_text_is_everywhere_but_in_null(wallet: Wallet) -> None:
    _store(wallet, ["", "a"])
    for lookup in ("icontains", "contains", "startswith"):
        assert wallet.transactions.filter(**{f"description__{lookup}": ""}).count() == 2
        assert not Entry.objects.filter(**{f"request_id__{lookup}": ""}).exists()


def test_numbers_are_looked_for_as_text(wallet: Wallet) -> None:
    _store(wallet, ["no 17"])
    assert wallet.transactions.filter(description__icontains=17).exists()


def test_another_column_may_be_looked_for_where_case_is_minded(wallet: Wallet) -> None:
    _store(wallet, ["x"])
    described = wallet.transactions.annotate(both=Concat("description", "txid"))
    assert described.filter(both__contains=F("description")).exists()
    assert described.filter(both__startswith=F("description")).exists()
    assert not described.filter(both__startswith=F("txid")).exists()
    with pytest.raises(NotSupportedError, match="text"):
        described.filter(both__icontains=F("description")).exists()


#: Different also where accents and case are ignored.
NAMES = ["alice", "ALICIA", "ärne", "Änne", "Zoë", "zoltán", "𐐀", "\uff5a\uff41", "иван", "ИГОРЬ"]


class TestColumnsOfDjangosOwn:
    """`username` has the database's collation, whatever that is."""

    @pytest.fixture(autouse=True)
    def _people(self, db: None) -> None:
        User.objects.bulk_create(User(username=name) for name in NAMES)

    @pytest.mark.parametrize(
        "wanted", ["ALICE", "a", "ä", "Ä", "ZOË", "z", "ИВАН", "𐐨", "ｚ", "ALICE "]
    )
    def test_are_searched_alike(self, wanted: str) -> None:
        tests: dict[str, Test] = {
            "icontains": spellings.finds,
            "contains": lambda wanted, text: wanted in text,
            "startswith": lambda wanted, text: text.startswith(wanted),
            "by_code_point": lambda wanted, text: text == wanted,
            "by_code_point__gte": lambda wanted, text: text >= wanted,
            "by_code_point__lt": lambda wanted, text: text < wanted,
        }
        for lookup, test in tests.items():
            found = User.objects.filter(**{f"username__{lookup}": wanted})
            names = set(found.values_list("username", flat=True)) & set(NAMES)
            assert names == {name for name in NAMES if test(wanted, name)}, lookup

    def test_sort_by_code_point(self) -> None:
        found = User.objects.filter(username__in=NAMES).order_by("username__by_code_point")
        assert list(found.values_list("username", flat=True)) == sorted(NAMES)
