"""Turns: of requests that pay other people's wallets and do more, one of an owner's at a time.

Those of one process wait for each other in the process, with no connection and no transaction
open. Another process' is found out by a lock of the database's that nobody waits for: who does
not get it ends the transaction and tries again. Why: docs/decisions/0069-foreign-wallets.md.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from wallet_transaction_api.ledger import advisory, errors, units
from wallet_transaction_api.ledger.queues import Queues
from wallet_transaction_api.ledger.waits import NotNow

_owners = Queues()


@contextmanager
def of(owner_id: int) -> Iterator[None]:
    """Wait for the owner's turn in this process and have it; raises `LedgerBusy` in the end."""
    with _owners.turn(owner_id, units.PATIENCE) as is_ours:
        if not is_ours:
            raise errors.LedgerBusy
        try:
            yield
        finally:
            advisory.free([_name(owner_id)])


def take(owner_id: int) -> None:
    """Take the turn from all other processes too, first thing in the transaction, or raise."""
    if not all(advisory.take([_name(owner_id)])):
        raise NotNow


def _name(owner_id: int) -> str:
    return f"turn:{owner_id}"
