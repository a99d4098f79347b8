"""Finds the column behind a member path such as `amount` or `wallet.label`."""

from dataclasses import dataclass

from wallet_transaction_api.api.jsonapi.resources import (
    HIDDEN_ID,
    ID,
    Attribute,
    Relationship,
    Resource,
)
from wallet_transaction_api.api.jsonapi.types import RESOURCES


@dataclass(frozen=True, slots=True)
class Place:
    """A column, as Django's lookups spell it, and the attribute stored there.

    A computed column comes from the indexed one `stored`: it is that, or null. A text that is
    compared by code point comes from it likewise: what is equal so is equal there.
    """

    column: str
    attribute: Attribute
    stored: str = ""
    #: Whether the way there may lead nowhere.
    has_gaps: bool = False


def find(resource: Resource, path: str, *, staff: bool, far: bool = False) -> Place | None:
    """Return the place that the path names, through to-one relationships; None if there is none.

    `far` is whether that led here. A relationship's own name is its related id. Names are
    looked up in the declared members and nowhere else, case-sensitively.
    """
    name, _, rest = path.partition(".")
    relation = resource.relationships.get(name)
    if relation is not None and not relation.many:
        if not rest and "." not in path:
            key = HIDDEN_ID if relation.is_opaque else ID
            return Place(relation.column, key, relation.stored, relation.nullable)
        inner = find(RESOURCES[relation.target], rest, staff=staff, far=True)
        return None if relation.is_opaque or inner is None else _behind(relation, inner)
    attribute = ID if path == "id" else resource.attributes_for(staff=staff).get(path)
    if attribute is None:
        return None
    if attribute.foreign:
        return Place(f"{attribute.column}__by_code_point", attribute, attribute.column)
    return Place((far and attribute.far_column) or attribute.column, attribute)


def _behind(relation: Relationship, inner: Place) -> Place:
    has_gaps = relation.nullable or inner.has_gaps
    stored = f"{relation.path}__{inner.stored}" if inner.stored else ""
    return Place(f"{relation.path}__{inner.column}", inner.attribute, stored, has_gaps)
