"""The type `entries`: the journal, read-only, in the order of statements."""

from django.db.models import Case, F, QuerySet, When
from rest_framework.request import Request

from wallet_transaction_api.api.jsonapi import kinds
from wallet_transaction_api.api.jsonapi.resources import (
    Attribute,
    Relationship,
    Resource,
    by_name,
)
from wallet_transaction_api.api.permissions import visible_wallets
from wallet_transaction_api.models import Entry


def visible_entries(request: Request) -> QuerySet[Entry]:
    """Return the entries of the wallets that the caller may see.

    Each row holds its transaction's id as `visible_transaction`; null once that is reversed.
    """
    rows: QuerySet[Entry] = Entry.objects.filter(wallet__in=visible_wallets(request).order_by())
    is_there = When(transaction__deleted_at__isnull=True, then=F("transaction_id"))
    return rows.annotate(visible_transaction=Case(is_there))


ENTRIES = Resource(
    type="entries",
    alias="entries",
    currency="wallet__currency",
    locks=("wallet_id",),
    follows_wallets=True,
    visible=visible_entries,
    order=("wallet_id", "sequence"),
    attributes=by_name(
        [
            Attribute("amount", kinds.MONEY, sortable=False),
            Attribute("balance_after", kinds.MONEY, sortable=False),
            Attribute("sequence", kinds.INTEGER),
            Attribute("reason", kinds.choice(Entry.Reason.values), sortable=False),
            Attribute("created_at", kinds.INSTANT, sortable=False),
            Attribute(
                "actor__username",
                kinds.TEXT,
                member="actor",
                staff=True,
                nullable=True,
                foreign=True,
            ),
            Attribute("request_id", kinds.TEXT, staff=True, nullable=True),
        ]
    ),
    relationships={
        "wallet": Relationship("wallet", "wallets", "wallet_id"),
        "transaction": Relationship(
            "transaction",
            "transactions",
            "visible_transaction",
            is_opaque=True,
            stored="transaction_id",
        ),
    },
)
