"""`create_missing_wallets`: opens a wallet for every user who has none."""

from typing import Any

from wallet_transaction_api.accounts import wallets
from wallet_transaction_api.management.ledger_command import LedgerCommand


class Command(LedgerCommand):
    """Complete users who came by `bulk_create`, a fixture or SQL, or before this service."""

    help = "Opens a wallet for every user who has none; safe beside requests, and repeated."

    def handle(self, *args: Any, **options: Any) -> None:
        """Open them, in batches that commit one by one."""
        self.stdout.write(f"wallets: {wallets.create_missing()} opened")
