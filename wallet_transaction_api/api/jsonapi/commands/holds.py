"""Placing, capturing and voiding holds. A hold is never deleted: voiding it is what releases it."""

from dataclasses import replace
from typing import Any

from wallet_transaction_api.api.jsonapi import attributes, kinds, relationships, shapes
from wallet_transaction_api.api.jsonapi.callers import Caller
from wallet_transaction_api.api.jsonapi.documents import Document
from wallet_transaction_api.api.jsonapi.pointers import join
from wallet_transaction_api.api.jsonapi.problems import Refused, at_attribute, not_found
from wallet_transaction_api.api.jsonapi.resources import Attribute, Row, row_of
from wallet_transaction_api.api.jsonapi.types.holds import HOLDS
from wallet_transaction_api.ledger import holds
from wallet_transaction_api.models import Hold

CREATABLE = frozenset({"amount", "expiresAt", "description", "metadata"})
UPDATABLE = frozenset({"status", "captureAmount"})
_WALLET, _TRANSACTION = (HOLDS.relationships[name] for name in ("wallet", "transaction"))
_OF_HOLD = ("wallet_id", "wallet__currency", "wallet__owner_id", "transaction_id")
#: With the member that is written only: what of the hold a capture takes.
CHANGED = replace(
    HOLDS,
    attributes={**HOLDS.attributes, "captureAmount": Attribute("capture_amount", kinds.MONEY)},
)


def create(caller: Caller, document: Document) -> Row:
    """Place a hold on a visible wallet."""
    relationships.refuse_other(caller, document, _TRANSACTION, None)  # a capture makes it
    wallet = relationships.find_related(caller, document, _WALLET, "currency", "owner_id")
    if wallet:
        caller.require("add", Hold, wallet["owner_id"])
    missing = [] if wallet else [relationships.required(document, _WALLET.name)]
    shape = shapes.in_currency(shapes.HoldShape, wallet.get("currency"))
    values = attributes.read(
        document, HOLDS, shape, writable=CREATABLE, staff=caller.staff, missing=missing
    )
    hold = holds.place(wallet_id=wallet["id"], actor_id=caller.actor.pk, **values)
    return row_of(HOLDS, hold, staff=caller.staff)


def update(caller: Caller, key: str, document: Document) -> Row | None:
    """Capture or void a hold; None when nothing is asked for."""
    found = caller.find(HOLDS, key, *_OF_HOLD)
    if found is None:
        raise not_found()
    caller.require("change", Hold, found["wallet__owner_id"])
    for relation in (_WALLET, _TRANSACTION):
        relationships.refuse_other(caller, document, relation, found[relation.column])
    values = _read_end(caller, document, found["wallet__currency"])
    if not values:
        return None
    ended = _end(caller, found["id"], values)
    caller.effects.are_once = True
    return row_of(HOLDS, ended, staff=caller.staff)


def _read_end(caller: Caller, document: Document, currency: str) -> dict[str, Any]:
    shape = shapes.in_currency(shapes.HoldEndShape, currency, partial=True)
    values = attributes.read(document, CHANGED, shape, writable=UPDATABLE, staff=caller.staff)
    if "capture_amount" in values and values.get("current_status") != Hold.Status.CAPTURED:
        pointer = join("data", "attributes", "captureAmount")
        detail = "captureAmount goes with the status captured."
        raise Refused(at_attribute("captureAmount", pointer, 422, "invalid", detail))
    return values


def _end(caller: Caller, hold_id: int, values: dict[str, Any]) -> Hold:
    if values["current_status"] == Hold.Status.VOIDED:
        return holds.void(hold_id=hold_id, actor_id=caller.actor.pk)
    amount = values.get("capture_amount")
    return holds.capture(hold_id=hold_id, amount=amount, actor_id=caller.actor.pk)
