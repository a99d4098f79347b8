"""Statements of an owner's whole lists, compiled once: to build one takes longer than to run it.

A list that shows something as of now has none: the moment would be kept with it.
"""

import functools
from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS

from wallet_transaction_api import sql
from wallet_transaction_api.api.jsonapi.resources import Resource
from wallet_transaction_api.api.jsonapi.sorting import Keys, order_by
from wallet_transaction_api.api.jsonapi.types import RESOURCES

#: Stands for the owner's id while a statement is compiled; those below it for wallets. No row
#: has such an id.
_OWNER = -(2**62)


class _Owner:
    """Some user without permissions."""

    pk = _OWNER
    is_authenticated = True
    is_staff = False


class _Call:
    """A request of theirs."""

    user = _Owner()


def may_list(resource: Resource) -> bool:
    """Tell whether there are such statements of a type."""
    return resource.follows_wallets and not resource.follows_clock


def statement(
    resource: Resource,
    columns: Sequence[str],
    keys: Keys,
    *,
    owner_id: int,
    wallet_ids: Sequence[int],
    by_index: bool,
) -> tuple[str, list[Any]]:
    """Return the SQL that lists what the owner sees of a type, to be cut, and its parameters.

    `wallet_ids` are all that the owner has, or none where they are not to be named.
    """
    shape = (resource.type, tuple(columns), keys, len(wallet_ids))
    text, params = _compiled(*shape, by_index=by_index, dialect=sql.dialect_name())
    ids = {_OWNER: owner_id} | {_OWNER - 1 - at: key for at, key in enumerate(wallet_ids)}
    return text, [ids.get(value, value) for value in params]


@functools.lru_cache(maxsize=1024)
def _compiled(
    name: str, columns: tuple[str, ...], keys: Keys, count: int, *, by_index: bool, dialect: str
) -> tuple[str, tuple[Any, ...]]:
    call: Any = _Call()
    rows = RESOURCES[name].visible(call)
    if count:
        rows = rows.filter(**RESOURCES[name].among([_OWNER - 1 - at for at in range(count)]))
    ordered = rows.order_by(*order_by(keys, by_index=by_index))
    query = ordered.values_list(*columns).query
    text, params = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    return text, tuple(params)
