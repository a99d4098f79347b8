"""Ordering, amending and reversing transfers."""

from typing import Any
from uuid import UUID

from wallet_transaction_api.api import permissions
from wallet_transaction_api.api.jsonapi import attributes, relationships, shapes
from wallet_transaction_api.api.jsonapi.callers import Caller
from wallet_transaction_api.api.jsonapi.documents import Document
from wallet_transaction_api.api.jsonapi.pointers import join
from wallet_transaction_api.api.jsonapi.problems import Problem, Refused, at, not_found
from wallet_transaction_api.api.jsonapi.resources import Row
from wallet_transaction_api.api.jsonapi.types.transfers import TRANSFERS
from wallet_transaction_api.ledger import transfers
from wallet_transaction_api.ledger.legs import Order
from wallet_transaction_api.models import Transfer, Wallet

UPDATABLE = frozenset({"description", "metadata"})
CREATABLE = UPDATABLE | {"txid", "amount", "destinationAmount", "destinationUuid"}
_HANDLE = "destinationUuid"
_SOURCE, _DESTINATION = (TRANSFERS.relationships[name] for name in ("source", "destination"))
_OF_WALLET = ("uuid", "currency", "owner_id")
#: What a document shows and the ledger does not answer with.
_OF_ENDS = tuple(f"{end}__{name}" for end in ("source", "destination") for name in _OF_WALLET)
_VISIBLE = ("visible_source", "visible_destination")
_STORED = (
    "txid",
    "amount",
    "destination_amount",
    "rate",
    "description",
    "metadata",
    "created_at",
    "updated_at",
    "version",
)


def create(caller: Caller, document: Document) -> Row:
    """Transfer from a visible wallet to a visible one, or to anybody's by its uuid."""
    relationships.refuse_members(document, TRANSFERS)
    source = relationships.find_related(caller, document, _SOURCE, *_OF_WALLET)
    destination: Row = relationships.find_related(caller, document, _DESTINATION, *_OF_WALLET)
    if source:
        caller.require("add", Transfer, source["owner_id"])
    missing = _missing(document, source, destination)
    shape = shapes.in_currency(shapes.TransferShape, source.get("currency"))
    values = attributes.read(
        document, TRANSFERS, shape, writable=CREATABLE, staff=caller.staff, missing=missing
    )
    handle = values.pop("destination__uuid", None)
    is_visible = bool(destination)
    if handle is not None:
        destination, is_visible = _by_handle(caller, document, handle)
    return _row(
        _transfer(caller, source, destination, values, is_visible=is_visible),
        {
            **_of_end("source", source, is_visible=True),
            **_of_end("destination", destination, is_visible=is_visible),
            "actor__username": caller.actor.get_username(),
        },
    )


def update(caller: Caller, key: str, document: Document) -> Row | None:
    """Amend a transfer; None when nothing is asked for."""
    found = caller.find(TRANSFERS, key, *_OF_ENDS, *_VISIBLE, "actor__username")
    if found is None:
        raise not_found()
    caller.require("change", Transfer, found["source__owner_id"])
    _refuse_other_ends(caller, document, found)
    shape = shapes.in_currency(shapes.TransferShape, found["source__currency"], partial=True)
    changes = attributes.read(document, TRANSFERS, shape, writable=UPDATABLE, staff=caller.staff)
    if not changes:
        return None
    amended = transfers.amend(transfer_id=found["id"], changes=changes, actor_id=caller.actor.pk)
    return _row(amended, found)


def delete(caller: Caller, key: str) -> None:
    """Reverse both legs and hide the transfer."""
    found = caller.find(TRANSFERS, key, *_OF_ENDS)
    if found is None:
        raise not_found()
    if caller.actor.pk not in {found["source__owner_id"], found["destination__owner_id"]}:
        caller.require("delete", Transfer, found["source__owner_id"])
    transfers.reverse(
        transfer_id=found["id"],
        actor_id=caller.actor.pk,
        may_take_back=permissions.may_take_back(caller.request),
    )


def _missing(document: Document, source: Row, destination: Row) -> list[Problem]:
    problems = [] if source else [relationships.required(document, _SOURCE.name)]
    named = _HANDLE in document.attributes
    if destination and named:
        pointer = join("data", "attributes", _HANDLE)
        problems.append(at(pointer, 422, "invalid", "Name the destination once."))
    elif not (destination or named):
        problems.append(relationships.required(document, _DESTINATION.name))
    return problems


def _by_handle(caller: Caller, document: Document, handle: UUID) -> tuple[Row, bool]:
    """Return the wallet of this uuid, and whether the caller sees more of it than that."""
    for wallets, is_visible in (
        (permissions.visible_wallets(caller.request), True),
        (Wallet.objects.all(), False),
    ):
        found = wallets.filter(uuid=handle).values("id", *_OF_WALLET).first()
        if found is not None:
            caller.effects.wallet_ids |= {found["id"]} if is_visible else set()
            return found, is_visible
    pointer = join("data", "attributes", _HANDLE)
    raise Refused(at(pointer, 404, "not_found", "There is no such destination."))


def _transfer(
    caller: Caller, source: Row, destination: Row, values: dict[str, Any], *, is_visible: bool
) -> Transfer:
    order = Order(
        source_id=source["id"],
        destination_id=destination["id"],
        actor_id=caller.actor.pk,
        may_exchange=permissions.may_exchange(caller.actor),
        sees_destination=is_visible,
        **values,
    )
    return transfers.transfer(order)


def _of_end(end: str, wallet: Row, *, is_visible: bool) -> dict[str, Any]:
    columns = {f"{end}__{name}": wallet[name] for name in _OF_WALLET}
    return {**columns, f"visible_{end}": wallet["id"] if is_visible else None}


def _row(stored: Transfer, ends: Row) -> Row:
    """Return the row without asking again: a wallet closed meanwhile would hide it."""
    return {**ends, "id": stored.pk, **{name: getattr(stored, name) for name in _STORED}}


def _refuse_other_ends(caller: Caller, document: Document, found: Row) -> None:
    """Refuse to redirect a transfer; a client that sends the whole resource names its own ends."""
    relationships.refuse_replacement(document, TRANSFERS)
    for relation in (_SOURCE, _DESTINATION):
        relationships.refuse_other(caller, document, relation, found[relation.column])
