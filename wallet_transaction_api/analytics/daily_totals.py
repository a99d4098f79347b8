"""Bringing the daily totals up to date with the journal, beside writers."""

from collections.abc import Iterator
from datetime import date

from django.db import transaction

from wallet_transaction_api import sql
from wallet_transaction_api.analytics import statements

#: Wallets per database transaction: short enough not to keep SQLite's other writers waiting.
BATCH = 500


def refresh(*, since: date | None = None) -> int:
    """Sum up what the journal has gained, and every day from `since` anew; return the wallets done.

    A wallet's entries become visible in the order of their sequence, because each was written
    under the wallet's lock: what a statement sees is complete up to its last, so no total
    misses a movement that commits late. Running it again changes nothing. Callers hold
    `migrating.lock.exclusive("daily_totals")`: two at once would insert the same day twice.
    """
    return sum(_refresh_batch(after, upto, since) for after, upto in _batches())


def _batches() -> Iterator[tuple[int, int]]:
    after = 0
    while True:
        params = {"after": after, "count": BATCH}
        upto = sql.fetch(statements.last_of_batch, params=params)[0]["upto"]
        if upto is None:
            return
        yield after, upto
        after = upto


def _refresh_batch(after: int, upto: int, since: date | None) -> int:
    bounds = {"after": after, "upto": upto}
    with transaction.atomic():
        if since is not None:
            sql.execute(statements.forget_days, params={**bounds, "since": since})
        stale = sql.fetch(statements.stale_wallets, params=bounds)
        sql.execute_each(statements.forget_wallet, stale)
        sql.execute_each(statements.sum_up_wallet, stale)
    return len(stale)
