"""Limits: how much, or how often, may leave or enter a wallet."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from wallet_transaction_api import money
from wallet_transaction_api.fields import ExactCharField, MoneyField
from wallet_transaction_api.models.wallets import Wallet
from wallet_transaction_api.querysets import LimitQuerySet, MoneyIsPosted


class Limit(models.Model):
    """One limit of one wallet, with what its running window has used of it."""

    class Direction(models.TextChoices):
        """What counts: money that leaves the wallet, or money that enters it."""

        DEBIT = "debit"
        CREDIT = "credit"

    class Window(models.TextChoices):
        """Over what it is counted: one transaction, or a calendar window in UTC."""

        TRANSACTION = "transaction"
        HOUR = "hour"
        DAY = "day"
        MONTH = "month"

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="limits")
    direction = ExactCharField(max_length=10, choices=Direction.choices)
    window = ExactCharField(max_length=15, choices=Window.choices)
    max_amount = MoneyField(null=True, blank=True)
    max_count = models.PositiveBigIntegerField(null=True, blank=True)
    #: The window that the two below were counted in; one that has passed counts for nothing.
    window_started_at = models.DateTimeField(null=True, editable=False)
    used_amount = MoneyField(default=money.ZERO, editable=False)
    used_count = models.PositiveBigIntegerField(default=0, editable=False)
    version = models.PositiveBigIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = LimitQuerySet.as_manager()

    class Meta:
        db_table = "limits"
        base_manager_name = "objects"  # what Django itself uses is guarded too
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(direction__in=["debit", "credit"]), name="limits_direction_known"
            ),
            models.CheckConstraint(
                condition=Q(window__in=["transaction", "hour", "day", "month"]),
                name="limits_window_known",
            ),
            models.CheckConstraint(
                condition=Q(max_amount__isnull=False) | Q(max_count__isnull=False),
                name="limits_something",
            ),
            models.CheckConstraint(
                condition=Q(max_amount=None) | Q(max_amount__gt=money.ZERO),
                name="limits_amount_sign",
            ),
            models.CheckConstraint(
                condition=Q(max_count=None) | Q(max_count__gte=1), name="limits_count_from_one"
            ),
            models.CheckConstraint(
                condition=Q(used_amount__gte=money.ZERO), name="limits_used_sign"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.direction} per {self.window} of wallet {self.wallet_id}"

    def validate_constraints(self, exclude: Any = None) -> None:
        """Leave them to the ledger, which refuses in kinder words, and to the database."""

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        """Refuse: what a new limit has used already is computed under its wallet's lock."""
        raise MoneyIsPosted(LimitQuerySet.REFUSAL)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: the wallet notes whether it has any."""
        raise MoneyIsPosted(LimitQuerySet.REFUSAL)
