"""The type `transfers`."""

from wallet_transaction_api.api.jsonapi import kinds
from wallet_transaction_api.api.jsonapi.resources import (
    Attribute,
    Relationship,
    Resource,
    by_name,
)
from wallet_transaction_api.api.permissions import visible_transfers

TRANSFERS = Resource(
    type="transfers",
    alias="Transfer",
    currency="source__currency",
    version="version",
    # Only what is the caller's: the other end is another person's, and no change needs its lock.
    locks=("visible_source", "visible_destination"),
    visible=visible_transfers,
    attributes=by_name(
        [
            Attribute("txid", kinds.TEXT),
            Attribute("amount", kinds.MONEY, summable=False),
            Attribute(
                "destination_amount",
                kinds.MONEY,
                currency="destination__currency",
                summable=False,
            ),
            Attribute("rate", kinds.RATE, nullable=True),
            Attribute("source__uuid", kinds.UUID, member="sourceUuid"),
            Attribute("destination__uuid", kinds.UUID, member="destinationUuid"),
            Attribute("description", kinds.TEXT),
            Attribute("metadata", kinds.JSON),
            Attribute("created_at", kinds.INSTANT),
            Attribute("updated_at", kinds.INSTANT),
            Attribute(
                "actor__username",
                kinds.TEXT,
                member="actor",
                staff=True,
                nullable=True,
                foreign=True,
            ),
        ]
    ),
    # A wallet that is another person's is null here, and no filter asks about it.
    relationships={
        "source": Relationship("source", "wallets", "visible_source", is_opaque=True),
        "destination": Relationship(
            "destination", "wallets", "visible_destination", is_opaque=True
        ),
        "transactions": Relationship("transactions", "transactions", "transfer_id", many=True),
    },
)
