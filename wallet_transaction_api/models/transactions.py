"""Transactions: signed amounts posted to wallets."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from wallet_transaction_api import intents, money
from wallet_transaction_api.fields import ExactCharField, MoneyField
from wallet_transaction_api.models.transfers import Transfer
from wallet_transaction_api.models.wallets import Wallet
from wallet_transaction_api.querysets import TransactionQuerySet
from wallet_transaction_api.rows import LedgerModel


class Transaction(LedgerModel):
    """One signed amount posted to one wallet. A reversed one stays, with `deleted_at` set."""

    class Kind(models.TextChoices):
        """What the transaction was; clients name the first two only."""

        DEPOSIT = "deposit"
        WITHDRAWAL = "withdrawal"
        OPENING = "opening"
        TRANSFER = "transfer"
        CAPTURE = "capture"
        PAYMENT = "payment"

    wallet = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="transactions", db_index=False
    )
    txid = ExactCharField(max_length=255, blank=True)
    #: The txid that the client named this by: its own or, on a transfer's source leg, the
    #: transfer's; null where the server made it. Unique, so that no two requests share one.
    client_txid = ExactCharField(max_length=255, null=True, blank=True, editable=False)
    amount = MoneyField()
    kind = ExactCharField(max_length=10, choices=Kind.choices, blank=True)
    description = ExactCharField(max_length=1000, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    #: The transfer that this is a leg of, if it is one.
    transfer = models.ForeignKey(
        Transfer,
        on_delete=models.PROTECT,
        related_name="transactions",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
    )
    balance_after = MoneyField(editable=False)
    version = models.PositiveBigIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    #: The movement to append once the row is saved; between the signals only.
    movement: Any = None
    #: Whether the last amendment moved money.
    is_moved: bool = False

    objects = TransactionQuerySet.as_manager()
    MOVED_ALONG = frozenset({"kind", "balance_after", "version", "updated_at"})

    class Meta:
        db_table = "transactions"
        base_manager_name = "objects"  # what Django itself uses is guarded too
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["wallet", "id"], name="transactions_of_wallet"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["txid"], name="transactions_txid"),
            models.UniqueConstraint(fields=["client_txid"], name="transactions_client_txid"),
            models.UniqueConstraint(fields=["transfer", "wallet"], name="transactions_legs"),
            models.CheckConstraint(condition=~Q(amount=money.ZERO), name="transactions_not_zero"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["deposit", "withdrawal", "opening", "transfer", "capture", "payment"]
                ),
                name="transactions_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return str(self.txid)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Reverse the transaction and hide it; the journal keeps both movements."""
        intents.announce(intents.reversing, sender=Transaction, instance=self)
        return 1, {self._meta.label: 1}
