"""A list to be paged, and what was cut from it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import urlencode, urlsplit

from django.db.models import QuerySet

from wallet_transaction_api.api.jsonapi.encoding import Object
from wallet_transaction_api.api.jsonapi.objects import Values
from wallet_transaction_api.api.jsonapi.sorting import Keys, order_by

Pairs: TypeAlias = tuple[tuple[str, str], ...]
#: Fetches rows: the columns of a plan, then those of the keys.
Fetch: TypeAlias = Callable[[QuerySet[Any]], list[Values]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """All rows that the caller asked for, in the order of the keys, before any paging."""

    #: A query set, or what becomes one when it is needed.
    rows: Any
    keys: Keys
    fetch: Fetch
    url: str
    pairs: Pairs
    #: Fetches a slice of the list by a shorter way, where there is one.
    direct: Callable[[int, int], list[Values]] | None = None
    #: Whether an index in the order of the keys is of use.
    by_index: bool = True
    #: How many rows there are, known or counted.
    total: Callable[["Listing"], int]

    @property
    def path(self) -> str:
        """Which list this is, however its members are shown."""
        return urlsplit(self.url).path.replace("/relationships/", "/")

    def cut(self, start: int, stop: int) -> list[Values]:
        """Fetch a slice of the ordered list."""
        if self.direct is not None:
            return self.direct(start, stop)
        return self.fetch(self.ordered(self.rows, self.keys)[start:stop])

    def ordered(self, rows: QuerySet[Any], keys: Keys) -> QuerySet[Any]:
        """Put rows of the list in an order."""
        return rows.order_by(*order_by(keys, by_index=self.by_index))

    def count(self) -> int:
        """Count the rows."""
        return int(self.rows.order_by().count())

    def link(self, *without: str, **page: str | int) -> str:
        """Return the list's URL with its parameters; those of the page family given replaced."""
        named = {f"page[{name}]": str(value) for name, value in page.items()}
        dropped = {f"page[{name}]" for name in without} | named.keys()
        kept = [pair for pair in self.pairs if pair[0] not in dropped]
        return with_parameters(self.url, (*kept, *named.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """One page: its rows, its links, its `meta`; by cursor also each row's cursor."""

    rows: list[Values]
    links: dict[str, str | None]
    meta: Object
    cursors: list[str] = field(default_factory=list)


def with_parameters(url: str, pairs: Pairs) -> str:
    """Return the URL with the parameters, encoded."""
    return f"{url}?{urlencode(pairs)}" if pairs else url
