"""Orders and balances, written as people do."""

from decimal import Decimal

from wallet_transaction_api.ledger.legs import Order
from wallet_transaction_api.models import Wallet


def order_of(source: Wallet, destination: Wallet, amount: str) -> Order:
    """Order a transfer of `amount`."""
    return Order(source_id=source.pk, destination_id=destination.pk, amount=Decimal(amount))


def balances(*wallets: Wallet) -> list[str]:
    """Return the stored balances, in cents."""
    return [f"{Wallet.objects.get(pk=wallet.pk).balance:.2f}" for wallet in wallets]
