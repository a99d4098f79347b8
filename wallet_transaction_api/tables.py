"""The ledger's tables for SQLAlchemy, derived from the Django models so that they cannot drift."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID

from django.db import connection, models
from sqlalchemy import BigInteger, Boolean, Column, LargeBinary, MetaData, String, Table, types
from sqlalchemy.engine import Dialect

from wallet_transaction_api import money
from wallet_transaction_api.fields import MoneyField
from wallet_transaction_api.models import (
    AuditRecord,
    Entry,
    Hold,
    HoldEntry,
    IdempotencyRecord,
    Limit,
    Seal,
    Transaction,
    Transfer,
    Wallet,
)
from wallet_transaction_api.sortable import decode, encode

Converter: TypeAlias = Callable[[Any], Any] | None
metadata = MetaData()


class Money(types.UserDefinedType[Any]):
    """Exact decimals: sortable text on SQLite, the driver's own `Decimal` elsewhere."""

    cache_ok = True

    def get_col_spec(self, **kw: Any) -> str:
        """Return PostgreSQL's type."""
        return f"numeric({money.MAX_DIGITS}, {money.DECIMAL_PLACES})"

    def bind_processor(self, dialect: Dialect) -> Converter:
        """Return what turns Python's value into the driver's, if anything must."""
        return encode if dialect.name == "sqlite" else None

    def result_processor(self, dialect: Dialect, coltype: object) -> Converter:
        """Return what turns the driver's value into Python's, if anything must."""
        return decode if dialect.name == "sqlite" else None


class Instant(types.UserDefinedType[Any]):
    """Aware UTC datetimes; MySQL and SQLite store them without an offset."""

    cache_ok = True

    def get_col_spec(self, **kw: Any) -> str:
        """Return PostgreSQL's type."""
        return "timestamp with time zone"

    def bind_processor(self, dialect: Dialect) -> Converter:
        """Return what turns Python's value into the driver's, if anything must."""
        return None if dialect.name == "postgresql" else _adapt_instant

    def result_processor(self, dialect: Dialect, coltype: object) -> Converter:
        """Return what turns the driver's value into Python's, if anything must."""
        return None if dialect.name == "postgresql" else _read_instant


class Json(types.UserDefinedType[Any]):
    """JSON documents, sent as text to every driver."""

    cache_ok = True

    def get_col_spec(self, **kw: Any) -> str:
        """Return PostgreSQL's type."""
        return "jsonb"

    def bind_processor(self, dialect: Dialect) -> Converter:
        """Return what turns Python's value into the driver's, if anything must."""
        return json.dumps

    def result_processor(self, dialect: Dialect, coltype: object) -> Converter:
        """Return what turns the driver's value into Python's, if anything must."""
        return json.loads


class Uuid(types.UserDefinedType[Any]):
    """UUIDs in the form that Django stores: a type of its own or 32 hexadecimal digits."""

    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Converter:
        """Return what turns Python's value into the driver's, if anything must."""
        return _adapt_uuid

    def result_processor(self, dialect: Dialect, coltype: object) -> Converter:
        """Return what turns the driver's value into Python's, if anything must."""
        return _read_uuid


def _adapt_instant(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def _read_instant(value: datetime | str) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC)


def _adapt_uuid(uuid: UUID) -> Any:
    return uuid if connection.features.has_native_uuid_field else uuid.hex


def _read_uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


_TYPES: list[tuple[type, Any]] = [
    (MoneyField, Money()),
    (models.DateTimeField, Instant()),
    (models.JSONField, Json()),
    (models.UUIDField, Uuid()),
    (models.BooleanField, Boolean()),
    (models.BinaryField, LargeBinary()),
    (models.CharField, String()),
    (models.TextField, String()),
]


def _type_of(field: "models.Field[Any, Any]") -> Any:
    matches = (kind for model_field, kind in _TYPES if isinstance(field, model_field))
    return next(matches, BigInteger())


def table_of(model: type[models.Model]) -> Table:
    """Return the model's table with a typed column per concrete, writable field."""
    columns = [
        Column(field.column, _type_of(field), primary_key=field.primary_key)
        for field in model._meta.concrete_fields
        if not field.generated
    ]
    return Table(model._meta.db_table, metadata, *columns)


wallets = table_of(Wallet)
transactions = table_of(Transaction)
entries = table_of(Entry)
idempotency_records = table_of(IdempotencyRecord)
transfers = table_of(Transfer)
holds = table_of(Hold)
hold_entries = table_of(HoldEntry)
limits = table_of(Limit)
seals = table_of(Seal)
audit_records = table_of(AuditRecord)
