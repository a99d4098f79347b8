"""Opening, editing and closing wallets."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from rest_framework.serializers import Serializer

from wallet_transaction_api import money
from wallet_transaction_api.api.jsonapi import attributes, relationships, shapes
from wallet_transaction_api.api.jsonapi.callers import Caller
from wallet_transaction_api.api.jsonapi.documents import Document
from wallet_transaction_api.api.jsonapi.problems import not_found
from wallet_transaction_api.api.jsonapi.resources import Row, row_of
from wallet_transaction_api.api.jsonapi.types.wallets import WALLETS
from wallet_transaction_api.api.permissions import sees
from wallet_transaction_api.ledger import wallets
from wallet_transaction_api.ledger.units import in_transaction
from wallet_transaction_api.models import Wallet

CREATABLE = frozenset({"label", "currency", "balance", "metadata"})
UPDATABLE = frozenset({"label", "metadata"})
STAFF_ONLY = frozenset({"status", "overdraftLimit"})
#: Their columns.
ADMINISTERED = frozenset({"status", "floor"})


def create(caller: Caller, document: Document) -> Row:
    """Open a wallet for the caller; who may administer sets status and overdraft limit with it."""
    relationships.refuse_members(document, WALLETS)
    currency = document.attributes.get("currency", settings.DEFAULT_CURRENCY)
    shape = shapes.in_currency(shapes.WalletShape, currency)
    values = _read(caller, document, CREATABLE, shape)
    administered = {name: values.pop(name) for name in ADMINISTERED & values.keys()}

    def work() -> Wallet:
        wallet = wallets.open_wallet(
            owner_id=caller.actor.pk,
            actor_id=caller.actor.pk,
            may_raise=caller.may_raise,
            **values,
        )
        return _edit(caller, wallet.pk, administered) if administered else wallet

    opened = in_transaction(work)
    caller.effects.wallet_ids.add(opened.pk)
    return row_of(WALLETS, opened, staff=caller.staff)


def update(caller: Caller, key: str, document: Document) -> Row | None:
    """Edit a wallet; None when nothing is asked for."""
    found = caller.find(WALLETS, key, "currency", "owner_id")
    if found is None:
        raise not_found()
    caller.require("change", Wallet, found["owner_id"])
    relationships.refuse_replacement(document, WALLETS)
    shape = shapes.in_currency(shapes.WalletShape, found["currency"], partial=True)
    changes = _read(caller, document, UPDATABLE, shape)
    if not changes:
        return None
    edited = _edit(caller, found["id"], changes)
    caller.effects.are_once |= edited.has_new_rules
    return row_of(WALLETS, edited, staff=caller.staff)


def delete(caller: Caller, key: str) -> None:
    """Erase a wallet without history, close one that has some; refused unless it is empty."""
    found = caller.find(WALLETS, key, "owner_id")
    if found is None:
        raise not_found()
    caller.require("delete", Wallet, found["owner_id"])
    wallets.close(wallet_id=found["id"], actor_id=caller.actor.pk)


def _read(
    caller: Caller, document: Document, writable: frozenset[str], shape: Serializer[Any]
) -> dict[str, Any]:
    if caller.may_administer:
        writable |= STAFF_ONLY
    values = attributes.read(document, WALLETS, shape, writable=writable, staff=caller.staff)
    if "floor" in values:
        values["floor"] = money.negate(values["floor"])
    return values


def _edit(caller: Caller, wallet_id: int, changes: Mapping[str, Any]) -> Wallet:
    """Edit it, unless it was closed since it was found and is hidden from the caller now."""

    def work() -> Wallet:
        wallet = wallets.edit(wallet_id=wallet_id, changes=changes, actor_id=caller.actor.pk)
        if "status" not in changes and not sees(caller.request, wallet.owner_id, wallet.status):
            raise not_found()
        return wallet

    return in_transaction(work)
