"""Setting, changing and removing limits, for staff."""

from wallet_transaction_api.api.jsonapi import attributes, relationships, shapes
from wallet_transaction_api.api.jsonapi.callers import Caller
from wallet_transaction_api.api.jsonapi.documents import Document
from wallet_transaction_api.api.jsonapi.problems import not_found
from wallet_transaction_api.api.jsonapi.resources import Row, row_of
from wallet_transaction_api.api.jsonapi.types.limits import LIMITS
from wallet_transaction_api.api.permissions import Action
from wallet_transaction_api.ledger import limits
from wallet_transaction_api.models import Limit

CREATABLE = UPDATABLE = frozenset({"direction", "window", "maxAmount", "maxCount"})
_WALLET = LIMITS.relationships["wallet"]


def create(caller: Caller, document: Document) -> Row:
    """Limit a visible wallet."""
    caller.require_staff("add", Limit)
    wallet = relationships.find_related(caller, document, _WALLET, "currency")
    missing = [] if wallet else [relationships.required(document, _WALLET.name)]
    shape = shapes.in_currency(shapes.LimitShape, wallet.get("currency"))
    values = attributes.read(
        document, LIMITS, shape, writable=CREATABLE, staff=caller.staff, missing=missing
    )
    limit = limits.set_limit(wallet_id=wallet["id"], actor_id=caller.actor.pk, **values)
    return row_of(LIMITS, limit, staff=caller.staff)


def update(caller: Caller, key: str, document: Document) -> Row | None:
    """Change a limit; None when nothing is asked for."""
    found = _find(caller, key, "change")
    relationships.refuse_other(caller, document, _WALLET, found["wallet_id"])
    shape = shapes.in_currency(shapes.LimitShape, found["wallet__currency"], partial=True)
    changes = attributes.read(document, LIMITS, shape, writable=UPDATABLE, staff=caller.staff)
    if not changes:
        return None
    changed = limits.change(limit_id=found["id"], changes=changes, actor_id=caller.actor.pk)
    caller.effects.are_once = True
    return row_of(LIMITS, changed, staff=caller.staff)


def delete(caller: Caller, key: str) -> None:
    """Remove a limit."""
    found = _find(caller, key, "delete")
    limits.remove(limit_id=found["id"], actor_id=caller.actor.pk)


def _find(caller: Caller, key: str, action: Action) -> Row:
    found = caller.find(LIMITS, key, "wallet_id", "wallet__currency")
    if found is None:
        raise not_found()
    caller.require_staff(action, Limit)
    return found
