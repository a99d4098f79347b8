"""Columns that behave alike on every database: exact money and exact text keys."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from wallet_transaction_api import money
from wallet_transaction_api.sortable import WIDTH, bound, decode, encode


class MoneyField(models.Field):  # type: ignore[type-arg]
    """A `Decimal` of 18 integer digits and 18 decimals, exact on every backend.

    PostgreSQL and MySQL store `numeric(36, 18)`. SQLite would keep about 15 digits, so
    there the column is text in a fixed-width form that sorts and compares as the numbers
    do (`sortable`), and a CHECK refuses anything else.

    It is no `DecimalField`, of which Django knows to cast averages to numbers on SQLite and to
    compute in SQL: here `Avg` is exact, and `F("amount") + 1` is refused instead of wrong.
    """

    description = "Exact money"
    empty_strings_allowed = False

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """Return the column's type."""
        if _is_sqlite(connection):
            return "text"
        return f"numeric({money.MAX_DIGITS}, {money.DECIMAL_PLACES})"

    def db_check(self, connection: BaseDatabaseWrapper) -> str | None:
        """Return SQLite's check of the text form; other databases need none."""
        if not _is_sqlite(connection):
            return None
        column = connection.ops.quote_name(str(self.column))
        return f"{column} GLOB '[NP]*[0-9].[0-9]*' AND length({column}) = {WIDTH}"

    def cast_db_type(self, connection: BaseDatabaseWrapper) -> str:
        """Return the type of expressions cast to money."""
        return self.db_type(connection)

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        """Bind a `Decimal`, not a string: MySQL compares decimals with strings as doubles."""
        if hasattr(value, "resolve_expression"):
            return value
        number = self.to_python(value)
        return bound(number) if number is not None and _is_sqlite(connection) else number

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        """Bind a value to be stored: one that the column cannot hold is the database's error."""
        if hasattr(value, "resolve_expression"):
            return value
        number = self.to_python(value)
        return encode(number) if number is not None and _is_sqlite(connection) else number

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        """Read what the column holds; a backend's own decimals are exact already."""
        number: Decimal | None = decode(value) if isinstance(value, str) else value
        return number

    def to_python(self, value: Any) -> Decimal | None:
        """Return the exact value; a float is read by its shortest text, as people mean it.

        Raises `ValidationError` for what is no number, NaN and the infinities among them:
        PostgreSQL's `numeric` would store them.
        """
        number = _number(value)
        if number is not None and not number.is_finite():
            raise ValidationError("%(value)r is no amount.", params={"value": value})
        return number

    def get_prep_value(self, value: Any) -> Any:
        """Return the exact value that a query or a row binds."""
        value = super().get_prep_value(value)
        return value if hasattr(value, "resolve_expression") else self.to_python(value)

    def value_to_string(self, obj: models.Model) -> str:
        """Write a fixture's text."""
        return str(self.value_from_object(obj))

    def formfield(self, **kwargs: Any) -> Any:
        """Let forms take as many digits as the column."""
        digits = {"max_digits": money.MAX_DIGITS, "decimal_places": money.DECIMAL_PLACES}
        return super().formfield(**{"form_class": forms.DecimalField, **digits, **kwargs})


class ExactCharField(models.CharField):  # type: ignore[type-arg]
    """Text compared and sorted by code point on every backend.

    MySQL's default collations ignore case and trailing blanks and PostgreSQL's follow the
    locale: the same two keys would clash on one database and not on the next.
    """

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, str | None]:
        """Add the backend's code-point collation."""
        return {**super().db_parameters(connection), "collation": code_point_collation(connection)}


def code_point_collation(connection: Any) -> str | None:
    """Return the collation that compares by code point; SQLite's own does."""
    if connection.vendor == "mysql":
        return "utf8mb4_nopad_bin" if connection.mysql_is_mariadb else "utf8mb4_0900_bin"
    return "C" if connection.vendor == "postgresql" else None


def _number(value: Any) -> Decimal | None:
    """Return the number, NaN for what is none."""
    if value is None or isinstance(value, Decimal):
        return value
    try:
        return Decimal(repr(value) if isinstance(value, float) else value)
    except (ArithmeticError, TypeError, ValueError):
        return Decimal("NaN")


def _is_sqlite(connection: BaseDatabaseWrapper) -> bool:
    return connection.vendor == "sqlite"
