"""Exact parsing, arithmetic and formatting, without any database."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.amounts import amounts
from wallet_transaction_api import money

UNIT = Decimal("1e-18")
LARGEST = Decimal("999999999999999999.999999999999999999")


@pytest.mark.parametrize(
    ("value", "exponent", "written"),
    [
        ("50.00", 2, "50.00"),
        ("50", 2, "50.00"),
        ("5.000", 2, "5.00"),
        ("-0.01", 2, "-0.01"),
        ("007", 0, "7"),
        (1000, 2, "1000.00"),
        (-3, 0, "-3"),
        (Decimal("1e1"), 2, "10.00"),
        (money.ExactNumber("1e1"), 2, "10.00"),
        (money.ExactNumber("0.1"), 2, "0.10"),
        (money.ExactNumber("123456789012345678.12"), 2, "123456789012345678.12"),
        (str(LARGEST), 18, str(LARGEST)),
        ("-0", 2, "0.00"),
        ("0.000000000000000001", 18, "0.000000000000000001"),
    ],
)
def test_reads_what_is_exactly_written(value: object, exponent: int, written: str) -> None:
    assert money.format_amount(money.parse(value, exponent), exponent) == written


@pytest.mark.parametrize(
    "value",
    [
        "", " 5", "5 ", "+5", "5.", ".5", "1e3", "1_000", "1,000", "0x10", "NaN", "Infinity", "--5",
        "5\n", "\u0665", "\uff15", "5" * 65, 1.5, True, False, None, [], {}, b"5", object(),
        Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity"), Decimal("1e999999"),
        10**18, -(10**18), 10**4000, "1000000000000000000", money.ExactNumber("1e400"),
    ],
)  # fmt: skip
def test_refuses_what_is_no_amount(value: object) -> None:
    with pytest.raises(money.NotAnAmount):
        money.parse(value, 2)


@pytest.mark.parametrize(
    ("value", "exponent"),
    [
        ("5.001", 2),
        ("0.5", 0),
        (Decimal("1e-999999"), 18),
        ("0.0000000000000000001", 18),
        (money.ExactNumber("1e-300"), 18),
        (money.ExactNumber("5.001"), 2),
    ],
)
def test_refuses_to_round(value: object, exponent: int) -> None:
    with pytest.raises(money.TooPrecise):
        money.parse(value, exponent)


@given(amounts)
def test_what_is_written_is_read_back(amount: Decimal) -> None:
    assert money.parse(money.format_amount(amount, 18), 18) == amount


@given(amounts, amounts)
def test_arithmetic_never_rounds(left: Decimal, right: Decimal) -> None:
    assert Fraction(money.add(left, right)) == Fraction(left) + Fraction(right)
    assert money.subtract(money.add(left, right), right) == left
    assert money.add(money.negate(left), left) == 0


@given(st.lists(amounts, max_size=20))
def test_totals_do_not_depend_on_the_order(items: list[Decimal]) -> None:
    assert money.total(items) == money.total(reversed(items))


def test_a_total_of_nothing_is_zero() -> None:
    assert money.total([]) == 0


def test_negating_zero_gives_plain_zero() -> None:
    assert str(money.negate(Decimal(0))) == "0"


@pytest.mark.parametrize(("amount", "inside"), [(LARGEST, True), (Decimal(10) ** 18, False)])
def test_the_range_is_symmetric_and_open(amount: Decimal, *, inside: bool) -> None:
    assert money.in_range(amount) is inside
    assert money.in_range(money.negate(amount)) is inside


def test_a_mean_is_rounded_half_even_to_18_decimals() -> None:
    assert money.mean(Decimal(1), 3) == Decimal("0.333333333333333333")
    assert money.mean(Decimal("0.000000000000000003"), 2) == Decimal("0.000000000000000002")
    assert money.mean(Decimal("0.000000000000000001"), 2) == 0


def test_an_amount_finer_than_its_currency_is_shown_in_full() -> None:
    assert money.format_amount(Decimal("1.2345"), 2) == "1.2345"


def test_a_json_number_keeps_its_digits() -> None:
    text = "123456789012345678.100000000000000005"
    document = json.loads(f'{{"amount": {text}}}', parse_float=money.ExactNumber)
    assert money.parse(document["amount"], 18) == Decimal(text)
    assert json.dumps(document) == '{"amount": 1.2345678901234568e+17}'


@given(amounts, st.integers(0, 9))
def test_the_floor_is_not_above_and_less_than_a_unit_below(amount: Decimal, digit: int) -> None:
    finer = money.add(amount, Decimal(f"{digit}E-19"))
    assert money.floor(finer) == amount


def test_knows_the_exponents_of_iso_4217() -> None:
    assert [money.ISO_4217[code] for code in ("USD", "JPY", "KWD", "CLF")] == [2, 0, 3, 4]
    assert "XAU" not in money.ISO_4217


def test_reads_assets() -> None:
    assert money.parse_assets("BTC:8, ETH:18,") == {"BTC": 8, "ETH": 18}
    assert money.parse_assets("") == {}


@pytest.mark.parametrize(
    "text", ["BTC", "BTC:", "btc:8", "B:8", "BTC:19", "BTC:-1", "BTC:8,BTC:8", "USD:2", "XAU:4"]
)
def test_refuses_assets_that_cannot_be(text: str) -> None:
    with pytest.raises(ValueError, match=r"asset|CODE:EXPONENT"):
        money.parse_assets(text)
