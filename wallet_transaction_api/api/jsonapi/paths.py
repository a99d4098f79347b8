"""Finds the column behind a member path such as `amount` or `wallet.label`."""

from dataclasses import dataclass

from wallet_transaction_api.api.jsonapi.resources import HIDDEN_ID, ID, Attribute, Resource
from wallet_transaction_api.api.jsonapi.types import RESOURCES


@dataclass(frozen=True, slots=True)
class Place:
    """A column, as Django's lookups spell it, and the attribute stored there.

    A computed column comes from the indexed one `stored`: it is that, or null.
    """

    column: str
    attribute: Attribute
    stored: str = ""


def find(resource: Resource, path: str, *, staff: bool, far: bool = False) -> Place | None:
    """Return the place that the path names, through to-one relationships; None if there is none.

    `far` is whether that led here. A relationship's own name is its related id. Names are
    looked up in the declared members and nowhere else, case-sensitively.
    """
    name, _, rest = path.partition(".")
    relation = resource.relationships.get(name)
    if relation is not None and not relation.many:
        if not rest and "." not in path:
            return Place(relation.column, HIDDEN_ID if relation.is_opaque else ID, relation.stored)
        if relation.is_opaque:
            return None
        inner = find(RESOURCES[relation.target], rest, staff=staff, far=True)
        return Place(f"{relation.path}__{inner.column}", inner.attribute) if inner else None
    attribute = ID if path == "id" else resource.attributes_for(staff=staff).get(path)
    if attribute is None:
        return None
    return Place((far and attribute.far_column) or attribute.column, attribute)
