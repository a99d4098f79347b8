"""PostgreSQL's way to write what was decided: all rows by one statement, planned once.

The rows travel as two JSON texts, so the statement is the same for any number of them: the server
parses and plans it once per connection, and the client binds two parameters instead of a dozen
per row. One statement is one round trip, on which the wallets' locks are held. Measured against
an INSERT of many rows, another, and an UPDATE: docs/decisions/0057-one-statement-on-postgresql.md.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Select,
    Table,
    any_,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import TableValuedAlias

from wallet_transaction_api import sql
from wallet_transaction_api.ledger import statements
from wallet_transaction_api.ledger.rules import WalletState
from wallet_transaction_api.tables import entries, transactions, wallets

_POSTED = tuple(name for name in statements.POSTED if name not in {"version", "updated_at"})
#: What an entry says beyond its transaction.
_ENTERED = ("sequence", "reason", "actor_id", "request_id")
_SHARED = ("wallet_id", "amount", "balance_after", "created_at")
_MOVED = ("id", *statements.MOVED)
_encode = json.JSONEncoder(default=str, separators=(",", ":")).encode


def write(rows: Sequence[Mapping[str, Any]], changed: Sequence[WalletState]) -> dict[str, int]:
    """Insert transactions with their entries and write the wallets; return the ids by txid."""
    params = {
        "postings": _encode(rows),
        "wallets": _encode([_state(wallet) for wallet in changed]),
        "ids": array(wallet.id for wallet in changed),
    }
    return {row["txid"]: row["id"] for row in sql.fetch_planned(write_rows, params=params)}


def lock_listed() -> Select[tuple[object, ...]]:
    """Read and lock the wallets of the array `ids`, in id order."""
    chosen = select(*statements.state_columns()).where(_is_listed())
    return chosen.order_by(wallets.c.id).with_for_update()


def lock_free_listed() -> Select[tuple[object, ...]]:
    """As `lock_listed`, but leave out what somebody else has locked."""
    return lock_listed().with_for_update(skip_locked=True)


def lock_listed_at_once() -> Select[tuple[object, ...]]:
    """As `lock_listed`, but fail instead of waiting for what somebody else has locked."""
    return lock_listed().with_for_update(nowait=True)


def write_rows() -> Select[tuple[object, ...]]:
    """Write `postings` and `wallets`; answer the new transactions' `id` and `txid`.

    The wallets' ids come once more as the array `ids`: of the rows in a JSON text the planner
    knows nothing, so it would read every wallet to find them.
    """
    given = select(_rows("postings", (transactions, _POSTED), (entries, _ENTERED))).cte("given")
    posted = select(*(given.c[name] for name in _POSTED), literal_column("1"), given.c.created_at)
    made = (
        insert(transactions)
        .from_select([*_POSTED, "version", "updated_at"], posted)
        .returning(transactions.c.id, transactions.c.txid)
        .cte("made")
    )
    names = (*_SHARED, *_ENTERED)
    entered = select(made.c.id, *(given.c[name] for name in names))
    entered = entered.join_from(given, made, given.c.txid == made.c.txid).order_by(made.c.id)
    kept = insert(entries).from_select(["transaction_id", *names], entered).cte("kept")
    given_wallets = _rows("wallets", (wallets, _MOVED))
    moved = (
        update(wallets)
        .where(wallets.c.id == given_wallets.c.id, _is_listed())
        .values({name: given_wallets.c[name] for name in statements.MOVED})
        .cte("moved")
    )
    return select(made.c.id, made.c.txid).add_cte(kept, moved)


def _is_listed() -> ColumnElement[bool]:
    return wallets.c.id == any_(cast(bindparam("ids"), ARRAY(BigInteger)))


def array(ids: Iterable[int]) -> str:
    """Write ids as PostgreSQL's array, in one parameter."""
    return f"{{{','.join(map(str, ids))}}}"


def _rows(parameter: str, *parts: tuple[Table, Sequence[str]]) -> TableValuedAlias:
    """Make a table of the JSON objects in a parameter, with these columns of those tables."""
    columns = [Column(name, table.c[name].type) for table, names in parts for name in names]
    text = cast(bindparam(parameter), JSON)
    table = func.json_to_recordset(text).table_valued(*columns, name=f"{parameter}_rows")
    return table.render_derived(with_types=True)


def _state(wallet: WalletState) -> dict[str, Any]:
    return {name: getattr(wallet, name) for name in _MOVED}
