"""Serializers; a transaction moves its wallet's balance by a naive guarded update."""

from typing import Any

from django.db import transaction
from django.db.models import F
from rest_framework_json_api import serializers

from bench.baselines.dja.models import Transaction, Wallet


class WalletSerializer(serializers.ModelSerializer):
    """A wallet without its (unbounded) list of transactions."""

    class Meta:
        model = Wallet
        fields = ("label", "currency", "balance")


class TransactionSerializer(serializers.ModelSerializer):
    """A transaction."""

    class Meta:
        model = Transaction
        fields = (
            "txid",
            "amount",
            "kind",
            "description",
            "metadata",
            "balance_after",
            "created_at",
            "updated_at",
            "wallet",
        )
        read_only_fields = ("balance_after",)

    def create(self, validated_data: dict[str, Any]) -> Transaction:
        """Move the balance, then insert."""
        amount, wallet = validated_data["amount"], validated_data["wallet"]
        with transaction.atomic():
            enough = Wallet.objects.filter(pk=wallet.pk, balance__gte=-amount)
            if not enough.update(balance=F("balance") + amount):
                raise serializers.ValidationError("Insufficient funds")
            wallet.refresh_from_db()
            made: Transaction = super().create({**validated_data, "balance_after": wallet.balance})
        return made
