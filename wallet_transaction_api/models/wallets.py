"""Wallets: money of one currency that belongs to one owner."""

import uuid
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property

from wallet_transaction_api import intents, money
from wallet_transaction_api.constraints import BalanceIsAvailablePlusHeld
from wallet_transaction_api.fields import ExactCharField, MoneyField
from wallet_transaction_api.querysets import WalletQuerySet
from wallet_transaction_api.rows import LedgerModel


def cascade_if_unused(collector: Any, field: Any, sub_objs: Any, using: str) -> None:
    """Let an owner's deletion take wallets along that nothing was ever posted to or held in.

    An `on_delete` of Django's form. `signals.erase` looks again, under the wallet's lock.
    """
    in_use = ~Q(status=Wallet.Status.ACTIVE) | Q(last_sequence__gt=0) | Q(holds__isnull=False)
    used = sub_objs.filter(in_use).distinct()
    if used:
        models.PROTECT(collector, field, used, using)
    models.CASCADE(collector, field, sub_objs, using)


class Wallet(LedgerModel):
    """Money of one currency that belongs to one owner."""

    class Status(models.TextChoices):
        """What may be posted: everything, nothing for now, nothing ever again."""

        ACTIVE = "active"
        FROZEN = "frozen"
        CLOSED = "closed"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=cascade_if_unused, related_name="wallets"
    )
    #: The user whose automatic wallet this is (the one of `/api/wallet/`), else null.
    default_for = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=cascade_if_unused,
        related_name="default_wallet",
        null=True,
        blank=True,
        editable=False,
    )
    label = ExactCharField(max_length=100)
    #: The label while the wallet is open, null once closed: what has to be unique per owner.
    open_label = models.GeneratedField(
        expression=models.Case(models.When(~Q(status="closed"), then=F("label"))),
        output_field=ExactCharField(max_length=100, null=True),
        db_persist=True,
    )
    currency = ExactCharField(max_length=10)
    balance = MoneyField(default=money.ZERO)
    held = MoneyField(default=money.ZERO, editable=False)
    available = MoneyField(default=money.ZERO, editable=False)
    #: The least `available` that a posting may leave: minus the overdraft limit.
    floor = MoneyField(default=money.ZERO, editable=False)
    status = ExactCharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    metadata = models.JSONField(default=dict, blank=True)
    #: Grows by at least one with every change of the row: ETags and cached values carry it.
    version = models.PositiveBigIntegerField(default=1, editable=False)
    last_sequence = models.PositiveBigIntegerField(default=0, editable=False)
    #: When the first of its pending holds is due; null without any.
    next_expiry_at = models.DateTimeField(null=True, blank=True, editable=False)
    #: Whether it has limits: who posts to a wallet without asks for none.
    is_limited = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    #: The opening balance to post once the row is inserted; between the signals only.
    opening: Decimal | None = None
    #: Whether the last edit changed what rules over money: status or overdraft limit.
    has_new_rules: bool = False

    objects = WalletQuerySet.as_manager()
    MOVED_ALONG = frozenset({"version", "updated_at"})

    class Meta:
        db_table = "wallets"
        base_manager_name = "objects"  # what Django itself uses is guarded too
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["next_expiry_at"], name="wallets_next_expiry"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["owner", "open_label"], name="wallets_open_label"),
            models.CheckConstraint(
                condition=Q(available__gte=F("floor")), name="wallets_no_overdraft"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["active", "frozen", "closed"]), name="wallets_status_known"
            ),
            models.CheckConstraint(condition=Q(floor__lte=money.ZERO), name="wallets_floor_sign"),
            models.CheckConstraint(condition=Q(held__gte=money.ZERO), name="wallets_held_sign"),
            models.CheckConstraint(
                condition=BalanceIsAvailablePlusHeld(F("balance"), F("available"), F("held")),
                name="wallets_balance_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.currency})"

    @property
    def overdraft_limit(self) -> Decimal:
        """How far below zero `available` may go, as a positive amount."""
        return money.negate(self.floor)

    @cached_property
    def available_now(self) -> Decimal:
        """Return `available`, which it is of a row just written; `as_of` adds it to others."""
        amount: Decimal = self.available
        return amount

    @cached_property
    def held_now(self) -> Decimal:
        """Return `held`, likewise."""
        amount: Decimal = self.held
        return amount

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Erase the wallet, or close it if it has a history; refused while money is in it."""
        intents.announce(intents.closing, sender=Wallet, instance=self)
        return 1, {self._meta.label: 1}
