"""What a new limit's running window has used already, from the journal and the holds.

Asked under the wallet's lock. Counts what the engine would have counted, had the limit been
there from the window's start: postings (a captured hold counts as its hold), holds placed and
not given back, and the differences of edits upward.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from wallet_transaction_api import money
from wallet_transaction_api.ledger import limit_rules
from wallet_transaction_api.models import Entry, Hold


def used_since(wallet_id: int, direction: str, start: datetime) -> tuple[Decimal, int]:
    """Return the amount and the count that a window which started then has used."""
    entries = Entry.objects.filter(wallet_id=wallet_id, sequence__gt=_last_before(wallet_id, start))
    parts = [_posted(entries, direction), (money.total(_edited(entries, direction)), 0)]
    if direction == "debit":
        parts.append(_held(wallet_id, start))
    return money.total(amount for amount, _ in parts), sum(count for _, count in parts)


def _last_before(wallet_id: int, start: datetime) -> int:
    """Return the sequence of the last entry before; a wallet's entries never go back in time."""
    before = Entry.objects.filter(wallet_id=wallet_id, created_at__lt=start)
    return before.order_by("-sequence").values_list("sequence", flat=True).first() or 0


def _posted(entries: Any, direction: str) -> tuple[Decimal, int]:
    sign = Q(amount__lt=money.ZERO) if direction == "debit" else Q(amount__gt=money.ZERO)
    counted = entries.filter(sign, reason=Entry.Reason.POSTED, transaction__hold=None)
    found = counted.aggregate(amount=Sum("amount"), count=Count("pk"))
    return (found["amount"] or money.ZERO).copy_abs(), found["count"]


def _held(wallet_id: int, start: datetime) -> tuple[Decimal, int]:
    counted = Hold.objects.filter(
        wallet_id=wallet_id,
        created_at__gte=start,
        status__in=[Hold.Status.PENDING, Hold.Status.CAPTURED],
    )
    found = counted.aggregate(amount=Sum(Coalesce("captured_amount", "amount")), count=Count("pk"))
    return found["amount"] or money.ZERO, found["count"]


def _edited(entries: Any, direction: str) -> Iterator[Decimal]:
    """Replay the transactions that were edited in the window: yield what each edit counted."""
    edits = entries.filter(reason=Entry.Reason.AMENDED)
    edited = set(edits.values_list("pk", flat=True))
    transactions = edits.values("transaction")
    history = Entry.objects.filter(transaction__in=transactions).order_by("sequence")
    amounts: dict[int, Decimal] = {}
    for key, transaction, amount in history.values_list("pk", "transaction", "amount"):
        before = amounts.get(transaction, money.ZERO)
        after = amounts[transaction] = money.add(before, amount)
        use = limit_rules.use_of_edit(before, after) if key in edited else None
        if use is not None and use.direction == direction:
            yield use.amount
