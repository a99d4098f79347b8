"""What others may want to know once it is durable. Sent after commit; listeners cannot undo it."""

from collections.abc import Iterable

from django.db import transaction
from django.dispatch import Signal

from wallet_transaction_api.ledger.rules import WalletState

#: Wallets changed and the change is durable: `wallets`, a list of `WalletState`.
wallets_changed = Signal()


def announce_after_commit(wallets: Iterable[WalletState]) -> None:
    """Send `wallets_changed` when the running transaction commits; a failing listener is logged."""
    changed = list(wallets)

    def send() -> None:
        wallets_changed.send_robust(sender=WalletState, wallets=changed)

    transaction.on_commit(send, robust=True)
