"""`refresh_daily_totals`: brings the reporting table up to date with the journal."""

from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import CommandParser

from wallet_transaction_api.analytics import daily_totals
from wallet_transaction_api.management.ledger_command import LedgerCommand
from wallet_transaction_api.migrating import lock


class Command(LedgerCommand):
    """Sum up the journal's new entries per wallet and UTC day."""

    help = "Brings daily_totals up to date with the journal; safe beside writers, and repeated."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add `--since`."""
        parser.add_argument(
            "--since",
            type=_day,
            metavar="DATE",
            help="also sum up every day from this one (YYYY-MM-DD, UTC) anew",
        )

    def handle(self, *args: Any, since: date | None = None, **options: Any) -> None:
        """Refresh, one process at a time."""
        with lock.exclusive("daily_totals"):
            count = daily_totals.refresh(since=since)
        self.stdout.write(f"daily_totals: {count} wallets summed up")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date like 2026-01-31") from None
