"""Holds: money set aside in a wallet until it is captured, voided, or expires."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property

from wallet_transaction_api import money
from wallet_transaction_api.fields import ExactCharField, MoneyField
from wallet_transaction_api.models.transactions import Transaction
from wallet_transaction_api.models.wallets import Wallet
from wallet_transaction_api.querysets import HoldQuerySet, MoneyIsPosted


class Hold(models.Model):
    """An amount that a wallet may not spend otherwise. It ends once, in one of three ways."""

    class Status(models.TextChoices):
        """Pending, or how it ended."""

        PENDING = "pending"
        CAPTURED = "captured"
        VOIDED = "voided"
        EXPIRED = "expired"

    wallet = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="holds", db_index=False
    )
    amount = MoneyField()
    #: As written; a pending hold that is due has expired all the same, see `status_at`.
    status = ExactCharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    expires_at = models.DateTimeField()
    #: What the capture took of the amount, and the transaction that it posted.
    captured_amount = MoneyField(null=True, blank=True)
    transaction = models.OneToOneField(
        Transaction, on_delete=models.PROTECT, related_name="hold", null=True, blank=True
    )
    description = ExactCharField(max_length=1000, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    version = models.PositiveBigIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = HoldQuerySet.as_manager()

    class Meta:
        db_table = "holds"
        base_manager_name = "objects"  # what Django itself uses is guarded too
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["wallet", "status", "expires_at"], name="holds_of_wallet"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount__gt=money.ZERO), name="holds_amount_sign"),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "captured", "voided", "expired"]),
                name="holds_status_known",
            ),
            models.CheckConstraint(
                condition=Q(captured_amount=None)
                | Q(captured_amount__gt=money.ZERO, captured_amount__lte=F("amount")),
                name="holds_captured_within",
            ),
            models.CheckConstraint(
                condition=Q(
                    status="captured", captured_amount__isnull=False, transaction__isnull=False
                )
                | (~Q(status="captured") & Q(captured_amount=None, transaction=None)),
                name="holds_captured_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of wallet {self.wallet_id} until {self.expires_at}"

    @cached_property
    def current_status(self) -> str:
        """Tell the status by the clock, as `HoldQuerySet.as_of` adds it."""
        return self.status_at(timezone.now())

    def status_at(self, moment: datetime) -> str:
        """Return the status at a moment: a pending hold that is due has expired."""
        is_due = self.status == self.Status.PENDING and self.expires_at <= moment
        return str(self.Status.EXPIRED if is_due else self.status)

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        """Refuse, also a fixture's holds: a hold moves its wallet's `held`."""
        raise MoneyIsPosted(HoldQuerySet.REFUSAL)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise MoneyIsPosted(HoldQuerySet.REFUSAL)
