"""Changing and reversing posted transactions; each is one more movement in the journal."""

from collections.abc import Container, Mapping
from decimal import Decimal
from typing import Any

from wallet_transaction_api import money
from wallet_transaction_api.ledger import (
    auditing,
    currencies,
    errors,
    hold_errors,
    journal,
    posting,
    recording,
    rules,
)
from wallet_transaction_api.ledger.auditing import saves, states
from wallet_transaction_api.ledger.journal import Book, Movement
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.ledger.units import in_transaction
from wallet_transaction_api.models import Hold, Transaction


def amend(
    *,
    transaction_id: int,
    changes: Mapping[str, Any],
    actor_id: int | None = None,
    may_raise: bool = True,
) -> Transaction:
    """Change `amount`, `description` or `metadata` of a transaction; return it as stored.

    A new amount posts the difference. Refuses what a posting of the difference would be
    refused, and any change on a frozen or closed wallet.
    """

    def work() -> Transaction:
        row = _locked(transaction_id)
        before = row.amount
        for name, value in changes.items():
            setattr(row, name, value)
        row.actor_id = actor_id
        row.may_raise = may_raise
        row.save(update_fields=set(changes))
        row.is_moved = row.amount != before
        return row

    return in_transaction(work)


def reverse(*, transaction_id: int, actor_id: int | None = None, may_raise: bool = True) -> None:
    """Take a transaction back and hide it; exactly once, however many ask at the same time.

    Raises `TransactionNotFound` for one already reversed, and what a posting of the opposite
    amount would be refused.
    """

    def work() -> None:
        row = _locked(transaction_id)
        row.actor_id = actor_id
        row.may_raise = may_raise
        row.delete()

    in_transaction(work)


def admit_new(row: Transaction, *, restoring: bool = False) -> Movement:
    """Decide on a new transaction about to be inserted by Django and move the balance.

    A transfer's leg alone is refused, unless `restoring`: a fixture brings both, and the transfer.

    Completes the row (kind, txid, moments, `balance_after`). The caller inserts it and then
    appends the movement, all in one open database transaction.
    """
    if not restoring:
        _refuse_part(row)
    rules.refuse_lone_leg(row.kind, row.transfer_id)
    book = Book([row.wallet_id])
    if row.txid and recording.claimed_txids([row.txid]):
        raise errors.TxidTaken
    completed, movement = recording.decide(book, _as_posting(row))
    row.amount, row.kind, row.txid = completed.amount, completed.kind, completed.txid
    row.client_txid = completed.client_txid
    row.balance_after = movement.balance_after
    row.created_at = row.updated_at = movement.created_at
    book.write()
    return movement


def admit_restored(row: Transaction) -> None:
    """Let a fixture bring back a reversed transaction, which moves nothing.

    Over a stored row it changes nothing either: that row has to be the same one, reversed.
    """
    rules.refuse_lone_leg(row.kind, row.transfer_id)
    stored = Transaction.objects.filter(pk=row.pk).first()
    if stored is not None:
        row.balance_after = stored.balance_after
        row.deleted_at = row.deleted_at and stored.deleted_at
        _refuse_moving_identity(row, stored)
        if row.amount != stored.amount or stored.deleted_at is None:
            raise errors.Unchangeable("A transaction is reversed by deleting it.")


def admit_change(row: Transaction, *, written: Container[str] | None = None) -> Movement | None:
    """Decide on a stored transaction about to be updated by Django; move the balance if need be.

    An amount that the caller did not change since loading, or that is not among the `written`
    columns, is no intent to change it: a stale copy saved late keeps the stored amount.
    """
    book = Book([row.wallet_id])
    stored = _stored(row)
    _refuse_moving_identity(row, stored)
    currency = book.wallet(row.wallet_id).currency
    movement = _move_difference(book, row, stored) if _edits_amount(row, written) else None
    if movement is None:
        row.amount = stored.amount
    wallet = book.touch(row.wallet_id) if movement is None else book.wallet(row.wallet_id)
    row.version, row.updated_at = stored.version + 1, wallet.updated_at
    row.balance_after = movement.balance_after if movement else stored.balance_after
    row.created_at = stored.created_at
    saves.note_transaction(stored, row, currency, written=written)
    book.write()
    return movement


