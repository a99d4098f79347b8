"""`create_missing_username_keys`: gives a key to every user who has none."""

from typing import Any

from wallet_transaction_api.accounts import keys
from wallet_transaction_api.management.ledger_command import LedgerCommand


class Command(LedgerCommand):
    """Complete users who came by `bulk_create`, a fixture or SQL."""

    help = "Gives a username key to every user who has none; safe beside requests, and repeated."

    def handle(self, *args: Any, **options: Any) -> None:
        """Give them, in batches that commit one by one."""
        self.stdout.write(f"username keys: {keys.fill()} created")
