"""Endpoints that answer with a page of a list."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.functional import SimpleLazyObject

from wallet_transaction_api.api.jsonapi import figures, prepared, totals, ways
from wallet_transaction_api.api.jsonapi.encoding import Fragment, Object, array
from wallet_transaction_api.api.jsonapi.endpoints import JsonApiView
from wallet_transaction_api.api.jsonapi.listing import Cut, Listing
from wallet_transaction_api.api.jsonapi.objects import Values
from wallet_transaction_api.api.jsonapi.own import Holdings
from wallet_transaction_api.api.jsonapi.reading import Reader
from wallet_transaction_api.api.jsonapi.resources import Resource


class ListView(JsonApiView):
    """An endpoint that may answer with a page of a list."""

    def answer_page(
        self,
        resource: Resource,
        rows: Callable[[], QuerySet[Any]],
        *,
        is_whole: bool = False,
        **links: str | None,
    ) -> HttpResponse:
        """Answer with one page of the rows; `is_whole` if they are all that the caller sees."""
        query, reader = self.query, self.reader()
        listing = self._listing(resource, rows, reader, is_whole=is_whole)
        cut = query.page.cut(listing)
        meta = dict(cut.meta)
        if query.wanted:
            meta["stats"] = figures.compute(resource, listing.rows, query.wanted)
        return self.answer(
            {**self.present(reader, resource, cut), "meta": meta},
            links={**links, **cut.links},
            profile=query.page.profile,
        )

    def _listing(
        self,
        resource: Resource,
        rows: Callable[[], QuerySet[Any]],
        reader: Reader,
        *,
        is_whole: bool,
    ) -> Listing:
        """Return how to fetch and count the list, by the best way to its rows."""
        query = self.query
        way = ways.choose(query, self._holdings(resource) if is_whole else None)
        is_direct = is_whole and prepared.may_list(resource) and not query.condition

        def some() -> QuerySet[Any]:
            return way.narrowed(rows().filter(query.condition), resource)

        whole: Any = SimpleLazyObject(some)

        def own(start: int, stop: int) -> list[Values]:
            return reader.own(resource, self.caller.actor.pk, way, start, stop)

        def fetch(cut: QuerySet[Any]) -> list[Values]:
            return reader.rows(resource, way.page(cut, whole), query.keys, walk=way.walks)

        return Listing(
            rows=whole,
            direct=own if is_direct and self.caller.sees_own_only else None,
            by_index=way.by_index,
            keys=query.keys,
            fetch=fetch,
            url=self.url,
            pairs=query.pairs,
            total=lambda whole: totals.total(self.caller, resource, whole),
        )

    def _holdings(self, resource: Resource) -> Holdings | None:
        """Return what the caller owns, if that is a better way to find the rows."""
        is_own = resource.names_wallets and self.caller.sees_own_only
        return self.caller.holdings if is_own else None

    def present(self, reader: Reader, resource: Resource, cut: Cut) -> Object:
        """Return the primary data of a page: whole resources, by cursor each with its own."""
        document = reader.compound(resource, cut.rows)
        return {**document, "data": array(marked(document["data"], cut.cursors))}


def marked(items: Sequence[Fragment], cursors: Sequence[str]) -> Sequence[str]:
    """Give each item its cursor, where there are any."""
    if not cursors:
        return items
    return [
        f'{item[:-1]},"meta":{{"page":{{"cursor":"{cursor}"}}}}}}'
        for item, cursor in zip(items, cursors, strict=True)
    ]
