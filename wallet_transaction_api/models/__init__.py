"""What is stored: wallets, transactions, transfers, holds, limits and the append-only journal.

Only the posting engine (`ledger`) writes money columns. Saving, bulk-creating or deleting
these rows in plain Django code announces the intent (`intents`); `signals` hands it to the
engine inside the same database transaction, so that such rows obey the same rules.
"""

from wallet_transaction_api.models.audit import AuditRecord
from wallet_transaction_api.models.entries import Entry
from wallet_transaction_api.models.hold_entries import HoldEntry
from wallet_transaction_api.models.holds import Hold
from wallet_transaction_api.models.idempotency import IdempotencyRecord
from wallet_transaction_api.models.limits import Limit
from wallet_transaction_api.models.seals import Seal
from wallet_transaction_api.models.transactions import Transaction
from wallet_transaction_api.models.transfers import Transfer
from wallet_transaction_api.models.username_keys import UsernameKey
from wallet_transaction_api.models.wallets import Wallet

__all__ = [
    "AuditRecord",
    "Entry",
    "Hold",
    "HoldEntry",
    "IdempotencyRecord",
    "Limit",
    "Seal",
    "Transaction",
    "Transfer",
    "UsernameKey",
    "Wallet",
]
