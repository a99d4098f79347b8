"""What a resource type is: its members and where they are stored. Declarations, no behaviour."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, TypeAlias

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework_json_api.utils import format_value

from wallet_transaction_api.api.jsonapi.kinds import INTEGER, Kind
from wallet_transaction_api.api.permissions import Model

#: The columns of a resource by name, as a command returns them.
Row: TypeAlias = Mapping[str, Any]


def member_name(column: str) -> str:
    """Return the member name of a column: camelCase, as jsonapi.org recommends."""
    name: str = format_value(column, "camelize")
    return name


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute. `column` is where Django finds it, `member` what clients call it.

    A `staff` attribute exists for staff only. A `negated` one is stored with the other sign.
    A `nullable` one may be null. Nothing is sorted by what is not `sortable`: there is no
    index to read a large table in that order by, or nulls would interrupt it.
    No two resources agree in a `unique` one, so it needs no tie-break.
    Money may be in a `currency` of its own: the column with the code. What is not `summable`
    has no figures, which name the currency: not everybody may know it.
    Where `column` is computed by the query, `far_column` is what lookups through relationships
    find instead: the column as last written.
    A `foreign` text is in a column of one of Django's own apps, which has the database's
    collation: it is compared and sorted `by_code_point`.
    """

    column: str
    kind: Kind
    member: str = ""
    staff: bool = False
    negated: bool = False
    nullable: bool = False
    sortable: bool = True
    unique: bool = False
    currency: str = ""
    summable: bool = True
    far_column: str = ""
    foreign: bool = False

    @property
    def name(self) -> str:
        """The member's name."""
        return self.member or member_name(self.column)

    @property
    def has_figures(self) -> bool:
        """Whether lists may be summed up by it."""
        return self.kind.is_money and self.summable

    @property
    def is_sortable(self) -> bool:
        """Whether resources may be sorted by it."""
        return self.kind.is_ordered and self.sortable and not self.nullable


@dataclass(frozen=True, slots=True)
class Relationship:
    """One relationship to resources of type `target`.

    `column` holds the related id: in this resource for a to-one, in the target for a to-many.
    """

    name: str
    target: str
    column: str
    many: bool = False
    #: The target's column that the members are in the order of, unless asked otherwise.
    order: str = "id"
    #: Whether filters and orders end here: the related resource may be hidden from the caller.
    is_opaque: bool = False
    #: Whether a to-one may lead nowhere: what lies behind it is null then.
    nullable: bool = False
    #: The indexed column that the id comes from, where `column` is computed.
    stored: str = ""

    @property
    def path(self) -> str:
        """Where Django's lookups find a to-one related row."""
        return self.column.removesuffix("_id")


ID = Attribute("id", INTEGER, unique=True)
#: The id of a related resource that may be hidden.
HIDDEN_ID = Attribute("id", INTEGER, nullable=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource type. `alias` is the type's name in the ancestor's published requests."""

    type: str
    alias: str
    attributes: Mapping[str, Attribute]
    relationships: Mapping[str, Relationship]
    #: The column with the currency of this resource's money.
    currency: str
    #: The column that grows with each change, if the resource is ever changed: for entity tags.
    version: str | None = None
    #: The columns with the ids of the caller's wallets that it belongs to, or null: a change of it
    #: locks them.
    locks: tuple[str, ...] = ()
    #: Columns with the id of what lists these resources and is no relationship of theirs.
    parents: tuple[str, ...] = ()
    #: Whether no row comes, goes or changes without its wallet's version growing.
    follows_wallets: bool = False
    #: The columns that its collection is in the order of, unless asked otherwise.
    order: tuple[str, ...] = ("id",)
    #: The members that are known of any past moment; without them there is no `asOf`.
    past: frozenset[str] = frozenset()
    #: What it takes staff's `view_` permission for to see any; else people see their own.
    reserved: Model | None = None
    #: The rows that the request's caller may see.
    visible: Callable[[Request], QuerySet[Any]]

    def among(self, wallet_ids: Iterable[int]) -> dict[str, Any]:
        """Return the lookup of those that belong to the wallets, where each belongs to one."""
        return {f"{self.locks[0]}__in": list(wallet_ids)}

    @property
    def names_wallets(self) -> bool:
        """Whether an owner's rows are best found by naming the owner's wallets."""
        return self.follows_wallets and len(self.locks) == 1 and self.locks[0] != "id"

    @property
    def wallet_columns(self) -> tuple[str, ...]:
        """The columns with the ids of its wallets, as far as the caller sees them."""
        if self.locks == ("id",):
            return self.locks
        return tuple(
            item.column
            for item in self.relationships.values()
            if not item.many and item.target == "wallets"
        )

    @property
    def follows_clock(self) -> bool:
        """Whether a member is computed as of now: it may change while no version grows."""
        return any(item.far_column for item in self.attributes.values())

    @property
    def kinds(self) -> dict[str, Kind]:
        """The kinds of the attributes' columns."""
        return {item.column: item.kind for item in self.attributes.values()}

    def attributes_for(self, *, staff: bool) -> dict[str, Attribute]:
        """Return the attributes that exist for this caller, by member name."""
        return {name: item for name, item in self.attributes.items() if staff or not item.staff}


def by_name(attributes: Iterable[Attribute]) -> dict[str, Attribute]:
    """Index attributes by member name, in the order that documents list them."""
    return {attribute.name: attribute for attribute in attributes}


def row_of(resource: Resource, stored: Any, *, staff: bool) -> Row:
    """Return a row of every column from a model instance, as a query would have fetched it."""
    columns = [item.column for item in resource.attributes_for(staff=staff).values()]
    columns += [
        relation.column for relation in resource.relationships.values() if not relation.many
    ]
    columns += ["id", resource.currency, *([resource.version] if resource.version else [])]
    columns += resource.parents
    paths = {column: column.replace("__", ".") for column in columns}
    return {column: attrgetter(path)(stored) for column, path in paths.items()}
