"""What a caller owns, and how databases are best asked for it.

Told the owner, a database guesses how many rows that means, and may walk a million rows of
others in the order asked for to find the few of one. So a handful of wallets is named by id; and
where their rows are few among many, the order is asked for in a way that no index is in, so that
these rows are fetched and sorted. Where they are many, walking finds a page of them soon.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import Executable, bindparam, func, select

from wallet_transaction_api import sql
from wallet_transaction_api.tables import transactions, wallets

#: Owners of more wallets are told by name.
MOST_NAMED = 20
#: Owners found to have more, who are not asked about again. Who has fewer since (a wallet without
#: a history can be erased) still is shown the same, only found by name.
_with_more: set[int] = set()
#: Of them a process remembers so many, then it starts anew.
_MOST_REMEMBERED = 4096
#: Rows that a page is expected to have, where it matters which way is shorter.
_PAGE = 50
#: Grows or changes with everything that happens to an owner's wallets.
State: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Holdings:
    """An owner's wallets, closed ones too: versions by id, their entries, and the table's rows."""

    versions: Mapping[int, int]
    entries: int
    rows: int

    @property
    def is_sparse(self) -> bool:
        """Whether sorting the owner's rows reads less than walking to a page of them."""
        return self.entries**2 < _PAGE * self.rows


def holdings_of(owner_id: int) -> Holdings | None:
    """Return what the owner has; None for more wallets than are named."""
    if owner_id in _with_more:
        return None
    rows = sql.fetch_planned(some_wallets, params={"owner": owner_id, "count": MOST_NAMED + 1})
    if len(rows) > MOST_NAMED:
        _remember(owner_id)
        return None
    return Holdings(
        versions={row["id"]: row["version"] for row in rows},
        entries=sum(row["last_sequence"] for row in rows),
        rows=max((row["rows"] or 0 for row in rows), default=0),
    )


def state_of(owner_id: int, known: Holdings | None) -> State:
    """Return the number, the newest and the sum of the versions of the owner's wallets."""
    if known is not None:
        versions = known.versions
        return len(versions), max(versions, default=0), sum(versions.values())
    (row,) = sql.fetch_planned(all_wallets, params={"owner": owner_id})
    return row["number"], row["newest"], int(row["versions"])


def some_wallets() -> Executable:
    """Read the first `count` wallets of `owner`, and how long the table is."""
    newest = select(func.max(transactions.c.id)).scalar_subquery().label("rows")
    columns = (wallets.c.id, wallets.c.version, wallets.c.last_sequence, newest)
    own = wallets.c.owner_id == bindparam("owner")
    return select(*columns).where(own).limit(bindparam("count"))


def all_wallets() -> Executable:
    """Sum up the wallets of `owner`."""
    return select(
        func.count().label("number"),
        func.max(wallets.c.id).label("newest"),
        func.sum(wallets.c.version).label("versions"),
    ).where(wallets.c.owner_id == bindparam("owner"))


def _remember(owner_id: int) -> None:
    if len(_with_more) >= _MOST_REMEMBERED:
        _with_more.clear()
    _with_more.add(owner_id)
