"""`purge_idempotency`: forgets the keys and answers that are older than `IDEMPOTENCY_DAYS`."""

from typing import Any

from wallet_transaction_api.ledger import idempotency
from wallet_transaction_api.management.ledger_command import LedgerCommand


class Command(LedgerCommand):
    """Remove expired idempotency records, in batches that commit one by one."""

    help = "Forgets expired idempotency keys; safe beside requests, and repeated."

    def handle(self, *args: Any, **options: Any) -> None:
        """Purge until nothing is left to purge."""
        total = 0
        while removed := idempotency.purge():
            total += removed
        self.stdout.write(f"idempotency: {total} records removed")
