"""Decimals as fixed-width text that sorts like the numbers: how SQLite stores money. Pure.

`P` before the digits of a number from zero up, `N` before the nines' complement of a
negative one's digits: plain text comparison then orders, filters and indexes exactly, on
any connection, also one that registered no function or collation of ours.
"""

import sqlite3
from decimal import Decimal

from wallet_transaction_api import money

#: Sign letter, 18 digits, point, 18 digits.
WIDTH = 1 + money.INTEGER_DIGITS + 1 + money.DECIMAL_PLACES
_COMPLEMENT = str.maketrans("0123456789", "9876543210")


def encode(number: Decimal) -> str:
    """Return the sortable text; a sum beyond 18 integer digits just gets longer."""
    digits = money.format_amount(number.copy_abs(), money.DECIMAL_PLACES).zfill(WIDTH - 1)
    return "N" + digits.translate(_COMPLEMENT) if number < 0 else "P" + digits


def bound(number: Decimal) -> str:
    """Return the text to compare stored numbers with, also for a number that cannot be stored.

    One finer than 18 decimals lies just above its floor (`~` is behind every digit), one out of
    range beyond all stored ones (`M` is before `N`, `Q` is behind `P`).
    """
    if not money.in_range(number):
        return "Q" if number > 0 else "M"
    floor = money.floor(number)
    return encode(floor) if floor == number else encode(floor) + "~"


def decode(text: str) -> Decimal:
    """Return the number that `encode` wrote; plain digits are read as they stand."""
    if text.startswith("N"):
        return Decimal(text[1:].translate(_COMPLEMENT)).copy_negate()
    return Decimal(text.removeprefix("P"))


class ExactSum:
    """SQLite's SUM, exact over money and as before over other numbers; also as a window."""

    def __init__(self) -> None:
        self.amount = money.ZERO
        self.plain: float = 0
        self.money_seen = 0
        self.plain_seen = 0

    def step(self, value: object) -> None:
        """Add one row's value."""
        self._move(value, +1)

    def inverse(self, value: object) -> None:
        """Take a row that left the window off again."""
        self._move(value, -1)

    def _move(self, value: object, sign: int) -> None:
        if isinstance(value, str):
            amount = decode(value)
            self.amount = money.add(self.amount, amount if sign > 0 else money.negate(amount))
            self.money_seen += sign
        elif isinstance(value, int | float):
            self.plain += sign * value
            self.plain_seen += sign

    def value(self) -> str | float | None:
        """Return the sum so far; NULL over no rows, as the standard has it."""
        if self.money_seen:
            return encode(self.amount)
        return self.plain if self.plain_seen else None

    finalize = value


class ExactAverage(ExactSum):
    """SQLite's AVG, rounded half even to 18 decimals over money."""

    def value(self) -> str | float | None:
        """Return the mean so far; NULL over no rows."""
        if self.money_seen:
            return encode(money.mean(self.amount, self.money_seen))
        return self.plain / self.plain_seen if self.plain_seen else None

    finalize = value


def add(left: str | None, right: str | None) -> str | None:
    """Return the exact sum of two encoded numbers; NULL with one of them missing."""
    if left is None or right is None:
        return None
    return encode(money.add(decode(left), decode(right)))


def register(connection: sqlite3.Connection) -> None:
    """Put the exact aggregates in the place of SQLite's own, and `money_add`, on a connection."""
    connection.create_function("money_add", 2, add, deterministic=True)
    connection.create_window_function("SUM", 1, ExactSum)
    connection.create_window_function("AVG", 1, ExactAverage)
