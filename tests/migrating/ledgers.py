"""A small ledger with some history, and what of it no migration may change."""

from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User

from wallet_transaction_api.ledger import amending, posting, wallets
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import Entry, Transaction, Wallet

HUGE = Decimal("123456789012345678.01")


def fill(owner: str = "carol") -> Wallet:
    """Open two wallets of a new user; post, amend and reverse in the first, which is returned."""
    user = User.objects.create_user(owner)
    first = wallets.open_wallet(owner_id=user.pk, label="Rent", balance=Decimal("100.00"))
    wallets.open_wallet(owner_id=user.pk, label="Huge", balance=HUGE)
    amended, reversed_one = (post(first, amount) for amount in ("-12.50", "40.00"))
    amending.amend(transaction_id=amended, changes={"amount": Decimal("-20.00")})
    amending.reverse(transaction_id=reversed_one)
    return first


def open_far_away() -> None:
    """Open a wallet whose id is several of the backfill's batches from the others'."""
    user = User.objects.get(username="carol")
    Wallet(pk=1700, owner=user, label="Far", currency="USD", balance=Decimal(7)).save()


def post(wallet: Wallet, amount: str) -> int:
    """Post one amount; return the transaction's id."""
    return posting.post_one(Posting(wallet_id=wallet.pk, amount=Decimal(amount))).transaction_id


def snapshot() -> list[Any]:
    """Return all money, in an order of its own."""
    return [
        list(Wallet.objects.order_by("pk").values_list("pk", "balance", "available", "version")),
        list(Transaction.objects.order_by("pk").values_list("pk", "amount", "deleted_at")),
        list(Entry.objects.order_by("pk").values_list()),
    ]
