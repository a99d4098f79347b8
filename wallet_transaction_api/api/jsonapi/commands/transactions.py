"""Posting, amending and reversing transactions."""

from wallet_transaction_api.api.jsonapi import attributes, relationships, shapes
from wallet_transaction_api.api.jsonapi.callers import Caller
from wallet_transaction_api.api.jsonapi.documents import Document
from wallet_transaction_api.api.jsonapi.problems import not_found
from wallet_transaction_api.api.jsonapi.resources import Row, row_of
from wallet_transaction_api.api.jsonapi.types.transactions import TRANSACTIONS
from wallet_transaction_api.ledger import amending, group_commit
from wallet_transaction_api.ledger.posting import Posted, Posting
from wallet_transaction_api.models import Transaction

CREATABLE = frozenset({"txid", "amount", "kind", "description", "metadata"})
UPDATABLE = frozenset({"amount", "description", "metadata"})
_OWNER = "wallet__owner_id"
_WALLET = TRANSACTIONS.relationships["wallet"]


def create(caller: Caller, document: Document) -> Row:
    """Post to a visible wallet."""
    wallet = relationships.find_named(document, _WALLET, caller.wallet)
    if wallet:
        caller.require("add", Transaction, wallet["owner_id"])
    missing = [] if wallet else [relationships.required(document, _WALLET.name)]
    shape = shapes.in_currency(shapes.TransactionShape, wallet.get("currency"))
    values = attributes.read(
        document, TRANSACTIONS, shape, writable=CREATABLE, staff=caller.staff, missing=missing
    )
    posting = Posting(
        wallet_id=wallet["id"], actor_id=caller.actor.pk, may_raise=caller.may_raise, **values
    )
    return _row(group_commit.post_one(posting))


def update(caller: Caller, key: str, document: Document) -> Row | None:
    """Amend a transaction; None when nothing is asked for."""
    found = caller.find(TRANSACTIONS, key, "wallet_id", "wallet__currency", _OWNER)
    if found is None:
        raise not_found()
    caller.require("change", Transaction, found[_OWNER])
    relationships.refuse_other(caller, document, _WALLET, found["wallet_id"])
    shape = shapes.in_currency(shapes.TransactionShape, found["wallet__currency"], partial=True)
    changes = attributes.read(document, TRANSACTIONS, shape, writable=UPDATABLE, staff=caller.staff)
    if not changes:
        return None
    amended = amending.amend(
        transaction_id=found["id"],
        changes=changes,
        actor_id=caller.actor.pk,
        may_raise=caller.may_raise,
    )
    caller.effects.are_once |= amended.is_moved
    return row_of(TRANSACTIONS, amended, staff=caller.staff)


def delete(caller: Caller, key: str) -> None:
    """Reverse a transaction and hide it."""
    found = caller.find(TRANSACTIONS, key, _OWNER)
    if found is None:
        raise not_found()
    caller.require("delete", Transaction, found[_OWNER])
    amending.reverse(
        transaction_id=found["id"], actor_id=caller.actor.pk, may_raise=caller.may_raise
    )


def _row(posted: Posted) -> Row:
    """Return the new row's columns without asking the database again."""
    return {
        "id": posted.transaction_id,
        "wallet_id": posted.posting.wallet_id,
        "transfer_id": posted.posting.transfer_id,
        "wallet__currency": posted.currency,
        "txid": posted.posting.txid,
        "amount": posted.posting.amount,
        "kind": posted.posting.kind,
        "description": posted.posting.description,
        "metadata": posted.posting.metadata,
        "balance_after": posted.movement.balance_after,
        "created_at": posted.movement.created_at,
        "updated_at": posted.movement.created_at,
        "version": 1,
    }
