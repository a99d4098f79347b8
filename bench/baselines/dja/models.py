"""The service's attributes of wallets and transactions, in plain models."""

import uuid

from django.db import models


class Wallet(models.Model):
    """A wallet."""

    label = models.CharField(max_length=100)
    currency = models.CharField(max_length=10, default="USD")
    balance = models.DecimalField(max_digits=36, decimal_places=18, default=0)

    def __str__(self) -> str:
        return self.label


def new_txid() -> str:
    """Return a txid for a client that gave none."""
    return uuid.uuid4().hex


class Transaction(models.Model):
    """A transaction."""

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="transactions")
    txid = models.CharField(max_length=255, unique=True, default=new_txid)
    amount = models.DecimalField(max_digits=36, decimal_places=18)
    kind = models.CharField(max_length=10, default="deposit")
    description = models.CharField(max_length=1000, blank=True)
    metadata = models.JSONField(default=dict)
    balance_after = models.DecimalField(max_digits=36, decimal_places=18, default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.txid
