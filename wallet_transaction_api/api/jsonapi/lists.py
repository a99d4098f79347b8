"""Endpoints that answer with a page of a list."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.functional import SimpleLazyObject

from wallet_transaction_api.api.jsonapi import figures, filters, sorting, totals
from wallet_transaction_api.api.jsonapi.encoding import Fragment, array
from wallet_transaction_api.api.jsonapi.endpoints import JsonApiView
from wallet_transaction_api.api.jsonapi.listing import Cut, Listing, Pairs
from wallet_transaction_api.api.jsonapi.objects import Object, Values
from wallet_transaction_api.api.jsonapi.own import Holdings
from wallet_transaction_api.api.jsonapi.parameters import Query
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
        holdings = self._holdings(resource) if is_whole else None
        is_direct = is_whole and resource.follows_wallets and not query.condition

        def some() -> QuerySet[Any]:
            wanted = rows().filter(query.condition)
            return wanted.filter(**resource.among(holdings.versions)) if holdings else wanted

        def own(start: int, stop: int) -> list[Values]:
            return reader.own(resource, self.caller.actor.pk, holdings, start, stop)

        is_of_a_period = _is_page_of_a_period(query)
        by_index = not (holdings and holdings.is_sparse) and not is_of_a_period
        walk = by_index and sorting.is_of_one_table(query.keys) and not _looks_aside(query.pairs)

        def fetch(some: QuerySet[Any]) -> list[Values]:
            page = _chosen_first(some) if is_of_a_period else some
            return reader.rows(resource, page, query.keys, walk=walk)

        return Listing(
            rows=SimpleLazyObject(some),
            direct=own if is_direct and self.caller.sees_own_only else None,
            by_index=by_index,
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


def _is_page_of_a_period(query: Query) -> bool:
    """Tell whether PostgreSQL is to find a numbered page by the index of moments, and sort it.

    Moments and ids grow together, which its planner does not know: in the order of ids it would
    expect a period's rows everywhere, and read all that came before the period.
    """
    is_by_id = query.page.profile is None and query.keys == (sorting.BY_ID,)
    named = (name for name, _ in query.pairs)
    return connection.vendor == "postgresql" and is_by_id and filters.bound_a_period(named)


def _chosen_first(page: QuerySet[Any]) -> QuerySet[Any]:
    """Have a sorted page's rows chosen before what belongs to them is looked up.

    Else the whole period is joined with the wallets, for which PostgreSQL may read all of them.
    """
    chosen: QuerySet[Any] = page.model.objects.filter(pk__in=page.values("pk"))
    return chosen.order_by("pk")


def _looks_aside(pairs: Pairs) -> bool:
    """Tell whether a filter may lie behind a relationship (`filter[wallet.label]`)."""
    names = [name for name, _ in pairs if name.startswith("filter[")]
    return any(filters.is_behind_a_relationship(name) for name in names)
