"""Long tables by wallet and place in it, in pages that are each a range of an index.

A page starts at a key of two columns. The condition is written in the form that the database's
planner takes as the start of a range; every other form is right too, but reads the wallet from its
beginning for each page:

| form                                            | starts at the key on |
|-------------------------------------------------|----------------------|
| `(a, b) >= (x, y)`                              | PostgreSQL           |
| `a > x OR (a = x AND b >= y)`                   | MySQL, MariaDB       |
| `a = x AND b >= y`, joined by UNION ALL `a > x` | SQLite               |
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Executable,
    Select,
    bindparam,
    literal_column,
    tuple_,
    union_all,
)
from sqlalchemy.sql.elements import ColumnElement

from wallet_transaction_api import sql
from wallet_transaction_api.sql import Row

#: Rows in memory at a time.
SIZE = 1000
Paged: TypeAlias = Select[Any] | CompoundSelect[Any]
_Column: TypeAlias = ColumnElement[Any]


def page(rows: Select[Any], wallet: _Column, place: _Column) -> Paged:
    """Limit a SELECT to `count` rows from `wallet` and `place` up to the wallet `upto`, in order.

    The lower end of the range is the key alone: PostgreSQL might start at another bound.
    """
    ordered = _FORMS[sql.dialect_name()](rows, wallet, place)
    return ordered.limit(bindparam("count", type_=BigInteger))


def walk(
    build: Callable[[], Executable], wallet: str, place: str, *, start: tuple[int, int], upto: int
) -> Iterator[list[Row]]:
    """Yield the rows of a `page` statement in pages, from the key `start` on, each row once.

    `wallet` and `place` name the columns of the key. A page begins with the last key of the one
    before, and leaves out by `id` what was read: so no row is lost where several have one key,
    although a constraint forbids it.
    """
    key, read, more = start, set[int](), True
    while more:
        count = SIZE + len(read)
        params = {"wallet": key[0], "place": key[1], "upto": upto, "count": count}
        found = sql.fetch(build, params=params)
        if rows := [row for row in found if row["id"] not in read]:
            yield rows
            last = (rows[-1][wallet], rows[-1][place])
            same = {row["id"] for row in rows if (row[wallet], row[place]) == last}
            key, read = last, (read | same if last == key else same)
        more = len(found) == count


def _by_row(rows: Select[Any], wallet: _Column, place: _Column) -> Paged:
    key = tuple_(bindparam("wallet"), bindparam("place"))
    return rows.where(tuple_(wallet, place) >= key, _upto(wallet)).order_by(wallet, place)


def _one_by_one(rows: Select[Any], wallet: _Column, place: _Column) -> Paged:
    of_wallet = (wallet == bindparam("wallet")) & (place >= bindparam("place"))
    start = (wallet > bindparam("wallet")) | of_wallet
    return rows.where(start, _upto(wallet)).order_by(wallet, place)


def _in_two_parts(rows: Select[Any], wallet: _Column, place: _Column) -> Paged:
    """Merge what is left of the wallet and what is behind it, without reading ahead of the limit.

    SQLite starts at a row value only where none of its columns is the primary key. The first part
    has no `upto`: told that too, it may take it for the range, and sort all of the wallet.
    """
    of_wallet = rows.where(wallet == bindparam("wallet"), place >= bindparam("place"))
    further = rows.where(wallet > bindparam("wallet"), _upto(wallet))
    names = rows.selected_columns.keys()
    positions = (str(1 + names.index(str(column.key))) for column in (wallet, place))
    return union_all(of_wallet, further).order_by(*map(literal_column, positions))


def _upto(wallet: _Column) -> ColumnElement[bool]:
    return wallet <= bindparam("upto")


_FORMS: dict[str, Callable[[Select[Any], _Column, _Column], Paged]] = {
    "postgresql": _by_row,
    "mysql": _one_by_one,
    "mariadb": _one_by_one,
    "sqlite": _in_two_parts,
}
