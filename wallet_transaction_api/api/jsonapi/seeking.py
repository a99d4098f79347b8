"""Pages by cursor, found by index however far in: JSON:API's cursor pagination profile.

https://jsonapi.org/profiles/ethanresnick/cursor-pagination/. A cursor holds the sort values of
a row, so it keeps its place when the row is deleted and when others come and go.
"""

from dataclasses import dataclass
from typing import TypeAlias

from wallet_transaction_api.api.jsonapi import keysets
from wallet_transaction_api.api.jsonapi.cursors import END, START, Place, Signer
from wallet_transaction_api.api.jsonapi.encoding import Object
from wallet_transaction_api.api.jsonapi.listing import Cut, Listing
from wallet_transaction_api.api.jsonapi.objects import Values

Links: TypeAlias = dict[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The part of a list behind one place and before another; read backwards from its end."""

    after: Place | None
    before: Place | None
    backwards: bool

    @property
    def is_range(self) -> bool:
        """Whether it is bounded on both sides."""
        return self.after is not None and self.before is not None

    def fetch(self, listing: Listing, size: int) -> list[Values]:
        """Fetch the first rows of the span, or the last ones, the last first."""
        rows, keys = listing.rows, listing.keys
        backward = tuple(key.reversed() for key in keys)
        if self.after is not None:
            rows = keysets.beyond(rows, keys, self.after)
        if self.before is not None:
            rows = keysets.beyond(rows, backward, self.before)
        order = backward if self.backwards else keys
        return listing.fetch(listing.ordered(rows, order)[:size])


@dataclass(frozen=True, slots=True, kw_only=True)
class CursorPage:
    """`size` rows right after a cursor, right before one, or between two; else the first ones."""

    size: int
    after: str | None
    before: str | None
    counted: bool
    #: The profile's name as the client spelt it: what the answer claims to follow.
    profile: str

    def cut(self, listing: Listing) -> Cut:
        """Fetch the page and one row more, which tells whether the list goes on."""
        signer = Signer(listing)
        span = self._span(signer)
        rows = span.fetch(listing, self.size + 1)
        more, rows = len(rows) > self.size, rows[: self.size]
        if span.backwards:
            rows.reverse()
        marks = [signer.write(row[-len(listing.keys) :]) for row in rows]
        links: Links = {
            "first": listing.link("before", after=signer.write(START)),
            "last": listing.link("after", before=signer.write(END)),
        }
        if marks:
            links |= self._beside(listing, span, marks, more=more)
        else:
            links |= self._around_nothing(listing, span, links)
        meta = self._meta(listing, truncated=more and span.is_range)
        return Cut(rows=rows, links=links, meta=meta, cursors=marks)

    def _span(self, signer: Signer) -> Span:
        after, before = self._place(signer, "after"), self._place(signer, "before")
        after = None if after == START else after
        return Span(
            after=after,
            before=None if before == END else before,
            backwards=after is None and before is not None,
        )

    def _place(self, signer: Signer, member: str) -> Place | None:
        text = getattr(self, member)
        return None if text is None else signer.read(text, parameter=f"page[{member}]")

    def _beside(self, listing: Listing, span: Span, marks: list[str], *, more: bool) -> Links:
        """Return `prev` and `next`: null where the list is known to end, else where it goes on.

        On the side of a cursor that was given there was a row once; if it is gone, the link
        may lead to an empty page, as the profile allows.
        """
        back = listing.link("after", before=marks[0])
        forth = listing.link("before", after=marks[-1])
        if span.backwards:
            return {"prev": back if more else None, "next": forth if span.before else None}
        if span.is_range and more:
            forth = listing.link(after=marks[-1])
        has_next = more or span.before is not None
        return {"prev": back if span.after else None, "next": forth if has_next else None}

    def _around_nothing(self, listing: Listing, span: Span, ends: Links) -> Links:
        """Return links from an empty page: to what lies on either side of it."""
        if span.is_range:
            back = listing.link("after", before=str(self.before))
            return {"prev": back, "next": listing.link("before", after=str(self.after))}
        return {
            "prev": ends["last"] if span.after else None,
            "next": ends["first"] if span.before else None,
        }

    def _meta(self, listing: Listing, *, truncated: bool) -> Object:
        page: Object = {"size": self.size}
        if truncated:
            page["rangeTruncated"] = True
        if not self.counted:
            return {"page": page}
        total = listing.total(listing)
        return {"page": {**page, "total": total}, "total": total}
