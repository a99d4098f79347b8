"""Questions about balances, answered from the database. Nothing here is locked or changed."""

from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.sql.elements import ColumnElement

from wallet_transaction_api import sql
from wallet_transaction_api.tables import wallets

Row: TypeAlias = dict[str, Any]
_COLUMNS = ("id", "uuid", "owner_id", "currency", "balance", "available", "status", "version")


def of_uuid(uuid: UUID) -> Row | None:
    """Return the wallet's balance columns by its handle; None when there is no such wallet."""
    return next(iter(sql.fetch_planned(by_uuid, params={"uuid": uuid})), None)


def of_id(wallet_id: int) -> Row | None:
    """Return the same by the wallet's id."""
    return next(iter(sql.fetch_planned(by_id, params={"id": wallet_id})), None)


def of_user(user_id: int) -> Row | None:
    """Return the balance columns of the user's automatic wallet; None when it has none."""
    return next(iter(sql.fetch_planned(by_user, params={"default_for_id": user_id})), None)


def by_uuid() -> Select[Any]:
    """Read the wallet of the handle `uuid`."""
    return _wallet_where(wallets.c.uuid)


def by_id() -> Select[Any]:
    """Read the wallet `id`."""
    return _wallet_where(wallets.c.id)


def by_user() -> Select[Any]:
    """Read the automatic wallet of the user `default_for_id`."""
    return _wallet_where(wallets.c.default_for_id)


def _wallet_where(column: ColumnElement[Any]) -> Select[Any]:
    columns = [wallets.c[name] for name in _COLUMNS]
    return select(*columns).where(column == bindparam(column.key, type_=column.type))
