"""Reads rows and builds documents: a constant number of queries, whatever the page holds."""

import functools
import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from rest_framework.request import Request

from wallet_transaction_api.api.jsonapi import fetching, prepared, tags
from wallet_transaction_api.api.jsonapi.budgets import Budget
from wallet_transaction_api.api.jsonapi.callers import is_id
from wallet_transaction_api.api.jsonapi.encoding import Fragment, Object, array
from wallet_transaction_api.api.jsonapi.inclusion import Tree
from wallet_transaction_api.api.jsonapi.objects import LEFT_OUT, NOTHING, Linked, Plan, Values
from wallet_transaction_api.api.jsonapi.parameters import Query
from wallet_transaction_api.api.jsonapi.problems import not_found
from wallet_transaction_api.api.jsonapi.resources import Relationship, Resource
from wallet_transaction_api.api.jsonapi.sorting import Keys
from wallet_transaction_api.api.jsonapi.types import RESOURCES
from wallet_transaction_api.api.jsonapi.ways import Way

#: An included to-many relationship shows its first members; the rest is at its own URL.
MOST_INCLUDED = 100
#: So many are read by one statement: a page's to-one resources.
_AT_ONCE = 200


@functools.lru_cache(maxsize=512)
def plan_of(name: str, root: str, members: frozenset[str] | None, *, staff: bool) -> Plan:
    """Return the plan of a type: compiled once, however many documents follow it."""
    return Plan(RESOURCES[name], root=root, staff=staff, members=members)


