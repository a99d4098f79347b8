"""Reads rows and builds documents: a constant number of queries, whatever the page holds."""

import functools
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from rest_framework.request import Request

from wallet_transaction_api.api.jsonapi import fetching, prepared, tags
from wallet_transaction_api.api.jsonapi.callers import is_id
from wallet_transaction_api.api.jsonapi.encoding import Fragment, Object, array
from wallet_transaction_api.api.jsonapi.inclusion import Tree
from wallet_transaction_api.api.jsonapi.objects import NOTHING, Linked, Plan, Values
from wallet_transaction_api.api.jsonapi.parameters import Query
from wallet_transaction_api.api.jsonapi.problems import not_found
from wallet_transaction_api.api.jsonapi.resources import Relationship, Resource
from wallet_transaction_api.api.jsonapi.sorting import Keys
from wallet_transaction_api.api.jsonapi.types import RESOURCES
from wallet_transaction_api.api.jsonapi.ways import Way

#: An included to-many relationship shows its first members; the rest is at its own URL.
MOST_INCLUDED = 100


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
        self._load(resource, primary, include)
        data = [self._write(resource.type, row) for row in primary]
        return {"data": data, "included": self._included(resource, {row[0] for row in rows})}

    def compound_one(self, resource: Resource, row: Values) -> Object:
        """Return the same for one resource, as one fragment."""
        document = self.compound(resource, [row])
        return {**document, "data": document["data"][0]}

    def _keep(self, resource: Resource, rows: Iterable[Values]) -> list[Values]:
        """Keep each resource once: a document shows one state of it."""
        kept = self._rows[resource.type]
        return [kept.setdefault(row[0], row) for row in rows]

    def _write(self, name: str, row: Values) -> Fragment:
        linked = self._linked.get((name, row[0]), NOTHING)
        return self.plan(RESOURCES[name]).write(row, linked)

    def _included(self, primary: Resource, ids: set[int]) -> Fragment:
        return array(
            self._write(name, row)
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
        keys = {row[at] for row in rows} - {None}
        queryset = target.visible(self._request).filter(pk__in=keys).order_by("pk")
        return self._keep(target, self.rows(target, queryset) if keys else [])

    def _load_many(
        self, resource: Resource, relation: Relationship, rows: Sequence[Values]
    ) -> list[Values]:
        target, keys = RESOURCES[relation.target], [row[0] for row in rows]
        at = self.plan(target).at(relation.column)
        related = self.rows(target, self._first_of_each(resource, relation, keys)) if keys else []
        ids: dict[int, list[int]] = {key: [] for key in keys}
        for row in related:
            ids[row[at]].append(row[0])
        for key, members in ids.items():
            shown = Linked(members[:MOST_INCLUDED], len(members) > MOST_INCLUDED)
            self._linked.setdefault((resource.type, key), {})[relation.name] = shown
        hidden = {key for members in ids.values() for key in members[MOST_INCLUDED:]}
        return self._keep(target, (row for row in related if row[0] not in hidden))

    def _first_of_each(
        self, resource: Resource, relation: Relationship, keys: Sequence[int]
    ) -> QuerySet[Any]:
        """Select the first members of each parent and one more, by index however many there are."""
        members = RESOURCES[relation.target].visible(self._request)
        following = members.filter(**{relation.column: OuterRef("pk")}).order_by("pk")
        parents = resource.visible(self._request).filter(pk__in=keys)
        cut = Subquery(following.values("pk")[MOST_INCLUDED : MOST_INCLUDED + 1])
        wanted = Q()
        for key, last in parents.annotate(last=cut).values_list("pk", "last"):
            wanted |= Q(**{relation.column: key} | ({} if last is None else {"pk__lte": last}))
        return (members.filter(wanted) if wanted else members.none()).order_by("pk")
