"""Resource objects as JSON text, written straight from rows by a plan compiled once and kept."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from operator import itemgetter
from types import MappingProxyType
from typing import Any, TypeAlias
from urllib.parse import urlencode

from wallet_transaction_api.api.jsonapi.encoding import NULL, Fragment, array, quote
from wallet_transaction_api.api.jsonapi.resources import Attribute, Relationship, Resource, Row
from wallet_transaction_api.ledger import currencies
from wallet_transaction_api.money import negate

#: A fetched row: the values of a plan's columns, the id first.
Values: TypeAlias = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Linked:
    """The ids of an included to-many relationship, and whether there are more."""

    ids: list[int]
    has_more: bool


Links: TypeAlias = Mapping[str, Linked]
#: Takes what it needs out of a row, and writes that as JSON.
Cell: TypeAlias = tuple[Callable[[Values], Any], Callable[[Any], str]]
NOTHING: Links = MappingProxyType({})
#: Stands for the id of a to-one resource that found no room in the document: links only.
LEFT_OUT: Any = object()
#: Stands in a template for the row's id. JSON text has no control characters of its own.
_KEY = "\0"


class Plan:
    """Writes the resource objects of one type: the members that the caller chose and may see.

    Everything that is the same for each row is text already: writing one is filling in its
    values. A plan depends on nothing but its arguments, so it may be kept.
    """

    def __init__(
        self,
        resource: Resource,
        *,
        root: str,
        staff: bool,
        members: frozenset[str] | None = None,
    ) -> None:
        """Choose the members; None means all. `root` is the face's URL without a slash."""
        known = resource.attributes_for(staff=staff)
        chosen = [item for name, item in known.items() if members is None or name in members]
        relations = [
            item
            for name, item in resource.relationships.items()
            if members is None or name in members
        ]
        self.columns = _columns(resource, chosen)
        self._url = f"{root}/{resource.type}"
        self._cells: list[Cell] = []
        self._many = [relation for relation in relations if relation.many]
        parts = [f'"type":"{resource.type}","id":"{_KEY}"']
        parts += [self._attributes(resource, chosen), self._relationships(relations)]
        parts += [self._own_link()]
        self._template = "{" + ",".join(filter(None, parts)) + "}"
        self._without_linkage = self._linked(NOTHING)

    def write(self, row: Values, linked: Links = NOTHING) -> Fragment:
        """Return the resource object; `linked` holds the to-many linkage that was included."""
        template = self._linked(linked) if linked else self._without_linkage
        text = template % tuple([write(take(row)) for take, write in self._cells])
        return Fragment(text.replace(_KEY, str(row[0])))

    def values(self, row: Row) -> Values:
        """Return the row of a command as a query would have fetched it."""
        return tuple(row[column] for column in self.columns)

    def at(self, column: str) -> int:
        """Return where in a row the column is."""
        return self.columns.index(column)

    def _cell(self, write: Callable[[Any], str], *columns: str) -> str:
        """Leave a place in the template for what `write` makes of the columns."""
        self._cells.append((itemgetter(*map(self.at, columns)), write))
        return "%s"

    def _attributes(self, resource: Resource, chosen: Iterable[Attribute]) -> str:
        members = ",".join(
            f'"{item.name}":{self._attribute(item, item.currency or resource.currency)}'
            for item in chosen
        )
        return members and f'"attributes":{{{members}}}'

    def _attribute(self, item: Attribute, currency: str) -> str:
        if not item.kind.is_money:
            write = _or_null(item.kind.write) if item.nullable else item.kind.write
            return self._cell(write, item.column)
        write = _write_negated if item.negated else _write_money
        return self._cell(_or_no_amount(write) if item.nullable else write, item.column, currency)

    def _relationships(self, relations: Iterable[Relationship]) -> str:
        members = ",".join(f'"{item.name}":{{{self._relationship(item)}}}' for item in relations)
        return members and f'"relationships":{{{members}}}'

    def _relationship(self, relation: Relationship) -> str:
        parts = []
        if self._url:
            base = f"{_literal(self._url)}/{_KEY}"
            own = f'"self":"{base}/relationships/{relation.name}"'
            related = f'"related":"{base}/{relation.name}"'
            more = _place(relation, "links") if relation.many else ""
            parts.append(f'"links":{{{own},{related}{more}}}')
        if not relation.many:
            write = partial(_to_one, relation.target, comma="," if parts else "")
            return ",".join(parts) + self._cell(write, relation.column)
        return ",".join(parts) + _place(relation, "data")

    def _own_link(self) -> str:
        return f'"links":{{"self":"{_literal(self._url)}/{_KEY}"}}' if self._url else ""

    def _linked(self, linked: Links) -> str:
        """Return the template with the linkage of each to-many relationship in its places."""
        template = self._template
        for relation in self._many:
            shown = linked.get(relation.name)
            data, more = ("", "") if shown is None else self._linkage(relation, shown)
            template = template.replace(_place(relation, "data"), data)
            template = template.replace(_place(relation, "links"), more)
        return template

    def _linkage(self, relation: Relationship, shown: Linked) -> tuple[str, str]:
        """Return the linkage, and the links that continue a cut one at its own URL."""
        comma = "," if self._url else ""
        data = f'{comma}"data":{array(identifier(relation.target, key) for key in shown.ids)}'
        if not shown.has_more or not self._url:
            return data, ""
        own = f"{_literal(self._url)}/{_KEY}/relationships/{relation.name}"
        first, following = (
            f"{own}?{_literal(urlencode({'page[number]': number, 'page[size]': len(shown.ids)}))}"
            for number in (1, 2)
        )
        return data, f',"first":"{first}","next":"{following}","prev":null'


def identifier(kind: str, key: Any) -> Fragment:
    """Return a resource identifier; null for no resource."""
    return NULL if key is None else Fragment(f'{{"type":"{kind}","id":"{key}"}}')


def _to_one(kind: str, key: Any, *, comma: str) -> str:
    return "" if key is LEFT_OUT else f'{comma}"data":{identifier(kind, key)}'


def _literal(url: str) -> str:
    return quote(url)[1:-1].replace("%", "%%")


def _place(relation: Relationship, name: str) -> str:
    """Return what stands in a template for a part of a to-many relationship."""
    return f"\1{relation.name}.{name}\1"


def _write_money(value: tuple[Decimal | str, str]) -> str:
    return f'"{currencies.format_amount(*value)}"'


def _write_negated(value: tuple[Decimal | str, str]) -> str:
    return f'"{currencies.format_amount(negate(Decimal(value[0])), value[1])}"'


def _or_null(write: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: NULL if value is None else write(value)


def _or_no_amount(write: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: NULL if value[0] is None else write(value)


def _columns(resource: Resource, chosen: Iterable[Attribute]) -> tuple[str, ...]:
    """Return what a row must bring: key, version, to-one ids, members and their currencies."""
    attributes = list(chosen)
    columns = ["id", *([resource.version] if resource.version else [])]
    columns += [r.column for r in resource.relationships.values() if not r.many]
    columns += resource.parents
    columns += [attribute.column for attribute in attributes]
    columns += [item.currency or resource.currency for item in attributes if item.kind.is_money]
    return tuple(dict.fromkeys(columns))
