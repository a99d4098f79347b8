"""Hold entries: the append-only journal of what became of every hold."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from wallet_transaction_api.fields import ExactCharField, MoneyField
from wallet_transaction_api.models.holds import Hold
from wallet_transaction_api.models.transactions import Transaction
from wallet_transaction_api.models.wallets import Wallet
from wallet_transaction_api.querysets import HoldEntryQuerySet, MoneyIsPosted


class HoldEntry(models.Model):
    """A hold as it was when placed, or as it was when it ended. Never changed, never removed."""

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="+", db_index=False)
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="entries", db_index=False)
    #: 1, 2, 3 … per wallet, without a gap.
    sequence = models.PositiveBigIntegerField()
    status = ExactCharField(max_length=10, choices=Hold.Status.choices)
    amount = MoneyField()
    expires_at = models.DateTimeField()
    captured_amount = MoneyField(null=True)
    transaction = models.ForeignKey(
        Transaction, on_delete=models.PROTECT, related_name="+", null=True
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = HoldEntryQuerySet.as_manager()

    class Meta:
        db_table = "hold_entries"
        base_manager_name = "objects"  # what Django itself uses is guarded too
        verbose_name_plural = "hold entries"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["wallet", "sequence"], name="hold_entries_sequence"),
            models.UniqueConstraint(fields=["hold", "status"], name="hold_entries_once"),
        ]

    def __str__(self) -> str:
        return f"{self.wallet_id}/{self.sequence}"

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        """Refuse, also a fixture's rows."""
        raise MoneyIsPosted(HoldEntryQuerySet.REFUSAL)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise MoneyIsPosted(HoldEntryQuerySet.REFUSAL)
