"""A balance and a list of transactions; no journal, no version, no limits."""

import uuid

from django.db import models


class Wallet(models.Model):
    """A wallet."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    balance = models.DecimalField(max_digits=36, decimal_places=18, default=0)

    def __str__(self) -> str:
        return str(self.uuid)


class Transaction(models.Model):
    """A signed amount."""

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT)
    txid = models.UUIDField(default=uuid.uuid4, unique=True)
    amount = models.DecimalField(max_digits=36, decimal_places=18)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.txid)
