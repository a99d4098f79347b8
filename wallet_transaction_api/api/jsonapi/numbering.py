"""Pages by number: `page[number]`, `page[size]`."""

from dataclasses import dataclass

from wallet_transaction_api.api.jsonapi.encoding import Object
from wallet_transaction_api.api.jsonapi.listing import Cut, Listing

#: Beyond this no table reaches; databases' offsets end not far above.
LAST_NUMBER = 10**12


@dataclass(frozen=True, slots=True)
class NumberPage:
    """A page by its number, from 1, and its size; uncounted, nobody knows which is the last."""

    number: int
    size: int
    counted: bool = True
    profile = None

    def cut(self, listing: Listing) -> Cut:
        """Fetch the page; uncounted, one row more tells whether another page follows."""
        start, stop = (self.number - 1) * self.size, self.number * self.size
        if not self.counted:
            rows = listing.cut(start, stop + 1)
            links = self._links(listing, self.number + (len(rows) > self.size))
            links["last"] = None
            return Cut(rows=rows[: self.size], links=links, meta={"page": self._meta()})
        total = listing.total(listing)
        rows = listing.cut(start, stop) if start < total else []
        links = self._links(listing, max(1, -(-total // self.size)))
        return Cut(rows=rows, links=links, meta=self._counted(total))

    def _links(self, listing: Listing, last: int) -> dict[str, str | None]:
        """Return the page links; null where there is no such page."""

        def link(number: int) -> str | None:
            return listing.link(number=number) if 1 <= number <= last else None

        return {
            "first": link(1),
            "last": link(last),
            "prev": link(min(self.number - 1, last)),
            "next": link(self.number + 1),
        }

    def _meta(self) -> Object:
        return {"number": self.number, "size": self.size}

    def _counted(self, total: int) -> Object:
        """Return the counts, where most clients look for them."""
        return {"page": {**self._meta(), "total": total}, "total": total}
