"""The type `wallets`."""

from wallet_transaction_api.api.jsonapi import kinds
from wallet_transaction_api.api.jsonapi.resources import (
    Attribute,
    Relationship,
    Resource,
    by_name,
)
from wallet_transaction_api.api.permissions import visible_wallets
from wallet_transaction_api.models import Wallet

WALLETS = Resource(
    type="wallets",
    alias="Wallet",
    currency="currency",
    version="version",
    locks=("id",),
    follows_wallets=True,
    past=frozenset({"currency", "balance", "uuid", "createdAt", "entries"}),
    visible=visible_wallets,
    attributes=by_name(
        [
            Attribute("label", kinds.TEXT),
            Attribute("currency", kinds.TEXT),
            Attribute("balance", kinds.MONEY),
            Attribute("available_now", kinds.MONEY, member="available", far_column="available"),
            Attribute("held_now", kinds.MONEY, member="held", far_column="held"),
            Attribute("floor", kinds.MONEY, member="overdraftLimit", negated=True),
            Attribute("status", kinds.choice(Wallet.Status.values)),
            Attribute("metadata", kinds.JSON),
            Attribute("uuid", kinds.UUID),
            Attribute("created_at", kinds.INSTANT),
            Attribute("updated_at", kinds.INSTANT),
            Attribute("version", kinds.INTEGER),
            Attribute("owner__username", kinds.TEXT, member="ownerName", staff=True, foreign=True),
        ]
    ),
    relationships={
        "transactions": Relationship("transactions", "transactions", "wallet_id", many=True),
        "entries": Relationship("entries", "entries", "wallet_id", many=True, order="sequence"),
    },
)
