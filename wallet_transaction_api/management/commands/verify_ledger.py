"""`verify_ledger`: proves that the books are right, or names what is not."""

import re
from argparse import ArgumentTypeError
from collections import Counter
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError, CommandParser

from wallet_transaction_api import sequences
from wallet_transaction_api.ledger import currencies, verification
from wallet_transaction_api.ledger.verification import Violation
from wallet_transaction_api.management import progress
from wallet_transaction_api.management.ledger_command import LedgerCommand

#: More wallets in one snapshot help nobody.
LARGEST_BATCH = 10**6


class Command(LedgerCommand):
    """Check every wallet, transaction and journal entry; exit 1 if any promise is broken.

    Exit 2 if that could not be found out. Safe beside writers. Violations go to standard output,
    one a line; how far it came, at which rate and how much time is left, and notices of what is no
    violation, to standard error.
    """

    help = (
        "Checks the ledger's invariants over all data; exits 1 and names each violation,"
        " 2 if it could not check."
    )
    hindered = 2

    def add_arguments(self, parser: CommandParser) -> None:
        """Add `--batch`."""
        parser.add_argument(
            "--batch",
            type=_positive,
            default=verification.BATCH,
            metavar="N",
            help="wallets read in one snapshot (default: %(default)s)",
        )
        parser.add_argument(
            "--seal",
            type=_digest,
            metavar="HASH",
            help="a head that seal_journal printed: the chain has to contain it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk through everything."""
        counts: Counter[str] = Counter()
        with progress.bar(
            verification.sizes().rows, self.stderr, quiet=not options["verbosity"]
        ) as bar:
            for item in verification.walk(batch=options["batch"], anchor=options["seal"]):
                if isinstance(item, Violation):
                    counts["violations"] += 1
                    bar.clear()
                    self.stdout.write(str(item))
                else:
                    counts.update(asdict(item))
                    bar.update(item.rows)
        for notice in _notices():
            self.stderr.write(notice, self.style.WARNING)
        self._conclude(counts)

    def _conclude(self, counts: Counter[str]) -> None:
        names = ("wallets", "transactions", "entries", "seals")
        summary = ", ".join(f"{counts[name]} {name}" for name in names)
        if counts["violations"]:
            raise CommandError(f"{counts['violations']} violations in {summary}", returncode=1)
        self.stdout.write(f"No violation in {summary}")


def _notices() -> list[str]:
    """Return what breaks no promise of the books, but soon somebody's next request."""
    retired = (" ".join(currencies.advice(code)) for code in currencies.retired())
    behind = [f"sequence {each.name} is behind its table" for each in sequences.behind()]
    return [*retired, *(f"{line}: run python manage.py migrate" for line in behind)]


def _digest(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise ArgumentTypeError(f"{text!r} is not a SHA-256 of 64 hexadecimal digits")
    return text


def _positive(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= LARGEST_BATCH:
        raise ArgumentTypeError(f"{text!r} is not a number from 1 to {LARGEST_BATCH}")
    return int(text)
