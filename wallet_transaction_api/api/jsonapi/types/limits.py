"""The type `limits`: read by the wallet's owner, written by staff."""

from wallet_transaction_api.api.jsonapi import kinds
from wallet_transaction_api.api.jsonapi.resources import (
    Attribute,
    Relationship,
    Resource,
    by_name,
)
from wallet_transaction_api.api.permissions import visible_limits
from wallet_transaction_api.models import Limit

LIMITS = Resource(
    type="limits",
    alias="Limit",
    currency="wallet__currency",
    version="version",
    locks=("wallet_id",),
    visible=visible_limits,
    attributes=by_name(
        [
            Attribute("direction", kinds.choice(Limit.Direction.values)),
            Attribute("window", kinds.choice(Limit.Window.values)),
            Attribute("max_amount", kinds.MONEY, nullable=True),
            Attribute("max_count", kinds.INTEGER, nullable=True),
            Attribute("created_at", kinds.INSTANT),
            Attribute("updated_at", kinds.INSTANT),
        ]
    ),
    relationships={"wallet": Relationship("wallet", "wallets", "wallet_id")},
)
