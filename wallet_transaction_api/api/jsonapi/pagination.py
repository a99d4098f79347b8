"""The `page` family: by number, counted, or by cursor (`seeking`); strict, links keep the rest.

`page[number]` and `page[size]` page by number. `page[after]` and `page[before]`, or an Accept
header that names the profile, page by cursor. `page[totals]` asks for the count or spares it:
by number it is made unless declined, by cursor only if asked for.
"""

import re
from collections.abc import Mapping

from wallet_transaction_api.api.jsonapi.negotiation import CURSOR_ERRORS, CURSOR_PROFILE
from wallet_transaction_api.api.jsonapi.numbering import LAST_NUMBER, NumberPage
from wallet_transaction_api.api.jsonapi.problems import Problem, Refused, bad_parameter
from wallet_transaction_api.api.jsonapi.seeking import CursorPage

DEFAULT_SIZE = 20
LARGEST_SIZE = 200
_NUMBER = re.compile(r"[0-9]{1,13}")
_NAMES = frozenset({"number", "size", "after", "before", "totals"})
_TOTALS = {"true": True, "false": False}
Page = NumberPage | CursorPage
FIRST = NumberPage(1, DEFAULT_SIZE)


def read(parameters: Mapping[str, str], *, profile: str | None) -> Page:
    """Return the page that the parameters of the family name; refuses what is not of it.

    `profile` is the cursor profile as the client asked for it, if it did.
    """
    given = {_member(name): text for name, text in parameters.items()}
    by_cursor = bool(given.keys() & {"after", "before"})
    totals = _totals(given["totals"]) if "totals" in given else None
    if "number" in given:
        if by_cursor:
            raise _refused("number", "Page by number or by cursor, not by both.")
        number = _whole("number", given["number"], LAST_NUMBER)
        return NumberPage(number, _size(given, DEFAULT_SIZE), counted=totals is not False)
    if profile or by_cursor:
        usual = LARGEST_SIZE if {"after", "before"} <= given.keys() else DEFAULT_SIZE
        return CursorPage(
            size=_size(given, usual),
            after=given.get("after"),
            before=given.get("before"),
            counted=totals is True,
            profile=profile or CURSOR_PROFILE,
        )
    return NumberPage(1, _size(given, DEFAULT_SIZE), counted=totals is not False)


def _member(name: str) -> str:
    member = name[len("page[") : -1]
    if member not in _NAMES or name != f"page[{member}]":
        known = ", ".join(f"page[{item}]" for item in sorted(_NAMES))
        raise bad_parameter("invalid_page", name, f"Pages are asked for by {known}.")
    return member


def _totals(text: str) -> bool:
    if text not in _TOTALS:
        raise _refused("totals", "Give true or false.")
    return _TOTALS[text]


def _size(given: Mapping[str, str], usual: int) -> int:
    """Read the size; too large a one is refused as the cursor profile wants it, always."""
    if "size" not in given:
        return usual
    size = _whole("size", given["size"], LARGEST_SIZE)
    if size > LARGEST_SIZE:
        raise Refused(
            Problem(
                status=400,
                code="invalid_page",
                detail=f"A page has at most {LARGEST_SIZE} items.",
                source={"parameter": "page[size]"},
                meta={"page": {"maxSize": LARGEST_SIZE}},
                links={"type": f"{CURSOR_ERRORS}max-size-exceeded"},
            )
        )
    return size


def _whole(member: str, text: str, most: int) -> int:
    """Read a number that could count rows; tells `most`, beyond which it may yet be refused."""
    number = int(text) if _NUMBER.fullmatch(text) else 0
    if not 1 <= number <= LAST_NUMBER:
        raise _refused(member, f"Give a whole number from 1 to {most}.")
    return number


def _refused(member: str, detail: str) -> Refused:
    return bad_parameter("invalid_page", f"page[{member}]", detail)
