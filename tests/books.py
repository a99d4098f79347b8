"""What the books say, for tests: balances as stored, and whether everything adds up."""

from decimal import Decimal

from wallet_transaction_api.ledger import verification
from wallet_transaction_api.ledger.verification import Violation
from wallet_transaction_api.models import Transaction, Wallet


def balance(wallet: Wallet) -> Decimal:
    """Return the balance as stored now."""
    stored: Decimal = Wallet.objects.values_list("balance", flat=True).get(pk=wallet.pk)
    return stored


def journal(wallet: Wallet) -> list[tuple[int, Decimal, Decimal, str]]:
    """Return the wallet's entries: sequence, amount, balance after, reason."""
    columns = ("sequence", "amount", "balance_after", "reason")
    return list(wallet.entries.order_by("sequence").values_list(*columns))


def visible(wallet: Wallet) -> list[Decimal]:
    """Return the amounts of the wallet's visible transactions, oldest first."""
    rows = Transaction.objects.visible().filter(wallet=wallet).order_by("id")
    return list(rows.values_list("amount", flat=True))


def assert_in_order() -> None:
    """Fail with the names of all that does not add up."""
    found = [str(item) for item in verification.walk() if isinstance(item, Violation)]
    assert found == []
