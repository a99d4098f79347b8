"""What becomes of a wallet that is deleted: it is erased, or closed if it has a history."""

from dataclasses import replace

from django.db.models import ProtectedError

from wallet_transaction_api import sql
from wallet_transaction_api.ledger import auditing, errors, events, limits, rules, statements
from wallet_transaction_api.ledger.auditing import states
from wallet_transaction_api.ledger.journal import Book
from wallet_transaction_api.ledger.rules import WalletState
from wallet_transaction_api.models import Hold, Wallet


def admit_closing(row: Wallet) -> None:
    """Erase or close a wallet that Django code deletes; see `close`."""
    stored = _closable(row)
    if _has_history(stored):
        row.refresh_from_db()
        row.status = Wallet.Status.CLOSED
        row.save(update_fields={"status"})
    else:
        _erase(row, stored)


def admit_erasing(row: Wallet) -> None:
    """Erase a wallet whose owner Django code deletes; one with a history stays, and its owner."""
    stored = _closable(row)
    if _has_history(stored):
        raise ProtectedError("The wallet has a history by now.", {row})
    _erase(row, stored)


def _closable(row: Wallet) -> WalletState:
    stored = Book([row.pk]).wallet(row.pk)
    if stored.status == Wallet.Status.CLOSED:
        raise errors.WalletNotFound
    rules.refuse_unless_active(stored)
    rules.refuse_unless_empty(stored)
    return stored


def _has_history(stored: WalletState) -> bool:
    return bool(stored.last_sequence) or Hold.objects.filter(wallet_id=stored.id).exists()


def _erase(row: Wallet, stored: WalletState) -> None:
    limits.remove_all(wallet_id=row.pk, currency=stored.currency, actor_id=row.actor_id)
    before = states.of_wallet(Wallet.objects.get(pk=row.pk))
    auditing.note("erased", row, actor_id=row.actor_id, before=before)
    sql.execute(statements.erase_wallet, params={"wallet": row.pk})
    events.announce_after_commit([replace(stored, status="closed", version=stored.version + 1)])
