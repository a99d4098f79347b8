"""The records of rows that plain Django code may save too: what is about to be written of them."""

from collections.abc import Container
from typing import TypeAlias

from wallet_transaction_api.ledger.auditing import State, note, states
from wallet_transaction_api.models import Transaction, Wallet

_FROZEN, _ACTIVE = Wallet.Status.FROZEN, Wallet.Status.ACTIVE
#: Columns that the ledger does not decide on: unless written they stay, whatever the row says.
_FREE = ("label", "description", "metadata")
Written: TypeAlias = Container[str] | None


def note_wallet(stored: Wallet, row: Wallet, *, written: Written) -> None:
    """Record the change of a wallet whose row is locked."""
    before = states.of_wallet(stored)
    after = _written(before, states.of_wallet(row), written)
    action = _turn(stored.status, row.status)
    note(action, row, actor_id=row.actor_id, before=before, after=after)


def note_transaction(
    stored: Transaction, row: Transaction, currency: str, *, written: Written
) -> None:
    """Record the change of a transaction."""
    before = states.of_transaction(stored, currency)
    after = _written(before, states.of_transaction(row, currency), written)
    note("amended", row, actor_id=row.actor_id, before=before, after=after)


def _written(before: State, after: State, written: Written) -> State:
    """Return what will be there: nobody writes what is not among the `written` columns."""
    if written is None:
        return after
    kept = {name: before[name] for name in _FREE if name in before and name not in written}
    return {**after, **kept}


def _turn(before: str, after: str) -> str:
    """Return what the change of a wallet's status is called."""
    if before == after:
        return "changed"
    if after == _ACTIVE:
        return "unfrozen" if before == _FROZEN else "reopened"
    return str(after)
