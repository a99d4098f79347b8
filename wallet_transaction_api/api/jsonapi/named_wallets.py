"""Which wallets atomic operations name, found by plain reads before the first of them is done.

The caller's own are locked in id order before that: requests that cross then wait for each other
instead of meeting in a deadlock. What cannot be read here is passed by: it is refused, with its
pointer, when its operation's turn comes. What was added under a local id is nobody else's yet.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from rest_framework.serializers import ValidationError

from wallet_transaction_api.api import permissions
from wallet_transaction_api.api.jsonapi import operations
from wallet_transaction_api.api.jsonapi.callers import Caller, is_id
from wallet_transaction_api.api.jsonapi.encoding import Object
from wallet_transaction_api.api.jsonapi.lids import LocalIds
from wallet_transaction_api.api.jsonapi.operations import Target
from wallet_transaction_api.api.jsonapi.problems import Refused
from wallet_transaction_api.api.jsonapi.shapes import Handle
from wallet_transaction_api.api.jsonapi.types import RESOURCES
from wallet_transaction_api.api.permissions import Action, Model
from wallet_transaction_api.models import Hold, Limit, Transaction, Transfer, Wallet

_WALLETS, _HANDLE = "wallets", "destinationUuid"
_MODELS: Mapping[str, Model] = {
    _WALLETS: Wallet,
    "transactions": Transaction,
    "transfers": Transfer,
    "holds": Hold,
    "limits": Limit,
}
_ACTIONS: Mapping[str, Action] = {"add": "add", "update": "change", "remove": "delete"}
#: Ids of a type, or handles, as they are named; with each whether staff may do there what is asked.
Keys: TypeAlias = dict[Any, bool]
#: Keys by type; handles by `_HANDLE`.
Names: TypeAlias = dict[str, Keys]


@dataclass(frozen=True, slots=True)
class Named:
    """The wallets to be locked first, and whether another person's is paid by its handle."""

    own: frozenset[int] = frozenset()
    is_foreign: bool = False


def find(caller: Caller, asked: Iterable[Object], *, root: str) -> Named:
    """Return the wallets that the operations name.

    Other people's, which staff see, only where they may do what is asked: none is locked for a 403.
    """
    names: Names = defaultdict(lambda: defaultdict(bool))
    for operation in asked:
        target = _target(operation, root)
        if target is not None:
            may = _may(caller, operation, target)
            for kind, key in _named_by(operation, target):
                names[kind][key] |= may
    handles = names.pop(_HANDLE, {})
    if not handles and sum(map(len, names.values())) < 2:  # noqa: PLR2004 there is no order of one
        return Named()
    return _found(caller, _wallets(caller, names), handles)


def _target(operation: Object, root: str) -> Target | None:
    try:
        target = operations.target_of(operation, LocalIds(), root=root)
    except Refused:
        return None
    is_known = target.relationship is None and target.resource.type in _MODELS
    return target if is_known else None


def _may(caller: Caller, operation: Object, target: Target) -> bool:
    model = _MODELS[target.resource.type]
    return permissions.is_permitted(caller.request, _ACTIONS[operation["op"]], model)


def _named_by(operation: Object, target: Target) -> Iterator[tuple[str, Any]]:
    """Yield what is changed; or, of what is added, the wallets that it is linked to."""
    if target.key is not None:
        yield from _id(target.resource.type, target.key)
        return
    attributes, linkage = _part(operation, "attributes"), _part(operation, "relationships")
    for name, relation in target.resource.relationships.items():
        if relation.target == _WALLETS and not relation.many:
            yield from _id(_WALLETS, attributes.get(name))  # as the ancestor's clients do
            yield from _id(_WALLETS, _linked(linkage.get(name)))
    if _HANDLE in attributes.keys() & target.resource.attributes.keys():
        yield from _handle(attributes[_HANDLE])


def _id(kind: str, key: Any) -> Iterator[tuple[str, int]]:
    text = str(key) if isinstance(key, str | int) else ""
    if is_id(text):
        yield kind, int(text)


def _handle(value: Any) -> Iterator[tuple[str, UUID]]:
    with suppress(ValidationError):
        yield _HANDLE, Handle().run_validation(value)


def _part(operation: Object, name: str) -> Object:
    data = operation.get("data")
    part = data.get(name) if isinstance(data, dict) else None
    return part if isinstance(part, dict) else {}


def _linked(relationship: Any) -> Any:
    data = relationship.get("data") if isinstance(relationship, dict) else None
    return data.get("id") if isinstance(data, dict) else None


def _wallets(caller: Caller, names: Names) -> Keys:
    """Return the ids of wallets, those included that visible resources belong to."""
    wallets: Keys = defaultdict(bool, names.pop(_WALLETS, {}))
    for kind, keys in names.items():
        resource = RESOURCES[kind]
        rows = resource.visible(caller.request).filter(pk__in=keys)
        for key, *owners in rows.values_list("id", *resource.locks):
            for wallet_id in filter(None, owners):
                wallets[wallet_id] |= keys[key]
    return wallets


def _found(caller: Caller, wallets: Keys, handles: Keys) -> Named:
    visible = permissions.visible_wallets(caller.request)
    may = {**wallets, **handles}
    rows: list[tuple[Any, int, int]] = [
        *visible.filter(pk__in=wallets).values_list("id", "id", "owner_id")
    ]
    if handles:
        rows += visible.filter(uuid__in=handles).values_list("uuid", "id", "owner_id")
    own = frozenset(key for name, key, owner in rows if may[name] or _is_own(caller, owner))
    unseen = handles.keys() - {name for name, _, _ in rows}
    is_foreign = bool(unseen) and Wallet.objects.filter(uuid__in=unseen).exists()
    return Named(own, is_foreign)


def _is_own(caller: Caller, owner_id: int) -> bool:
    return permissions.is_open_call(caller.request) or owner_id == caller.actor.pk
