"""The journal of holds: each as it was placed and as it ended, appended for good.

A hold's row changes once, and nothing in the journal of balances says what it was before: a
released hold moved nothing. So what it says is written down beside it, where triggers keep it.
"""

from collections.abc import Sequence

from wallet_transaction_api import sql
from wallet_transaction_api.ledger import hold_statements


def append(hold_ids: Sequence[int]) -> None:
    """Append what the rows of these holds now say; their wallets are locked by the caller."""
    for chunk in sql.chunks(hold_ids):
        params = {f"hold_m{index}": key for index, key in enumerate(chunk)}
        sql.execute(hold_statements.append_holds, len(chunk), params=params)
