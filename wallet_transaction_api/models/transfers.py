"""Transfers: money that leaves one wallet and arrives in another, both sides or neither."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from wallet_transaction_api import money
from wallet_transaction_api.fields import ExactCharField, MoneyField
from wallet_transaction_api.models.wallets import Wallet
from wallet_transaction_api.querysets import MoneyIsPosted, TransferQuerySet


class Transfer(models.Model):
    """Money moved from one wallet to another by two transactions, its legs.

    Each amount is in the currency of its wallet. A reversed transfer stays, with `deleted_at`
    set. Rows are written by the ledger and by fixtures, whose legs post as transactions do.
    """

    txid = ExactCharField(max_length=255)
    source = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="+", db_index=False)
    destination = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    amount = MoneyField()
    destination_amount = MoneyField()
    #: Units of the destination's currency per unit of the source's, rounded half even to 18
    #: decimals; null between wallets of one currency. The two amounts are the exact rate.
    rate = MoneyField(null=True)
    description = ExactCharField(max_length=1000, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    version = models.PositiveBigIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = TransferQuerySet.as_manager()

    class Meta:
        db_table = "transfers"
        base_manager_name = "objects"  # what Django itself uses is guarded too
        permissions = (("exchange", "Can transfer between currencies"),)
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["source", "id"], name="transfers_of_source"),
            models.Index(fields=["destination", "id"], name="transfers_of_destination"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["txid"], name="transfers_txid"),
            models.CheckConstraint(
                condition=~Q(source=F("destination")), name="transfers_two_wallets"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=money.ZERO), name="transfers_amount_sign"
            ),
            models.CheckConstraint(
                condition=Q(destination_amount__gt=money.ZERO), name="transfers_arrival_sign"
            ),
            models.CheckConstraint(
                condition=Q(rate=None) | Q(rate__gt=money.ZERO), name="transfers_rate_sign"
            ),
        ]

    def __str__(self) -> str:
        return str(self.txid)

    def save_base(self, raw: bool = False, **kwargs: Any) -> None:  # type: ignore[override]
        """Refuse, except for a fixture: a transfer without its legs is no transfer."""
        if not raw:
            raise MoneyIsPosted(TransferQuerySet.REFUSAL)
        super().save_base(raw=raw, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: the ledger reverses both legs."""
        raise MoneyIsPosted(TransferQuerySet.REFUSAL)
