"""Whether the ledger kept its promises under load: set-based, and by `verify_ledger`."""

import io
import time
from typing import Any

from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count, Sum

from wallet_transaction_api.models import Entry, Transaction, Wallet

_SETTLED_SECONDS = 1.0
#: Violations of each kind, counted over all wallets. SQLite's sums are exact by our aggregate.
_QUESTIONS = {
    "balance is not the sum of the entries": """
        SELECT COUNT(*) FROM wallets LEFT JOIN (
            SELECT wallet_id, SUM(amount) AS total FROM entries GROUP BY wallet_id
        ) AS moved ON moved.wallet_id = wallets.id
        WHERE balance <> COALESCE(total, 0)""",
    "balance is not the sum of the transactions": """
        SELECT COUNT(*) FROM wallets LEFT JOIN (
            SELECT wallet_id, SUM(amount) AS total FROM transactions
            WHERE deleted_at IS NULL GROUP BY wallet_id
        ) AS posted ON posted.wallet_id = wallets.id
        WHERE balance <> COALESCE(total, 0)""",
    "sequence has a gap or a repeat": """
        SELECT COUNT(*) FROM wallets LEFT JOIN (
            SELECT wallet_id, COUNT(*) AS number, MAX(sequence) AS highest,
                   COUNT(DISTINCT sequence) AS different
            FROM entries GROUP BY wallet_id
        ) AS counted ON counted.wallet_id = wallets.id
        WHERE last_sequence <> COALESCE(number, 0) OR last_sequence <> COALESCE(highest, 0)
           OR last_sequence <> COALESCE(different, 0)""",
    "entry does not follow from the one before": """
        SELECT COUNT(*) FROM (
            SELECT balance_after, amount, COALESCE(LAG(balance_after) OVER (
                PARTITION BY wallet_id ORDER BY sequence), 0) AS before_it FROM entries
        ) AS steps WHERE balance_after <> before_it + amount""",
    "transaction without its entry": """
        SELECT COUNT(*) FROM transactions LEFT JOIN entries
            ON entries.transaction_id = transactions.id
        WHERE entries.id IS NULL""",
    "overdraft": "SELECT COUNT(*) FROM wallets WHERE available < floor",
}


def audit() -> dict[str, Any]:
    """Return what is there, and the promises that were broken, with how often."""
    _wait_until_settled()
    broken = {} if connection.vendor == "sqlite" else _broken()
    return {
        "transactions": Transaction.objects.count(),
        "entries": Entry.objects.aggregate(count=Count("id"))["count"],
        "total": str(Wallet.objects.aggregate(total=Sum("balance"))["total"]),
        "broken": broken,
        "verified": _verified(),
    }


def _wait_until_settled() -> None:
    """Wait for what was on its way when the clients hung up."""
    before = -1
    while (now := Transaction.objects.count()) != before:
        before = now
        time.sleep(_SETTLED_SECONDS)


def _broken() -> dict[str, int]:
    counts = {}
    for name, question in _QUESTIONS.items():
        with connection.cursor() as cursor:
            cursor.execute(question)
            counts[name] = int(cursor.fetchone()[0])
    return {name: count for name, count in counts.items() if count}


def _verified() -> str:
    """Return the last line of `verify_ledger`."""
    said = io.StringIO()
    try:
        call_command("verify_ledger", verbosity=0, stdout=said)
    except CommandError as error:
        return f"{said.getvalue()[:500]} {error}"
    return said.getvalue().strip().splitlines()[-1]
