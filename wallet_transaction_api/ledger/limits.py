"""Limits: setting, changing and removing them, under the lock of the wallet that they limit."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count

from wallet_transaction_api import money
from wallet_transaction_api.ledger import (
    auditing,
    currencies,
    hold_errors,
    limit_rules,
    limit_uses,
    rules,
)
from wallet_transaction_api.ledger.auditing import states
from wallet_transaction_api.ledger.journal import Book
from wallet_transaction_api.ledger.rules import WalletState
from wallet_transaction_api.ledger.units import in_transaction
from wallet_transaction_api.models import Limit


def set_limit(
    *,
    wallet_id: int,
    direction: str,
    window: str,
    max_amount: Decimal | None = None,
    max_count: int | None = None,
    actor_id: int | None = None,
) -> Limit:
    """Limit what may leave (`debit`) or enter (`credit`) a wallet per window; return the limit.

    What the running window has moved already counts, and may be more than the limit: then
    nothing passes until the window ends. Refuses a limit of nothing, and a closed wallet.
    """

    def work() -> Limit:
        book = Book([wallet_id])
        wallet = book.limit(wallet_id, is_limited=True)
        limit = Limit(
            wallet_id=wallet_id,
            direction=direction,
            window=window,
            max_amount=max_amount,
            max_count=max_count,
            created_at=wallet.updated_at,
        )
        _complete(limit, wallet)
        Limit.objects.insert(limit)
        after = states.of_limit(limit, wallet.currency)
        auditing.note("set", limit, actor_id=actor_id, after=after)
        book.write()
        return limit

    return in_transaction(work)


def change(*, limit_id: int, changes: Mapping[str, Any], actor_id: int | None = None) -> Limit:
    """Change `direction`, `window`, `max_amount` or `max_count`; return the limit as stored."""

    def work() -> Limit:
        book, limit = _locked(limit_id)
        wallet = book.limit(limit.wallet_id, is_limited=True)
        before = states.of_limit(limit, wallet.currency)
        for name, value in changes.items():
            setattr(limit, name, value)
        _complete(limit, wallet)
        names = (*changes, "max_amount", "window_started_at", "used_amount", "used_count")
        columns = {name: getattr(limit, name) for name in (*names, "updated_at")}
        Limit.objects.write(limit_id, **columns)
        after = states.of_limit(limit, wallet.currency)
        auditing.note("changed", limit, actor_id=actor_id, before=before, after=after)
        book.write()
        limit.refresh_from_db()
        return limit

    return in_transaction(work)


def remove(*, limit_id: int, actor_id: int | None = None) -> None:
    """Remove a limit; a wallet without any is asked for none."""

    def work() -> None:
        book, limit = _locked(limit_id)
        _remove(limit, book.wallet(limit.wallet_id).currency, actor_id)
        others = Limit.objects.filter(wallet_id=limit.wallet_id)
        book.limit(limit.wallet_id, is_limited=others.exists())
        book.write()

    in_transaction(work)


def remove_all(*, wallet_id: int, currency: str, actor_id: int | None) -> None:
    """Remove the limits of a wallet that is about to go; the caller has locked it."""
    for limit in Limit.objects.filter(wallet_id=wallet_id).order_by("pk"):
        _remove(limit, currency, actor_id)


def repeated() -> list[tuple[int, list[int]]]:
    """Return wallets with the ids of limits of theirs that are alike in all that they limit.

    They do no harm. But whoever raises one of them changes nothing while another stays.
    """
    alike = ("wallet_id", "direction", "window", "max_amount", "max_count")
    rows = Limit.objects.order_by(*alike).values(*alike).annotate(count=Count("pk"))
    return [
        (row["wallet_id"], [limit.pk for limit in Limit.objects.filter(**row).order_by("pk")])
        for row in rows.filter(count__gt=1).values(*alike)
    ]


def _remove(limit: Limit, currency: str, actor_id: int | None) -> None:
    Limit.objects.filter(pk=limit.pk).remove()
    before = states.of_limit(limit, currency)
    auditing.note("removed", limit, actor_id=actor_id, before=before)


def _locked(limit_id: int) -> tuple[Book, Limit]:
    wallet_id = Limit.objects.filter(pk=limit_id).values_list("wallet_id", flat=True).first()
    book = Book([] if wallet_id is None else [wallet_id])
    limit = Limit.objects.filter(pk=limit_id).first()
    if limit is None:
        raise hold_errors.LimitNotFound
    return book, limit


def _complete(limit: Limit, wallet: WalletState) -> None:
    """Check the limit and compute what its running window has used."""
    if limit.max_amount is not None:
        exponent = currencies.exponent(wallet.currency)
        limit.max_amount = rules.exact_amount(limit.max_amount, exponent)
    limit_rules.refuse_empty(limit.window, limit.max_amount, limit.max_count)
    limit.updated_at = wallet.updated_at
    start = limit_rules.window_start(limit.window, wallet.updated_at)
    limit.window_started_at = start
    limit.used_amount, limit.used_count = _used(limit, start)


def _used(limit: Limit, start: datetime | None) -> tuple[Decimal, int]:
    if start is None:
        return money.ZERO, 0
    return limit_uses.used_since(limit.wallet_id, limit.direction, start)
