"""The tables that Alembic owns, for its autogeneration and for the statements that fill them."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from sqlalchemy import BigInteger, Column, Date, Index, MetaData, Numeric, Table, Text, types
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

from wallet_transaction_api import money
from wallet_transaction_api.sortable import decode, encode

Converter: TypeAlias = Callable[[Any], Any] | None
metadata = MetaData()
#: The widest that MySQL can do: a total has more integer digits than any amount in it.
TOTAL_DIGITS = 65


class Total(types.TypeDecorator[Decimal]):
    """An exact sum of money; on SQLite sortable text, as all money there."""

    impl = Numeric(TOTAL_DIGITS, money.DECIMAL_PLACES)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[object]:
        """Choose the column's type."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else self.impl_instance)

    def bind_processor(self, dialect: Dialect) -> Converter:
        """Return what turns Python's value into the driver's, if anything must."""
        return encode if dialect.name == "sqlite" else None

    def result_processor(self, dialect: Dialect, coltype: object) -> Converter:
        """Return what turns the driver's value into Python's: SQLAlchemy's own takes a float."""
        return decode if dialect.name == "sqlite" else None


class Day(types.TypeDecorator[date]):
    """A day of the UTC calendar; on SQLite text `YYYY-MM-DD`, also for drivers that convert."""

    impl = Date
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[object]:
        """Choose the column's type."""
        chosen: TypeEngine[Any] = Text() if dialect.name == "sqlite" else Date()
        return dialect.type_descriptor(chosen)

    def process_bind_param(self, value: date | None, dialect: Dialect) -> object:
        """Bind what the column holds."""
        return value.isoformat() if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: object, dialect: Dialect) -> date | None:
        """Read what the column holds."""
        return date.fromisoformat(value) if isinstance(value, str) else value  # type: ignore[return-value]  # the driver's


#: What moved in a wallet on a day (UTC), by the journal: amendments and reversals count on the
#: day they were made. No foreign key: `wallets` is Django's, and no key crosses owners.
daily_totals = Table(
    "daily_totals",
    metadata,
    Column("wallet_id", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Day, primary_key=True),
    Column("credits", Total, nullable=False),
    #: Signed as amounts are, so zero or less: `credits + debits` is the day's change.
    Column("debits", Total, nullable=False),
    Column("movements", BigInteger, nullable=False),
    Column("closing_balance", Total, nullable=False),
    #: The journal's sequences summed up: where a refresh goes on.
    Column("first_sequence", BigInteger, nullable=False),
    Column("last_sequence", BigInteger, nullable=False),
    Index("daily_totals_by_day", "day"),
)
