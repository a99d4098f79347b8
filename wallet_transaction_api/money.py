"""Exact money: currencies with their exponents, parsing and formatting. Pure, no framework.

Every amount is a `Decimal` of at most 18 integer digits and 18 decimals. Python's default
context rounds to 28 digits, also on unary minus and `sum()`, so all arithmetic on money
goes through `add`, `subtract` and `negate` here, which refuse to round.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import ROUND_FLOOR, Context, Decimal, Inexact, InvalidOperation, Overflow
from types import MappingProxyType
from typing import Self

from iso4217 import Currency

INTEGER_DIGITS = 18
DECIMAL_PLACES = 18
MAX_DIGITS = INTEGER_DIGITS + DECIMAL_PLACES
ZERO = Decimal(0)
#: Money is smaller than this in absolute value: what the columns can hold.
RANGE = Decimal(10) ** INTEGER_DIGITS

#: ISO 4217 codes with a minor unit. Codes without one (gold, testing) are no money of ours.
ISO_4217: Mapping[str, int] = MappingProxyType(
    {item.code: item.exponent for item in Currency if item.exponent is not None}
)
_ISO_CODES = frozenset(item.code for item in Currency)
#: Codes that left ISO 4217 since 2010, with the decimals that they had. Wallets may still hold
#: them. A test names a code that a new list drops: move it here.
WITHDRAWN: Mapping[str, int] = MappingProxyType(
    {"ANG": 2, "BGN": 2, "BYR": 0, "CUC": 2, "EEK": 2, "HRK": 2, "LTL": 2, "LVL": 2, "MRO": 2}
    | {"SLL": 2, "STD": 2, "VEF": 2, "ZMK": 2, "ZWL": 2}
)

_EXACT = Context(prec=200, traps=[Inexact, InvalidOperation, Overflow])
_WIDE = Context(prec=200, traps=[InvalidOperation])
#: The smallest unit of a currency, by its exponent.
_UNITS = tuple(Decimal(1).scaleb(-exponent) for exponent in range(DECIMAL_PLACES + 1))
_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_ASSET = re.compile(r"([A-Z0-9]{2,10}):([0-9]{1,2})")
#: Longer texts are refused unread, so that nobody pays for parsing a megabyte of zeros.
_LONGEST_TEXT = 64


class NotAnAmount(ValueError):
    """The value is not a finite, plainly written number within range."""


class TooPrecise(NotAnAmount):
    """The value is finer than the currency's smallest unit."""


class ExactNumber(float):
    """A JSON number that remembers how it was written, so that money never passes a float.

    Use as `json.loads(..., parse_float=ExactNumber)`: metadata sees an ordinary float,
    `parse` reads the text.
    """

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Self:
        """Keep the text beside the float."""
        number = super().__new__(cls, text)
        number.text = text
        return number


def add(left: Decimal, right: Decimal) -> Decimal:
    """Return `left + right` exactly."""
    return _EXACT.add(left, right)


def subtract(left: Decimal, right: Decimal) -> Decimal:
    """Return `left - right` exactly."""
    return _EXACT.subtract(left, right)


def negate(amount: Decimal) -> Decimal:
    """Return `-amount` exactly (and zero as plain zero)."""
    return _EXACT.subtract(ZERO, amount)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Return the exact sum."""
    result = ZERO
    for amount in amounts:
        result = add(result, amount)
    return result


def quotient(left: Decimal, right: Decimal) -> Decimal:
    """Return `left / right`, rounded half even to 18 decimals."""
    return _WIDE.divide(left, right).quantize(Decimal(1).scaleb(-DECIMAL_PLACES), context=_WIDE)


def mean(amount: Decimal, count: int) -> Decimal:
    """Return `amount / count`, rounded half even to 18 decimals."""
    return quotient(amount, Decimal(count))


def floor(amount: Decimal) -> Decimal:
    """Return the largest amount of 18 decimals that is not above `amount`."""
    return amount.quantize(Decimal(1).scaleb(-DECIMAL_PLACES), rounding=ROUND_FLOOR, context=_WIDE)


def in_range(amount: Decimal) -> bool:
    """Tell whether the column can hold the amount's integer digits."""
    return -RANGE < amount < RANGE


