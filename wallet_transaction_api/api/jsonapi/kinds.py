"""Kinds of attribute values: how each is stored and written, and which filters compare it how."""

import json
import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.types import TypeEngine

from wallet_transaction_api import money, tables
from wallet_transaction_api.api import moments
from wallet_transaction_api.api.jsonapi.encoding import quote
from wallet_transaction_api.text_cache import text_cache

_EQUALITY = frozenset({"eq", "ne", "in", "isnull"})
_ORDER = frozenset({"gt", "gte", "lt", "lte", "between"})
_WORDS = frozenset({"prefix", "contains", "icontains"})
OPERATORS = _EQUALITY | _ORDER | _WORDS
_INTEGER = re.compile(r"-?[0-9]{1,19}")
#: What every database's integers hold.
LARGEST_INTEGER = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How values of one kind are read from a filter and written to a document.

    `read` raises `ValueError` saying what is expected; it also reads back what `spell` wrote
    for a cursor. `write` returns JSON text; money is written in its currency's decimals, by
    `objects`. `stored` turns the driver's value into Python's where they differ.
    """

    read: Callable[[str], Any]
    operators: frozenset[str]
    write: Callable[[Any], str]
    spell: Callable[[Any], str] = str
    stored: TypeEngine[Any] | None = None
    is_money: bool = False
    #: The only values there are, where that is so.
    words: tuple[str, ...] = ()

    @property
    def is_ordered(self) -> bool:
        """Whether resources may be sorted by such a value."""
        return "gt" in self.operators


def _read_text(text: str) -> str:
    return text


def _read_amount(text: str) -> Any:
    try:
        return money.parse(text, money.DECIMAL_PLACES)
    except money.NotAnAmount as error:
        raise ValueError(f"an amount is {error}") from error


def _read_integer(text: str) -> int:
    if not _INTEGER.fullmatch(text) or abs(int(text)) > LARGEST_INTEGER:
        raise ValueError("expected a whole number")
    return int(text)


def _read_instant(text: str) -> datetime:
    """Read ISO 8601; a date is its first moment, and without an offset it is UTC."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ValueError("expected an ISO 8601 moment; write + as %2B, or use Z") from None


def _read_uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise ValueError("expected a UUID") from None


def _read_nothing(text: str) -> Any:
    raise ValueError("cannot be filtered by")


def _spell_instant(moment: datetime | str) -> str:
    return moments.rewrite(moment) if isinstance(moment, str) else moments.write(moment)


def _write_instant(moment: datetime | str) -> str:
    return f'"{_spell_instant(moment)}"'


def _write_json(value: Any) -> str:
    """Write an object, or its text as the database keeps it, in the one spelling of both.

    So what a write answers with has the tag of what is read later, on every database.
    """
    if not isinstance(value, str):
        return _sorted(value)
    return _respelled(value)


@text_cache(most=4096, longest=200)  # the rows of a page say much the same
def _respelled(text: str) -> str:
    try:
        return _sorted(json.loads(text))
    except ValueError:  # a number beyond Python's, which plain Django code has stored
        return text


_sorted = json.JSONEncoder(allow_nan=False, sort_keys=True, separators=(",", ":")).encode


def _spell_amount(amount: Decimal | str) -> str:
    return amount if isinstance(amount, str) else f"{amount:f}"


def _write_nothing(value: Any) -> str:
    raise TypeError("money is written with its currency")


def _write_rate(rate: Decimal | str) -> str:
    return f'"{_spell_rate(rate)}"'


def _spell_rate(rate: Decimal | str) -> str:
    """Write a ratio in plain digits, as many as it has."""
    return money.format_digits(_spell_amount(rate), 0)


def choice(words: Iterable[str]) -> Kind:
    """Return the kind of values that are one of the words."""
    known = tuple(words)

    def read(text: str) -> str:
        if text not in known:
            raise ValueError(f"expected one of {', '.join(known)}")
        return text

    return Kind(read=read, operators=_EQUALITY | _ORDER, write=quote, words=known)


TEXT = Kind(read=_read_text, operators=_EQUALITY | _ORDER | _WORDS, write=quote)
MONEY = Kind(
    read=_read_amount,
    operators=_EQUALITY | _ORDER,
    write=_write_nothing,
    spell=_spell_amount,
    stored=tables.Money(),
    is_money=True,
)
RATE = Kind(
    read=_read_amount,
    operators=_EQUALITY | _ORDER,
    write=_write_rate,
    spell=_spell_rate,
    stored=tables.Money(),
)
INTEGER = Kind(read=_read_integer, operators=_EQUALITY | _ORDER, write=str)
INSTANT = Kind(
    read=_read_instant,
    operators=_EQUALITY | _ORDER,
    write=_write_instant,
    spell=_spell_instant,
    stored=tables.Instant(),
)
UUID = Kind(
    read=_read_uuid,
    operators=_EQUALITY,
    write=lambda value: f'"{value}"',
    stored=tables.Uuid(),
)
JSON = Kind(read=_read_nothing, operators=frozenset(), write=_write_json)
