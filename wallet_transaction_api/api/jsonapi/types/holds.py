"""The type `holds`."""

from wallet_transaction_api.api.jsonapi import kinds
from wallet_transaction_api.api.jsonapi.resources import (
    Attribute,
    Relationship,
    Resource,
    by_name,
)
from wallet_transaction_api.api.permissions import visible_holds
from wallet_transaction_api.models import Hold

HOLDS = Resource(
    type="holds",
    alias="Hold",
    currency="wallet__currency",
    version="version",
    locks=("wallet_id",),
    visible=visible_holds,
    attributes=by_name(
        [
            Attribute("amount", kinds.MONEY),
            Attribute("current_status", kinds.choice(Hold.Status.values), member="status"),
            Attribute("expires_at", kinds.INSTANT),
            Attribute("captured_amount", kinds.MONEY, nullable=True),
            Attribute("description", kinds.TEXT),
            Attribute("metadata", kinds.JSON),
            Attribute("created_at", kinds.INSTANT),
            Attribute("updated_at", kinds.INSTANT),
        ]
    ),
    relationships={
        "wallet": Relationship("wallet", "wallets", "wallet_id"),
        "transaction": Relationship("transaction", "transactions", "transaction_id", nullable=True),
    },
)
