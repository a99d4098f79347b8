"""By which way a database finds a list's rows soonest, which its planner does not know by itself.

Whatever the way, the rows are the same: see `own` for whose they are.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from wallet_transaction_api.api.jsonapi import filters, sorting
from wallet_transaction_api.api.jsonapi.own import Holdings
from wallet_transaction_api.api.jsonapi.parameters import Query
from wallet_transaction_api.api.jsonapi.resources import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How the rows are found and put in order."""

    #: The owner whose wallets are named by their ids, if they are.
    holdings: Holdings | None
    #: Whether an index in the order of the keys is of use.
    by_index: bool
    #: Whether the rows are to be met in the order of an index of their own table.
    walks: bool
    #: Whether a page is chosen before what belongs to its rows is looked up.
    chooses_first: bool

    def narrowed(self, rows: QuerySet[Any], resource: Resource) -> QuerySet[Any]:
        """Name the wallets whose rows these are."""
        return rows.filter(**resource.among(self.holdings.versions)) if self.holdings else rows

    def page(self, cut: QuerySet[Any], whole: QuerySet[Any]) -> QuerySet[Any]:
        """Return what fetches the rows of a page cut from the whole list."""
        if not self.chooses_first:
            return cut
        return whole.filter(pk__in=cut.values("pk")).order_by("pk")


def choose(query: Query, holdings: Holdings | None) -> Way:
    """Return the way to a list; `holdings` are the owner's whose rows these are, if known."""
    names = [name for name, _ in query.pairs if name.startswith("filter[")]
    is_of_a_period = _is_page_of_a_period(query, names)
    by_index = not (holdings and holdings.is_sparse) and not is_of_a_period
    looks_aside = any(filters.is_behind_a_relationship(name) for name in names)
    return Way(
        holdings=holdings,
        by_index=by_index,
        walks=by_index and sorting.is_of_one_table(query.keys) and not looks_aside,
        chooses_first=is_of_a_period,
    )


def _is_page_of_a_period(query: Query, names: list[str]) -> bool:
    """Tell whether PostgreSQL is to find a numbered page by the index of moments, and sort it.

    Moments and ids grow together, which its planner does not know: in the order of ids it would
    expect a period's rows everywhere, and read all that came before the period. Of a period it
    sorts every row, so these are not joined with the wallets first, for which it might read all
    of them.
    """
    is_by_id = query.page.profile is None and query.keys == (sorting.BY_ID,)
    return connection.vendor == "postgresql" and is_by_id and filters.bound_a_period(names)
