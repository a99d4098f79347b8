"""Relationships in resource documents: what may be said about them when creating or updating.

A transaction's wallet is fixed and a wallet's transactions are posted, never assigned: full
replacement is refused with 403, as https://jsonapi.org/format/#crud-updating-resource-relationships
allows; nothing is ever deleted because a linkage leaves it out.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from wallet_transaction_api.api.jsonapi.callers import Caller
from wallet_transaction_api.api.jsonapi.documents import Document
from wallet_transaction_api.api.jsonapi.pointers import nearest
from wallet_transaction_api.api.jsonapi.problems import Problem, Refused, at
from wallet_transaction_api.api.jsonapi.resources import Relationship, Resource
from wallet_transaction_api.api.jsonapi.types import RESOURCES

Row: TypeAlias = Mapping[str, Any]


def find_related(caller: Caller, document: Document, relation: Relationship, *columns: str) -> Row:
    """Return the columns of the named to-one resource; nothing when the document names none.

    Raises 404 for a missing one and for somebody else's.
    """
    target = RESOURCES[relation.target]
    return find_named(document, relation, lambda key: caller.find(target, key, *columns))


def find_named(
    document: Document, relation: Relationship, find: Callable[[str], Row | None]
) -> Row:
    """Do the same by another way to find it."""
    key = document.relationships.get(relation.name)
    if not isinstance(key, str):
        return {}
    found = find(key)
    if found is None:
        raise missing(document, relation.name)
    return found


def missing(document: Document, name: str) -> Refused:
    """Make the refusal of a related resource that does not exist for the caller."""
    return Refused(at(pointer_to(document, name), 404, "not_found", f"There is no such {name}."))


def required(document: Document, name: str) -> Problem:
    """Make the problem of a missing relationship; its pointer names what is there."""
    pointer = nearest(
        document.body, f"/data/relationships/{name}/data", "/data/relationships", "/data"
    )
    return at(pointer, 422, "required", f"{name} is required.")


def refuse_members(document: Document, resource: Resource) -> None:
    """Refuse to-many members in a creation; an empty array says nothing and is tolerated."""
    for name, linkage in document.relationships.items():
        if resource.relationships[name].many and linkage:
            raise fixed(document, name)


def refuse_replacement(document: Document, resource: Resource) -> None:
    """Refuse to replace a to-many relationship in an update, whatever with."""
    for name in document.relationships:
        if resource.relationships[name].many:
            raise fixed(document, name)


def refuse_other(
    caller: Caller, document: Document, relation: Relationship, related_id: int | None
) -> None:
    """Refuse to name another to-one resource; who sends the whole resource names its own.

    Raises 404 for one that does not exist for the caller, else 403.
    """
    if relation.name not in document.relationships:
        return
    if find_related(caller, document, relation).get("id") != related_id:
        raise fixed(document, relation.name)


def fixed(document: Document, name: str) -> Refused:
    """Make the refusal to change a relationship."""
    detail = f"{name} cannot be changed here."
    return Refused(at(pointer_to(document, name), 403, "relationship_fixed", detail))


def pointer_to(document: Document, name: str) -> str:
    """Return where the document names the related resource."""
    return nearest(
        document.body, f"/data/relationships/{name}/data", f"/data/attributes/{name}", "/data"
    )