class Reader:
    """Builds the document of one request: primary rows, and what is included with them."""

    def __init__(self, request: Request, query: Query, *, root: str, staff: bool) -> None:
        self._request = request
        self._query = query
        self._root = root
        self._staff = staff
        self._rows: dict[str, dict[int, Values]] = {name: {} for name in RESOURCES}
        self._linked: dict[tuple[str, int], dict[str, Linked]] = {}
        self._budget = Budget()
        #: Type and id of what would have been included, had there been room.
        self._left_out: set[tuple[str, Any]] = set()

    def plan(self, resource: Resource) -> Plan:
        """Return the plan by which resources of the type are written here."""
        members = self._query.fields.get(resource.type)
        return plan_of(resource.type, self._root, members, staff=self._staff)

    def rows(
        self, resource: Resource, rows: QuerySet[Any], keys: Keys = (), *, walk: bool = False
    ) -> list[Values]:
        """Fetch the columns that the plan of this type needs, then those of the keys."""
        columns = (*self.plan(resource).columns, *(key.column for key in keys))
        kinds = resource.kinds | {key.column: key.kind for key in keys}
        return fetching.fetch(rows, columns, kinds, walk=walk)

    def own(
        self, resource: Resource, owner_id: int, way: Way, start: int, stop: int
    ) -> list[Values]:
        """Fetch a slice of all that the owner sees of a type, by a statement kept for that."""
        columns = self.plan(resource).columns
        text, params = prepared.statement(
            resource,
            columns,
            self._query.keys,
            owner_id=owner_id,
            wallet_ids=list(way.holdings.versions) if way.holdings else [],
            by_index=way.by_index,
        )
        cut = f"{text} LIMIT {stop - start} OFFSET {start}"
        return fetching.run(cut, params, columns, resource.kinds, walk=way.walks)

    def one(self, resource: Resource, key: str) -> Values:
        """Fetch one visible resource; raises 404."""
        visible = resource.visible(self._request)
        rows = self.rows(resource, visible.filter(pk=int(key))) if is_id(key) else []
        if not rows:
            raise not_found()
        return rows[0]

    def about(self, resource: Resource, row: Values) -> tags.Subject | None:
        """Return what tags of the resource at this version have in common."""
        if resource.version is None:
            return None
        return tags.subject(resource.type, row[0], row[self.plan(resource).at(resource.version)])

    def compound(self, resource: Resource, rows: Sequence[Values]) -> Object:
        """Return the members `data` (a list of fragments) and, where asked for, `included`."""
        include = self._query.include
        if include is None:
            write = self.plan(resource).write
            return {"data": [write(row) for row in rows]}
        primary = self._keep(resource, rows)
        for row in primary:
            self._budget.charge(self.plan(resource).write(row))
        self._load(resource, primary, include)
        data = [self._write(resource, row) for row in primary]
        return {"data": data, "included": self._included(resource, {row[0] for row in rows})}

    def compound_one(self, resource: Resource, row: Values) -> Object:
        """Return the same for one resource, as one fragment."""
        document = self.compound(resource, [row])
        return {**document, "data": document["data"][0]}

    def _keep(self, resource: Resource, rows: Iterable[Values]) -> list[Values]:
        """Keep each resource once: a document shows one state of it."""
        kept = self._rows[resource.type]
        return [kept.setdefault(row[0], row) for row in rows]

    def _write(self, resource: Resource, row: Values) -> Fragment:
        linked = self._linked.get((resource.type, row[0]), NOTHING)
        return self.plan(resource).write(self._without_left_out(resource, row), linked)

    def _without_left_out(self, resource: Resource, row: Values) -> Values:
        """Return the row without linkage to what found no room: its link leads there."""
        if not self._left_out:
            return row
        values, at = list(row), self.plan(resource).at
        for relation in resource.relationships.values():
            if not relation.many and (relation.target, row[at(relation.column)]) in self._left_out:
                values[at(relation.column)] = LEFT_OUT
        return values

    def _included(self, primary: Resource, ids: set[int]) -> Fragment:
        return array(
            self._write(RESOURCES[name], row)
            for name, rows in self._rows.items()
            for key, row in rows.items()
            if name != primary.type or key not in ids
        )

    def _load(self, resource: Resource, rows: Sequence[Values], tree: Tree) -> None:
        for name, deeper in tree.items():
            relation = resource.relationships[name]
            target = RESOURCES[relation.target]
            load = self._load_many if relation.many else self._load_one
            self._load(target, load(resource, relation, rows), deeper)

    def _load_one(
        self, resource: Resource, relation: Relationship, rows: Sequence[Values]
    ) -> list[Values]:
        target, at = RESOURCES[relation.target], self.plan(resource).at(relation.column)
        return self._fetch(target, list(dict.fromkeys(row[at] for row in rows if row[at])))

    def _load_many(
        self, resource: Resource, relation: Relationship, rows: Sequence[Values]
    ) -> list[Values]:
        """Include the first members of each parent, as far as there is room."""
        target = RESOURCES[relation.target]
        members = self._first_of_each(resource, relation, [row[0] for row in rows])
        first = {parent: ids[:MOST_INCLUDED] for parent, ids in members.items()}
        found = self._fetch(target, [key for ids in first.values() for key in ids])
        for parent, ids in first.items():
            shown = list(itertools.takewhile(self._rows[target.type].__contains__, ids))
            if shown or not ids:
                links = self._linked.setdefault((resource.type, parent), {})
                links[relation.name] = Linked(shown, len(members[parent]) > len(shown))
        return found

    def _fetch(self, target: Resource, keys: Sequence[int]) -> list[Values]:
        """Return the visible ones of the resources in this order, as far as there is room.

        They are read in parts: what finds no room is not held in memory either.
        """
        kept = self._rows[target.type]
        missing = [key for key in keys if key not in kept]
        for start in range(0, len(missing), _AT_ONCE):
            part = missing[start : start + _AT_ONCE]
            self._keep_affordable(target, [] if self._budget.is_spent else self._read(target, part))
            if self._budget.is_spent:
                self._left_out |= {(target.type, key) for key in part if key not in kept}
        return [kept[key] for key in keys if key in kept]

    def _read(self, target: Resource, keys: Sequence[int]) -> list[Values]:
        visible = target.visible(self._request).filter(pk__in=keys)
        found = {row[0]: row for row in self.rows(target, visible)}
        return [found[key] for key in keys if key in found]

    def _keep_affordable(self, target: Resource, rows: Sequence[Values]) -> None:
        write, affords = self.plan(target).write, self._budget.affords
        self._keep(target, itertools.takewhile(lambda row: affords(write(row)), rows))

    def _first_of_each(
        self, resource: Resource, relation: Relationship, keys: Sequence[int]
    ) -> dict[int, list[int]]:
        """Return the first members of each parent and one more, by index however many there are."""
        members = RESOURCES[relation.target].visible(self._request)
        following = members.filter(**{relation.column: OuterRef("pk")}).order_by("pk")
        parents = resource.visible(self._request).filter(pk__in=keys)
        cut = Subquery(following.values("pk")[MOST_INCLUDED : MOST_INCLUDED + 1])
        wanted = Q()
        for key, last in parents.annotate(last=cut).values_list("pk", "last"):
            wanted |= Q(**{relation.column: key} | ({} if last is None else {"pk__lte": last}))
        ids: dict[int, list[int]] = {key: [] for key in keys}
        pairs = members.filter(wanted) if wanted else members.none()
        for parent, key in pairs.order_by("pk").values_list(relation.column, "pk"):
            ids[parent].append(key)
        return ids
