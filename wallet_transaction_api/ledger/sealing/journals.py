"""What is sealed: each journal with its statements and its digest of an entry."""

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import Select

from wallet_transaction_api.ledger.sealing import statements
from wallet_transaction_api.ledger.sealing.digests import hold_leaf_of, leaf_of
from wallet_transaction_api.sql import Row


class Journal(NamedTuple):
    """An append-only table whose rows are numbered from 1 up within each wallet."""

    unsealed: Callable[[], Select[Any]]
    of_range: Callable[[], Select[Any]]
    leaf_of: Callable[[Row], bytes]
    noun: str


JOURNALS = {
    "entries": Journal(statements.unsealed_entries, statements.entries_of_range, leaf_of, "entry"),
    "holds": Journal(
        statements.unsealed_holds, statements.holds_of_range, hold_leaf_of, "hold entry"
    ),
}
