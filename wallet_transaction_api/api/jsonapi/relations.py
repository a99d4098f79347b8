"""The endpoints below one resource: what is related to it, and the linkage itself."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from wallet_transaction_api.api.jsonapi import parameters, sorting
from wallet_transaction_api.api.jsonapi.encoding import NULL, Object, array
from wallet_transaction_api.api.jsonapi.listing import Cut
from wallet_transaction_api.api.jsonapi.lists import ListView, marked
from wallet_transaction_api.api.jsonapi.objects import identifier
from wallet_transaction_api.api.jsonapi.parameters import Families
from wallet_transaction_api.api.jsonapi.problems import Problem, Refused, not_found
from wallet_transaction_api.api.jsonapi.reading import Reader
from wallet_transaction_api.api.jsonapi.resources import Relationship, Resource
from wallet_transaction_api.api.jsonapi.sorting import Keys
from wallet_transaction_api.api.jsonapi.types import RESOURCES

#: https://jsonapi.org/format/#crud-updating-to-many-relationships
_OF_MEMBERS = frozenset({"POST", "DELETE"})


class _RelationView(ListView):
    """An endpoint below one resource, about one of its declared relationships."""

    relation: Relationship

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Find the relationship among the declared ones: a URL names nothing else."""
        super().setup(request, *args, **kwargs)
        self.relation = self.resource.relationships.get(kwargs["name"])  # type: ignore[assignment]

    def subject(self) -> Resource:
        """Return the related type; without such a relationship there is nothing here."""
        if self.relation is None:
            raise not_found()
        return RESOURCES[self.relation.target]

    def keys(self) -> Keys:
        """Return the order that the relationship declares."""
        if not self.relation.many:
            return super().keys()
        return sorting.by_columns(self.subject(), self.relation.order)

    def parent(self, key: str) -> dict[str, Any]:
        """Return the visible parent with its related id, if it holds one."""
        columns = () if self.relation.many else (self.relation.column,)
        found = self.caller.find(self.resource, key, *columns)
        if found is None:
            raise not_found()
        return found

    def related(self, parent: dict[str, Any]) -> QuerySet[Any]:
        """Return the visible related rows."""
        rows = self.subject().visible(self.request)
        if self.relation.many:
            return rows.filter(**{self.relation.column: parent["id"]})
        return rows.filter(pk=parent[self.relation.column])


class RelatedView(_RelationView):
    """`/wallets/1/transactions`: the related resources."""

    def honoured(self) -> Families:
        """Take what a collection takes, or what one resource does."""
        if self.request.method not in {"GET", "HEAD"}:
            return parameters.NONE
        return parameters.OF_MANY if self.relation.many else parameters.OF_ONE

    def get(self, request: Request, key: str, name: str) -> HttpResponse:
        """Answer with a page of resources, with one, or with null."""
        parent = self.parent(key)
        if self.relation.many:
            return self.answer_page(self.subject(), lambda: self.related(parent))
        related = self.related(parent)
        reader = self.reader()
        rows = reader.rows(self.subject(), related)
        document = reader.compound(self.subject(), rows)
        about = reader.about(self.subject(), rows[0]) if rows else None
        data = document["data"][0] if rows else NULL
        return self.answer({**document, "data": data}, about=about)


class RelationshipView(_RelationView):
    """`/wallets/1/relationships/transactions`: the linkage, read-only."""

    def _allowed_methods(self) -> list[str]:
        """Offer POST and DELETE, which add and remove members, of a to-many relationship only."""
        offered: list[str] = super()._allowed_methods()  # type: ignore[misc]
        is_to_one = self.relation is not None and not self.relation.many
        return [method for method in offered if not (is_to_one and method in _OF_MEMBERS)]

    def honoured(self) -> Families:
        """Take what orders and cuts a list of identifiers."""
        reads = self.request.method in {"GET", "HEAD"}
        return parameters.OF_LINKAGE if reads and self.relation.many else parameters.NONE

    def get(self, request: Request, key: str, name: str) -> HttpResponse:
        """Answer with identifiers, or one, or null; and where the related resources are."""
        parent, related = self.parent(key), self.url.replace("/relationships/", "/")
        if self.relation.many:
            return self.answer_page(self.subject(), lambda: self.related(parent), related=related)
        linkage = identifier(self.relation.target, parent[self.relation.column])
        return self.answer({"data": linkage}, links={"related": related})

    def present(self, reader: Reader, resource: Resource, cut: Cut) -> Object:
        """Return the primary data of a page: identifiers."""
        identifiers = [identifier(resource.type, row[0]) for row in cut.rows]
        return {"data": array(marked(identifiers, cut.cursors))}

    def refuse(self, request: Request, key: str, name: str) -> Response:
        """Refuse every change: nothing is assigned, moved or deleted through a linkage."""
        self.parent(key)
        detail = f"{name} cannot be changed here."
        raise Refused(Problem(status=403, code="relationship_fixed", detail=detail))

    post = patch = delete = refuse
