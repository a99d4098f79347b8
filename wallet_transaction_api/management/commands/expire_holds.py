"""`expire_holds`: writes of holds that are due that they have expired."""

from typing import Any

from wallet_transaction_api.ledger import holds
from wallet_transaction_api.management.ledger_command import LedgerCommand


class Command(LedgerCommand):
    """Tidy up; run it every few minutes, on one machine or on several."""

    help = (
        "Writes of holds that are due that they have expired; they count as expired without it. "
        "Safe beside writers, and repeated."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Expire them in short transactions, leaving out wallets that are in use."""
        self.stdout.write(f"holds: expired in {holds.expire()} wallets")
