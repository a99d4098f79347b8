"""Transfers: money leaves one wallet and arrives in another, in one unit of work or not at all.

Both wallets are locked in one book: in id order, so that transfers that cross never wait for each
other in a circle; or, where the destination is foreign, the source first and then the destination
at once or not at all (docs/decisions/0069-foreign-wallets.md). The transfer's txid also stands on
its source leg (`client_txid`), where one unique index tells it from every transaction's.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import connection

from wallet_transaction_api import money, names, sql
from wallet_transaction_api.ledger import (
    auditing,
    errors,
    gates,
    journal,
    legs,
    recording,
    rules,
    statements,
    waits,
)
from wallet_transaction_api.ledger.auditing import State, states
from wallet_transaction_api.ledger.exchange import Terms
from wallet_transaction_api.ledger.journal import Book, Movement
from wallet_transaction_api.ledger.legs import Order
from wallet_transaction_api.ledger.locks import Way
from wallet_transaction_api.ledger.units import in_transaction
from wallet_transaction_api.models import Transaction, Transfer


def transfer(order: Order) -> Transfer:
    """Move the money and return the transfer as stored.

    Refuses a transfer of a wallet to itself, a txid that names a transaction or a transfer,
    terms that `exchange.agree` refuses, and what a posting to either wallet would be refused.
    `SELF_CREDIT` is no matter here: nothing is made, it only moves.
    """
    return in_transaction(lambda: _transfer(order))


def amend(*, transfer_id: int, changes: Mapping[str, Any], actor_id: int | None = None) -> Transfer:
    """Change `description` or `metadata` and return the transfer as stored; its legs keep theirs.

    Refuses while the source wallet is frozen or closed.
    """

    def work() -> Transfer:
        found = _found(transfer_id)
        # Nothing of the destination changes, and it may be another person's.
        book = Book([found.source_id])
        row = _stored(found)
        rules.refuse_unless_active(book.wallet(row.source_id))
        before = _state(row)
        row.version, row.updated_at = row.version + 1, max(row.updated_at, book.now)
        for name, value in changes.items():
            setattr(row, name, value)
        Transfer.objects.write(row, {*changes, "version", "updated_at"})
        after = _state(row)
        auditing.note("amended", row, actor_id=actor_id, before=before, after=after)
        return row

    return in_transaction(work)


def reverse(*, transfer_id: int, actor_id: int | None = None, may_take_back: bool = False) -> None:
    """Take both legs back and hide them and the transfer, or change nothing; exactly once.

    Raises `TransferNotFound` for one already reversed, `NotReversible` for one that has reached
    another person's wallet unless `may_take_back`, and what a posting to either would be refused.
    """

    def work() -> None:
        found = _found(transfer_id)
        if not may_take_back and found.source.owner_id != found.destination.owner_id:
            raise errors.NotReversible
        book = Book([found.source_id, found.destination_id])
        row = _stored(found)
        posted = list(row.transactions.order_by("-amount"))
        back = [_taken_back(book, leg, actor_id) for leg in posted]
        for leg, movement in zip(posted, back, strict=True):
            Transaction.objects.hide(leg, at=movement.created_at)
        Transfer.objects.hide(row, at=max(movement.created_at for movement in back))
        journal.append(back)
        auditing.note("reversed", row, actor_id=actor_id, before=_state(row))
        book.write()

    in_transaction(work)


def _transfer(order: Order) -> Transfer:
    if order.source_id == order.destination_id:
        raise errors.SelfTransfer
    if order.is_foreign:
        gates.enter(order.source_id, order.destination_id)
    book = Book(order.own_ids)
    if order.txid and recording.claimed_txids([order.txid]):
        raise errors.TxidTaken
    if order.is_foreign:
        _lock_foreign(book, order)
    terms = legs.agree(book, order)
    order = replace(order, txid=order.txid or names.new())
    decided = legs.decide(book, order, terms)
    row = _insert(order, terms, at=max(movement.created_at for _, movement in decided))
    recording.store(book, [(replace(leg, transfer_id=row.pk), moved) for leg, moved in decided])
    return row


def _lock_foreign(book: Book, order: Order) -> None:
    """Lock the destination last, once it is clear that nothing else refuses the transfer."""
    trial = book.trial(order.destination_id)
    legs.decide(trial, order, legs.agree(trial, order))
    waits.shorten()
    book.lock([order.destination_id], Way.AT_ONCE)


def _insert(order: Order, terms: Terms, *, at: datetime) -> Transfer:
    columns = {
        "txid": order.txid,
        "source_id": order.source_id,
        "destination_id": order.destination_id,
        "amount": terms.amount,
        "destination_amount": terms.destination_amount,
        "rate": terms.rate,
        "description": order.description,
        "metadata": dict(order.metadata),
        "actor_id": order.actor_id,
        "version": 1,
        "created_at": at,
        "updated_at": at,
    }
    return Transfer(pk=_insert_row(columns), **columns)


def _insert_row(columns: Mapping[str, Any]) -> int:
    if not connection.features.can_return_rows_from_bulk_insert:  # MySQL 8
        sql.insert(statements.insert_transfer, [columns])
        return int(Transfer.objects.only("pk").get(txid=columns["txid"]).pk)
    return int(sql.insert(statements.insert_transfer_returning, [columns])[0]["id"])


def _found(transfer_id: int) -> Transfer:
    """Return the visible transfer with its wallets, none of them locked."""
    rows = Transfer.objects.visible().select_related("source", "destination")
    found: Transfer | None = rows.filter(pk=transfer_id).first()
    if found is None:
        raise errors.TransferNotFound
    return found


def _stored(found: Transfer) -> Transfer:
    """Return the visible transfer as it is now, under its wallets' locks.

    It keeps the wallets as found: what is asked of them never changes.
    """
    stored: Transfer | None = (
        Transfer.objects.visible().select_for_update().filter(pk=found.pk).first()
    )
    if stored is None:
        raise errors.TransferNotFound
    stored.source, stored.destination = found.source, found.destination
    return stored


def _state(row: Transfer) -> State:
    return states.of_transfer(row, row.source.currency, row.destination.currency)


def _taken_back(book: Book, leg: Transaction, actor_id: int | None) -> Movement:
    amount = money.negate(leg.amount)
    movement = book.move(leg.wallet_id, amount, reason="reversal", actor_id=actor_id)
    return replace(movement, transaction_id=leg.pk)
