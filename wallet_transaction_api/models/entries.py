"""Entries: the append-only journal of every balance movement."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from wallet_transaction_api import money
from wallet_transaction_api.fields import ExactCharField, MoneyField
from wallet_transaction_api.models.transactions import Transaction
from wallet_transaction_api.models.wallets import Wallet
from wallet_transaction_api.querysets import EntryQuerySet, MoneyIsPosted


class Entry(models.Model):
    """One movement of one wallet's balance. Never changed, never removed."""

    class Reason(models.TextChoices):
        """Why the balance moved."""

        POSTED = "posted"
        AMENDED = "amended"
        REVERSAL = "reversal"

    wallet = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="entries")
    #: 1, 2, 3 … per wallet, without a gap.
    sequence = models.PositiveBigIntegerField()
    amount = MoneyField()
    balance_after = MoneyField()
    reason = ExactCharField(max_length=10, choices=Reason.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: The request that the movement was asked for by; null outside of one.
    request_id = ExactCharField(max_length=64, null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        db_table = "entries"
        base_manager_name = "objects"  # what Django itself uses is guarded too
        verbose_name_plural = "entries"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["wallet", "sequence"], name="entries_sequence"),
            models.CheckConstraint(condition=~Q(amount=money.ZERO), name="entries_not_zero"),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="entries_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.wallet_id}/{self.sequence}"

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        """Refuse. A fixture's entries do not come here; `signals` refuses them."""
        raise MoneyIsPosted(EntryQuerySet.REFUSAL)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise MoneyIsPosted(EntryQuerySet.REFUSAL)
