"""The type `transactions`."""

from wallet_transaction_api.api.jsonapi import kinds
from wallet_transaction_api.api.jsonapi.resources import (
    Attribute,
    Relationship,
    Resource,
    by_name,
)
from wallet_transaction_api.api.permissions import visible_transactions
from wallet_transaction_api.models import Transaction

TRANSACTIONS = Resource(
    type="transactions",
    alias="Transaction",
    currency="wallet__currency",
    version="version",
    locks=("wallet_id",),
    parents=("transfer_id",),
    follows_wallets=True,
    visible=visible_transactions,
    attributes=by_name(
        [
            Attribute("txid", kinds.TEXT, unique=True),
            Attribute("amount", kinds.MONEY),
            Attribute("kind", kinds.choice(Transaction.Kind.values), sortable=False),
            Attribute("description", kinds.TEXT, sortable=False),
            Attribute("metadata", kinds.JSON),
            Attribute("balance_after", kinds.MONEY, sortable=False),
            Attribute("created_at", kinds.INSTANT),
            Attribute("updated_at", kinds.INSTANT, sortable=False),
        ]
    ),
    relationships={"wallet": Relationship("wallet", "wallets", "wallet_id")},
)
