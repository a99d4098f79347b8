"""Holds: placing, capturing and voiding them, and tidying up those that have expired.

A hold ends once. All of its ends are decided under its wallet's lock, on its row as read there
and by the clock, so of several at once one comes first and the others hear which it was.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.conf import settings
from django.utils import timezone

from wallet_transaction_api import names
from wallet_transaction_api.ledger import (
    auditing,
    currencies,
    errors,
    hold_errors,
    hold_journal,
    hold_rules,
    recording,
    rules,
)
from wallet_transaction_api.ledger.auditing import State, states
from wallet_transaction_api.ledger.auditing.states import PENDING
from wallet_transaction_api.ledger.hold_rules import HoldState
from wallet_transaction_api.ledger.journal import Book
from wallet_transaction_api.ledger.locks import Way
from wallet_transaction_api.ledger.postings import Posting
from wallet_transaction_api.ledger.units import in_transaction
from wallet_transaction_api.models import Hold, Wallet

#: Wallets tidied up in one database transaction.
BATCH = 100


def place(
    *,
    wallet_id: int,
    amount: Decimal,
    expires_at: datetime | None = None,
    description: str = "",
    metadata: Mapping[str, Any] | None = None,
    actor_id: int | None = None,
) -> Hold:
    """Set a positive amount aside until `expires_at` (`HOLD_DAYS` from now); return the hold.

    Refuses what a withdrawal of the amount would be refused, limits included, and an expiry
    that has passed.
    """

    def work() -> Hold:
        book = Book([wallet_id])
        until = expires_at or book.now + timedelta(days=settings.HOLD_DAYS)
        hold_rules.refuse_past_expiry(until, now=book.now)
        exact = rules.exact_amount(amount, currencies.exponent(book.wallet(wallet_id).currency))
        wallet = book.hold(wallet_id, exact, expires_at=until)
        hold = Hold(
            wallet_id=wallet_id,
            amount=exact,
            expires_at=until,
            description=description,
            metadata=dict(metadata or {}),
            created_at=wallet.updated_at,
            updated_at=wallet.updated_at,
        )
        Hold.objects.insert(hold)
        hold_journal.append([hold.pk])
        after = states.of_hold(hold, wallet.currency)
        auditing.note("placed", hold, actor_id=actor_id, after=after)
        book.write()
        return hold

    return in_transaction(work)


def capture(*, hold_id: int, amount: Decimal | None = None, actor_id: int | None = None) -> Hold:
    """Post what the hold was for, all of it or `amount`, release the rest; return the hold.

    Also on a frozen wallet. Refuses a hold that has ended (`HoldAlreadyCaptured`,
    `HoldAlreadyVoided`, `HoldExpired`) and more than was held.
    """

    def work(book: Book, hold: HoldState) -> None:
        exponent = currencies.exponent(book.wallet(hold.wallet_id).currency)
        taken = hold_rules.capture_amount(hold, amount, exponent)
        movement = book.capture(hold, taken, actor_id=actor_id)
        item = _posting(Hold.objects.get(pk=hold.id), movement.amount, actor_id)
        posted = recording.store(book, [(item, movement)])[0]
        ended = {"captured_amount": taken, "transaction": posted.transaction_id}
        told = states.of_capture(taken, posted.currency, posted.transaction_id)
        _end(hold, book, "captured", actor_id, told, **ended)

    return _decide(hold_id, work)


def void(*, hold_id: int, actor_id: int | None = None) -> Hold:
    """Release all of a hold, also on a frozen wallet; return it. Refuses one that has ended."""

    def work(book: Book, hold: HoldState) -> None:
        book.release(hold)
        _end(hold, book, "voided", actor_id, {})
        book.write()

    return _decide(hold_id, work)


def expire(*, batch: int = BATCH) -> int:
    """Write of all holds that are due that they have expired; return of how many wallets.

    They count as expired without it. Safe beside writers: a wallet that somebody has locked
    is left out, since whoever uses a wallet expires its holds first.
    """
    tidied, last = 0, 0
    now = timezone.now()
    while ids := _due_wallets(now, after=last, count=batch):
        tidied += in_transaction(partial(_tidy, ids))
        last = ids[-1]
    return tidied


def _tidy(wallet_ids: list[int]) -> int:
    """Expire the due holds of the wallets that are free, as opening a book does."""
    book = Book(wallet_ids, way=Way.SKIP)
    return sum(key in book for key in wallet_ids)


def _due_wallets(now: datetime, *, after: int, count: int) -> list[int]:
    due = Wallet.objects.filter(next_expiry_at__lte=now, pk__gt=after).order_by("pk")
    return list(due.values_list("pk", flat=True)[:count])


def _decide(hold_id: int, work: Callable[[Book, HoldState], None]) -> Hold:
    """Lock the hold's wallet, see that the hold is pending, and end it."""

    def unit() -> Hold:
        wallet_id = Hold.objects.filter(pk=hold_id).values_list("wallet_id", flat=True).first()
        if wallet_id is None:
            raise hold_errors.HoldNotFound
        book = Book([wallet_id])
        hold = _state(hold_id)
        hold_rules.refuse_unless_pending(hold, now=book.now)
        work(book, hold)
        return Hold.objects.get(pk=hold_id)

    return in_transaction(unit)


def _state(hold_id: int) -> HoldState:
    names = ("id", "wallet_id", "amount", "status", "expires_at", "created_at")
    return HoldState(**Hold.objects.filter(pk=hold_id).values(*names).get())


def _end(
    hold: HoldState,
    book: Book,
    status: str,
    actor_id: int | None,
    told: State,
    **columns: Any,
) -> None:
    """Write the end; the condition has the last word on that there is one only."""
    at = book.wallet(hold.wallet_id).updated_at
    pending = Hold.objects.filter(status=Hold.Status.PENDING)
    if not pending.write(hold.id, status=status, updated_at=at, **columns):
        raise errors.LedgerBusy
    hold_journal.append([hold.id])
    row = Hold(pk=hold.id, wallet_id=hold.wallet_id)
    after = {"status": status, **told}
    auditing.note(status, row, actor_id=actor_id, before=PENDING, after=after)


def _posting(hold: Hold, amount: Decimal, actor_id: int | None) -> Posting:
    return Posting(
        wallet_id=hold.wallet_id,
        amount=amount,
        kind="capture",
        txid=names.new(),
        description=hold.description,
        metadata=hold.metadata,
        actor_id=actor_id,
    )
