"""`seal_journal`: seals what the journal has gained, and says where the chain now ends."""

from typing import Any

from django.core.management.base import CommandError

from wallet_transaction_api.ledger import sealing
from wallet_transaction_api.management.ledger_command import LedgerCommand
from wallet_transaction_api.migrating import lock


class Command(LedgerCommand):
    """Extend the chain of seals over every entry that is not sealed yet."""

    help = (
        "Seals the journal's new entries; safe beside writers. Keep the head it prints elsewhere."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal, one process at a time."""
        seals = entries = 0
        try:
            with lock.exclusive("seals"):
                for seal in sealing.extend():
                    seals += 1
                    entries += seal["last_sequence"] - seal["first_sequence"] + 1
                head = sealing.head()
        except sealing.JournalBroken as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{entries} entries sealed by {seals} seals")
        self.stdout.write(f"head: seal {head.number} {head.digest}")