def admit_reversal(row: Transaction) -> None:
    """Reverse a transaction that Django code deletes; see `reverse`."""
    book = Book([row.wallet_id])
    stored = _stored(row)
    _refuse_part(stored)
    difference = money.negate(stored.amount)
    rules.refuse_raise(difference, may_raise=row.may_raise)
    movement = book.move(stored.wallet_id, difference, reason="reversal", actor_id=row.actor_id)
    Transaction.objects.hide(stored, at=movement.created_at)
    before = states.of_transaction(stored, book.wallet(stored.wallet_id).currency)
    auditing.note("reversed", stored, actor_id=row.actor_id, before=before)
    journal.append_for(movement, stored.pk)
    book.write()


def post_rows(rows: list[Transaction]) -> None:
    """Post unsaved rows all or none and complete them, for `bulk_create`."""
    for row in rows:
        _refuse_part(row)
        if row.pk is not None:
            raise errors.Unchangeable("The database gives a new row its key.")
    for row, posted in zip(rows, posting.post_all([_as_posting(r) for r in rows]), strict=True):
        row.pk, row.txid = posted.transaction_id, posted.posting.txid
        row.client_txid = posted.posting.client_txid
        row.amount, row.kind = posted.posting.amount, posted.posting.kind
        row.balance_after = posted.movement.balance_after
        row.created_at = row.updated_at = posted.movement.created_at
        row._state.adding = False


def _locked(transaction_id: int) -> Transaction:
    """Return the row with its wallet locked first: the other order deadlocks on InnoDB."""
    row = Transaction.objects.visible().filter(pk=transaction_id).first()
    if row is None:
        raise errors.TransactionNotFound
    Book([row.wallet_id])
    return _stored(row)


def _stored(row: Transaction) -> Transaction:
    """Return the visible row as it is now, under its wallet's lock."""
    rows = Transaction.objects.visible().select_for_update()
    stored: Transaction | None = rows.filter(pk=row.pk).first()
    if stored is None:
        raise errors.TransactionNotFound
    return stored


def _refuse_moving_identity(row: Transaction, stored: Transaction) -> None:
    """Refuse another wallet, txid or kind; what was left to the server stays what it made."""
    row.txid, row.kind = row.txid or stored.txid, row.kind or stored.kind
    row.client_txid = row.client_txid or stored.client_txid
    for name in ("wallet_id", "txid", "client_txid", "transfer_id", "kind", "deleted_at"):
        if getattr(row, name) != getattr(stored, name):
            raise errors.Unchangeable(f"{name.removesuffix('_id')} is fixed since creation.")


def _edits_amount(row: Transaction, written: Container[str] | None) -> bool:
    if written is not None and "amount" not in written:
        return False
    return _as_money(row.amount) != row.loaded.get("amount")


def _move_difference(book: Book, row: Transaction, stored: Transaction) -> Movement | None:
    wallet = book.wallet(row.wallet_id)
    row.amount = rules.exact_amount(row.amount, currencies.exponent(wallet.currency))
    row.kind = rules.kind_amended(row.amount, row.kind)
    difference = money.subtract(row.amount, stored.amount)
    if not difference:
        return None
    _refuse_part(stored)
    rules.refuse_raise(difference, may_raise=row.may_raise)
    if row.amount > 0:  # a smaller withdrawal gives back what was there
        currencies.refuse_new_money(wallet, difference)
    movement = book.move(wallet.id, difference, reason="amended", actor_id=row.actor_id)
    book.count_edit(wallet.id, stored.amount, row.amount)
    return movement


def _refuse_part(row: Transaction) -> None:
    """Refuse to move alone the money of what belongs to a transfer or to a hold."""
    if row.transfer_id is not None or row.kind in rules.LEG_KINDS:
        raise errors.PartOfTransfer
    if row.kind == Transaction.Kind.CAPTURE and Hold.objects.filter(transaction=row).exists():
        raise hold_errors.PartOfHold


def _as_posting(row: Transaction) -> Posting:
    if row.deleted_at is not None:
        raise errors.Unchangeable("A transaction is reversed by deleting it.")
    if row.kind and row.kind not in Transaction.Kind.values:
        raise errors.KindInvalid(f"There is no kind {row.kind!r}.")
    return Posting(
        wallet_id=row.wallet_id,
        amount=_as_money(row.amount),
        kind=row.kind,
        txid=row.txid,
        description=row.description,
        metadata=row.metadata,
        actor_id=row.actor_id,
        may_raise=row.may_raise,
        transfer_id=row.transfer_id,
        client_txid=row.client_txid,
    )


def _as_money(amount: object) -> Decimal:
    return rules.exact_amount(amount, money.DECIMAL_PLACES)
