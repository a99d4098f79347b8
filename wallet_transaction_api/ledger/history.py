"""What a wallet's balance was at a moment, exactly, by its journal."""

from bisect import bisect_right
from datetime import datetime
from decimal import Decimal

from wallet_transaction_api import money
from wallet_transaction_api.ledger.journal import Book
from wallet_transaction_api.ledger.units import in_transaction
from wallet_transaction_api.models import Entry


def balance_at(wallet_id: int, moment: datetime) -> Decimal:
    """Return what the last entry at or before the moment left; zero before the first.

    The moment has passed when this is called: then the answer is final. Whoever is writing is
    waited for, and whoever locks the wallet after us reads a later clock. Of entries of one
    moment the last counts. Raises `WalletNotFound`.

    Sequences have no gap and moments never go back along them, so the entry is found in a
    number of steps that grows with the logarithm of the wallet's history, each by index.
    """
    last = in_transaction(lambda: Book([wallet_id]).wallet(wallet_id).last_sequence)
    entries = Entry.objects.filter(wallet=wallet_id)
    moments = entries.values_list("created_at", flat=True)
    sequence = bisect_right(
        range(1, last + 1), moment, key=lambda sequence: moments.get(sequence=sequence)
    )
    if not sequence:
        return money.ZERO
    balance: Decimal = entries.values_list("balance_after", flat=True).get(sequence=sequence)
    return balance
