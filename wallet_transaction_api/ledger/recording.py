"""Recording postings on locked wallets: decisions first, then the rows that follow from them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from django.db import connection

from wallet_transaction_api import names, sql
from wallet_transaction_api.ledger import currencies, errors, journal, rules, statements, together
from wallet_transaction_api.ledger.journal import Book, Movement
from wallet_transaction_api.ledger.postings import Posted, Posting, Recorded

Accepted: TypeAlias = tuple[Posting, Movement]
Decision: TypeAlias = Accepted | errors.LedgerError


def record(postings: Sequence[Posting], book: Book) -> list[Recorded]:
    """Decide each posting on the locked book and store those that pass, in the open transaction.

    Outcomes come in the same order. A refused posting leaves its neighbours alone.
    """
    decided = _decide_each(postings, book)
    accepted = [item for item in decided if not isinstance(item, errors.LedgerError)]
    posted = iter(store(book, accepted))
    return [item if isinstance(item, errors.LedgerError) else next(posted) for item in decided]


def record_all(postings: Sequence[Posting], book: Book) -> list[Posted]:
    """Decide every posting before the first is stored; raises the first refusal."""
    decided = _decide_each(postings, book)
    for item in decided:
        if isinstance(item, errors.LedgerError):
            raise item
    return store(book, [item for item in decided if not isinstance(item, errors.LedgerError)])


def decide(book: Book, posting: Posting) -> tuple[Posting, Movement]:
    """Decide one posting on the locked book; return it completed, with its movement."""
    wallet = book.wallet(posting.wallet_id)
    exponent = currencies.exponent(wallet.currency)
    amount = rules.exact_amount(posting.amount, exponent)
    rules.refuse_raise(amount, may_raise=posting.may_raise)
    currencies.refuse_new_money(wallet, amount)
    completed = replace(
        posting,
        amount=amount,
        kind=rules.kind_of(amount, posting.kind),
        txid=posting.txid or names.new(),
        client_txid=posting.client_txid or posting.txid or None,
    )
    movement = book.move(wallet.id, amount, reason="posted", actor_id=posting.actor_id)
    return completed, movement


def store(book: Book, accepted: Sequence[Accepted]) -> list[Posted]:
    """Write what was decided on the book: transactions, journal, wallets."""
    if not accepted:
        return []
    ids = _write(book, accepted)
    return [
        Posted(
            transaction_id=ids[item.txid],
            posting=item,
            movement=movement,
            currency=book.wallet(item.wallet_id).currency,
        )
        for item, movement in accepted
    ]


def claimed_txids(txids: Sequence[str]) -> set[str]:
    """Return which of the txids name a transaction or a transfer, also a reversed one."""
    claimed: set[str] = set()
    for chunk in sql.chunks(txids):
        params = {f"txid_m{index}": txid for index, txid in enumerate(chunk)}
        rows = sql.fetch(statements.claimed_txids, len(chunk), params=params)
        claimed |= {row["txid"] for row in rows}
    return claimed


def _ids_of(txids: Sequence[str]) -> dict[str, int]:
    """Return the ids of the transactions whose own txids these are."""
    found: dict[str, int] = {}
    for chunk in sql.chunks(txids):
        params = {f"txid_m{index}": txid for index, txid in enumerate(chunk)}
        rows = sql.fetch(statements.taken_txids, len(chunk), params=params)
        found |= {row["txid"]: row["id"] for row in rows}
    return found


def _decide_each(postings: Sequence[Posting], book: Book) -> list[Decision]:
    taken = claimed_txids([posting.txid for posting in postings if posting.txid])
    return [_decide_or_refuse(book, posting, taken) for posting in postings]


def _decide_or_refuse(book: Book, posting: Posting, taken: set[str]) -> Decision:
    try:
        if posting.txid in taken:
            raise errors.TxidTaken
        rules.refuse_lone_leg(posting.kind, posting.transfer_id)
        completed, movement = decide(book, posting)
    except errors.LedgerError as refusal:
        return refusal
    taken.add(completed.txid)
    return completed, movement


def _write(book: Book, accepted: Sequence[Accepted]) -> dict[str, int]:
    """Write everything, as each database takes it best; return the transactions' ids by txid."""
    if connection.vendor == "postgresql":
        rows = [_together(posting, movement) for posting, movement in accepted]
        return book.write_by(lambda wallets: together.write(rows, wallets))
    ids = _insert(accepted)
    journal.append(
        [
            replace(moved, transaction_id=ids[item.txid], request_id=item.request_id)
            for item, moved in accepted
        ]
    )
    book.write()
    return ids


def _insert(accepted: Sequence[Accepted]) -> dict[str, int]:
    """Insert the transactions; return their ids by txid."""
    rows = [_columns(posting, movement) for posting, movement in accepted]
    if not connection.features.can_return_rows_from_bulk_insert:  # MySQL 8
        sql.insert(statements.insert_transaction, rows)
        return _ids_of([posting.txid for posting, _ in accepted])
    inserted = sql.insert(statements.insert_transaction_returning, rows)
    return {row["txid"]: row["id"] for row in inserted}


def _together(posting: Posting, movement: Movement) -> dict[str, Any]:
    """Return a transaction's columns and those of its entry."""
    return {
        **_columns(posting, movement),
        "sequence": movement.sequence,
        "reason": movement.reason,
        "actor_id": movement.actor_id,
        "request_id": posting.request_id,
    }


def _columns(posting: Posting, movement: Movement) -> dict[str, Any]:
    return {
        "wallet_id": posting.wallet_id,
        "txid": posting.txid,
        "client_txid": posting.client_txid,
        "transfer_id": posting.transfer_id,
        "amount": posting.amount,
        "kind": posting.kind,
        "description": posting.description,
        "metadata": posting.metadata,
        "balance_after": movement.balance_after,
        "version": 1,
        "created_at": movement.created_at,
        "updated_at": movement.created_at,
    }