def fits(amount: Decimal, exponent: int) -> bool:
    """Tell whether the amount needs no more decimals than `exponent`."""
    return not _EXACT.remainder(amount, _UNITS[exponent])


def parse(value: object, exponent: int) -> Decimal:
    """Return the exact amount that `value` writes, with exactly `exponent` decimals.

    Takes a string `-?digits(.digits)?` (ASCII digits), an int, a `Decimal` or an
    `ExactNumber`. Raises `NotAnAmount` for anything else and for more than 18 integer
    digits, `TooPrecise` for a value finer than the exponent. Never rounds; zero is fine here.
    """
    number = _finite(_read(value))
    if number and number.adjusted() >= INTEGER_DIGITS:
        raise NotAnAmount(f"more than {INTEGER_DIGITS} integer digits")
    try:
        return _EXACT.quantize(number, Decimal(1).scaleb(-exponent))
    except (Inexact, InvalidOperation):
        raise TooPrecise(f"more than {exponent} decimals") from None


def _read(value: object) -> Decimal:
    if isinstance(value, bool):
        raise NotAnAmount("not a number")
    if isinstance(value, ExactNumber):
        return _from_text(value.text, json_number=True)
    if isinstance(value, str):
        return _from_text(value)
    if isinstance(value, int):
        return _from_int(value)
    if isinstance(value, Decimal):
        return value
    raise NotAnAmount("not a number")


def _from_text(text: str, *, json_number: bool = False) -> Decimal:
    if len(text) > _LONGEST_TEXT:
        raise NotAnAmount("too long")
    if not json_number and not _PLAIN.fullmatch(text):
        raise NotAnAmount("not written as plain digits")
    try:
        return Decimal(text)
    except InvalidOperation:
        raise NotAnAmount("not a number") from None


def _from_int(number: int) -> Decimal:
    if abs(number) >= RANGE:
        raise NotAnAmount(f"more than {INTEGER_DIGITS} integer digits")
    return Decimal(number)


def _finite(number: Decimal) -> Decimal:
    if not number.is_finite():
        raise NotAnAmount("not a finite number")
    if number and number.adjusted() < -DECIMAL_PLACES:
        raise TooPrecise(f"more than {DECIMAL_PLACES} decimals")
    return number or ZERO


def format_amount(amount: Decimal, exponent: int) -> str:
    """Write the amount as on the wire: plain digits with exactly `exponent` decimals.

    A stored value finer than the exponent (an asset reconfigured since) is shown in full.
    """
    return format_digits(format(amount, "f"), exponent)


def format_digits(text: str, exponent: int) -> str:
    """Do the same for an amount already written in plain digits, as a database does."""
    whole, _, decimals = text.partition(".")
    finer = decimals[exponent:].rstrip("0")
    decimals = decimals[:exponent].ljust(exponent, "0") + finer
    return f"{whole}.{decimals}" if decimals else whole


def parse_assets(text: str) -> dict[str, int]:
    """Read `BTC:8,ETH:18` into codes and exponents; raise `ValueError` saying what is wrong."""
    assets: dict[str, int] = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        code, exponent = _parse_asset(item)
        if code in assets:
            raise ValueError(f"asset {code} is listed twice")
        assets[code] = exponent
    return assets


def _parse_asset(item: str) -> tuple[str, int]:
    match = _ASSET.fullmatch(item)
    if match is None or int(match[2]) > DECIMAL_PLACES:
        raise ValueError(
            f"{item!r} is not CODE:EXPONENT (2-10 of A-Z 0-9, exponent 0-{DECIMAL_PLACES})"
        )
    if match[1] in _ISO_CODES:
        raise ValueError(f"asset {match[1]} clashes with the ISO 4217 currency of that code")
    return match[1], int(match[2])
