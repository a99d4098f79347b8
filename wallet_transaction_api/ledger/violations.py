"""Violated constraints, named: the database has the last word, and clients hear it in ours."""

from django.db import IntegrityError

from wallet_transaction_api.ledger import errors

#: What a driver's message contains (the constraint's name; on SQLite a key's columns) → refusal.
_REFUSALS: dict[str, type[errors.LedgerError]] = {
    "transactions_txid": errors.TxidTaken,
    "transactions.txid": errors.TxidTaken,
    "transactions_client_txid": errors.TxidTaken,
    "transactions.client_txid": errors.TxidTaken,
    "transfers_txid": errors.TxidTaken,
    "transfers.txid": errors.TxidTaken,
    "wallets_open_label": errors.LabelTaken,
    "wallets.open_label": errors.LabelTaken,
    "wallets_no_overdraft": errors.InsufficientFunds,
    "wallets_status_known": errors.StatusUnknown,
    "transactions_not_zero": errors.AmountInvalid,
    "transactions_kind_known": errors.KindInvalid,
    "idempotency_records_key": errors.IdempotencyInProgress,
    "idempotency_records.owner_id": errors.IdempotencyInProgress,
    # Whoever acts was deleted since the process remembered them; SQLite names no constraint.
    "_fk_auth_user_id": errors.LedgerBusy,
    "FOREIGN KEY constraint failed": errors.LedgerBusy,
}


def refusal_of(error: IntegrityError) -> errors.LedgerError | None:
    """Return the refusal that the violated constraint stands for, if it has one."""
    place = _place(str(error))
    matches = (refusal for name, refusal in _REFUSALS.items() if name in place)
    refusal = next(matches, None)
    return refusal() if refusal else None


def _place(message: str) -> str:
    """Return the part that names the constraint, without the values: those are the client's.

    MySQL says them before the key's name, PostgreSQL on further lines.
    """
    return message.partition("\n")[0].rpartition("for key")[2]
