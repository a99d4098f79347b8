"""Seals: what the journal said when it was sealed, chained so that no change goes unseen."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from wallet_transaction_api.fields import ExactCharField
from wallet_transaction_api.models.wallets import Wallet


class Seal(models.Model):
    """A range of one journal of one wallet. Written by `ledger.sealing` only, never changed."""

    class Journal(models.TextChoices):
        """What is sealed: movements of balances, or what became of holds."""

        ENTRIES = "entries"
        HOLDS = "holds"

    #: 1, 2, 3 … over all wallets, without a gap: the place in the chain.
    number = models.PositiveBigIntegerField(primary_key=True)
    journal = ExactCharField(max_length=10, choices=Journal.choices, default=Journal.ENTRIES)
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="+", db_index=False)
    first_sequence = models.PositiveBigIntegerField()
    last_sequence = models.PositiveBigIntegerField()
    #: The SHA-256 of each entry of the range, 32 bytes each.
    leaves = models.BinaryField()
    #: The digest of the seal before, and of this one: SHA-256 in hexadecimal digits.
    previous = ExactCharField(max_length=64)
    digest = ExactCharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[models.Manager["Seal"]] = models.Manager()

    class Meta:
        db_table = "seals"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["wallet", "journal", "last_sequence"], name="seals_of_journal"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.digest}"
