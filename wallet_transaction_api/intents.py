"""What plain Django code wants done to money. `signals` connects each to the posting engine.

The arrows run from the ledger to the models, so a model cannot call the ledger: it says what
it wants, inside an open database transaction, and whoever listens does it or raises.
"""

from typing import Any

from django.dispatch import Signal

#: Transactions about to be bulk-created: `instances`. The listener creates them all or none.
bulk_posting = Signal()
#: A transaction is to be reversed: `instance`.
reversing = Signal()
#: A wallet is to be deleted or closed: `instance`.
closing = Signal()


class NobodyListens(RuntimeError):
    """Money was to move but the app's signals are not connected."""


def announce(intent: Signal, **arguments: Any) -> None:
    """Send the intent; a missing listener must never pass for a success."""
    if not intent.send(**arguments):
        raise NobodyListens
