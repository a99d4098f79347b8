"""`sort=-amount,wallet.label`: a total order, ties broken by id."""

from dataclasses import dataclass, replace
from typing import TypeAlias

from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce

from wallet_transaction_api.api.client_text import quoted
from wallet_transaction_api.api.jsonapi import paths
from wallet_transaction_api.api.jsonapi.kinds import INTEGER, Kind
from wallet_transaction_api.api.jsonapi.negotiation import CURSOR_ERRORS
from wallet_transaction_api.api.jsonapi.problems import Problem, Refused, bad_parameter
from wallet_transaction_api.api.jsonapi.resources import Resource

MOST_KEYS = 8


@dataclass(frozen=True, slots=True)
class Key:
    """A column to order by."""

    column: str
    kind: Kind
    descending: bool = False
    #: Whether no two rows of the list agree in it.
    unique: bool = False

    @property
    def text(self) -> str:
        """The key as Django's `order_by` takes it."""
        return f"-{self.column}" if self.descending else self.column

    def reversed(self) -> "Key":
        """Return the key of the opposite order."""
        return replace(self, descending=not self.descending)


Keys: TypeAlias = tuple[Key, ...]
#: What `order_by` takes.
Order: TypeAlias = list[str | OrderBy]
BY_ID = Key("id", INTEGER, unique=True)


def order_by(keys: Keys, *, by_index: bool = True) -> Order:
    """Return the order; not `by_index`, it is spelt so that no index is taken to be in it."""
    if by_index:
        return [key.text for key in keys]
    return [OrderBy(Coalesce(key.column, key.column), key.descending) for key in keys]


def is_of_one_table(keys: Keys) -> bool:
    """Tell whether no key lies behind a relationship."""
    return not any("__" in key.column for key in keys)


def read(resource: Resource, text: str, *, staff: bool, by_cursor: bool) -> Keys:
    """Return the keys; refuses an unknown or unordered member, and repetitions.

    A cursor has no place among rows that lack what they are sorted by.
    """
    members = text.split(",")
    names = [member.removeprefix("-") for member in members]
    if len(set(names)) < len(names) or len(names) > MOST_KEYS:
        raise bad_parameter("invalid_sort", "sort", f"Sort by up to {MOST_KEYS} different members.")
    keys = tuple(_key(resource, member, staff=staff, by_cursor=by_cursor) for member in members)
    if any(key.unique for key in keys):
        return keys
    # In the direction of the key before it: an index is read one way.
    return (*keys, replace(BY_ID, descending=keys[-1].descending))


def by_columns(resource: Resource, *columns: str) -> Keys:
    """Return the keys of the ascending order by columns, ties broken by id."""
    kinds = {item.column: item.kind for item in resource.attributes.values()}
    keys = [Key(column, kinds.get(column, INTEGER)) for column in columns if column != "id"]
    return (*keys, BY_ID)


def _key(resource: Resource, member: str, *, staff: bool, by_cursor: bool) -> Key:
    name = member.removeprefix("-")
    place = paths.find(resource, name, staff=staff)
    if place is None or not place.attribute.is_sortable or (by_cursor and place.has_gaps):
        raise _refused(resource, name, known=place is not None)
    descending = member.startswith("-") is not place.attribute.negated
    is_unique = place.attribute.unique and place.column == place.attribute.column
    return Key(place.column, place.attribute.kind, descending, is_unique)


def _refused(resource: Resource, name: str, *, known: bool) -> Refused:
    """Make the refusal; of a known member in the words of the cursor pagination profile."""
    return Refused(
        Problem(
            status=400,
            code="invalid_sort",
            detail=f"{resource.type} cannot be sorted by {quoted(name)}.",
            source={"parameter": "sort"},
            links={"type": f"{CURSOR_ERRORS}unsupported-sort"} if known else {},
        )
    )
