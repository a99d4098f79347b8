"""The query string, read strictly: what an endpoint does not honour is refused, never ignored."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from django.db.models import Q
from rest_framework.request import Request

from wallet_transaction_api.api.client_text import quoted
from wallet_transaction_api.api.jsonapi import (
    figures,
    filters,
    inclusion,
    kinds,
    negotiation,
    pagination,
    sorting,
)
from wallet_transaction_api.api.jsonapi.figures import Wanted
from wallet_transaction_api.api.jsonapi.inclusion import Tree
from wallet_transaction_api.api.jsonapi.listing import Pairs
from wallet_transaction_api.api.jsonapi.pagination import Page
from wallet_transaction_api.api.jsonapi.problems import bad_parameter
from wallet_transaction_api.api.jsonapi.resources import Resource
from wallet_transaction_api.api.jsonapi.sorting import Keys

Families: TypeAlias = frozenset[str]
NONE: Families = frozenset()
AS_OF = "asOf"
OF_ONE: Families = frozenset({"include", "fields"})
OF_PAST: Families = OF_ONE | {AS_OF}
OF_LINKAGE: Families = frozenset({"sort", "filter", "page"})
OF_MANY: Families = OF_ONE | OF_LINKAGE | {"withStats"}
MOST_PARAMETERS = 100
#: Families that are one parameter, without a member in brackets.
_BARE = frozenset({"include", "sort", AS_OF})


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What the caller asked for. `include` is None when the parameter is absent."""

    pairs: Pairs = ()
    include: Tree | None = None
    fields: dict[str, frozenset[str]] = field(default_factory=dict)
    keys: Keys = (sorting.BY_ID,)
    condition: Q = field(default_factory=Q)
    page: Page = pagination.FIRST
    wanted: Wanted = field(default_factory=dict)
    as_of: datetime | None = None


def read(
    request: Request,
    resource: Resource,
    families: Families,
    *,
    staff: bool,
    keys: Keys = (sorting.BY_ID,),
) -> Query:
    """Return the query about the resource; raises 400 naming the parameter at fault.

    `keys` order a list whose order the caller leaves open.
    """
    pairs = tuple(_pairs(request.META.get("QUERY_STRING", "")))
    _refuse_strangers(pairs, families)
    _refuse_repetitions(pairs)
    shown = _shown(resource, pairs, staff=staff)
    page = _page(request, pairs) if "page" in families else pagination.FIRST
    return Query(
        pairs=pairs,
        **shown,
        page=page,
        keys=_keys(resource, pairs, page, staff=staff) or keys,
        condition=_condition(resource, pairs, staff=staff),
    )


def _shown(resource: Resource, pairs: Pairs, *, staff: bool) -> dict[str, Any]:
    """Return what the document shall hold: members, resources, figures, of which moment."""
    once = dict(pairs)
    include, moment = once.get("include"), once.get(AS_OF)
    return {
        "include": None if include is None else inclusion.read_include(resource, include),
        "as_of": None if moment is None else _moment(moment),
        "fields": dict(
            inclusion.read_fields(name, text, staff=staff) for name, text in _of(pairs, "fields")
        ),
        "wanted": dict(
            figures.read(resource, name, text, staff=staff)
            for name, text in _of(pairs, "withStats")
        ),
    }


def _page(request: Request, pairs: Pairs) -> Page:
    profile = negotiation.wanted_profile(request)
    return pagination.read(dict(_of(pairs, "page")), profile=profile)


def _keys(resource: Resource, pairs: Pairs, page: Page, *, staff: bool) -> Keys:
    """Return the keys that `sort` names; none without it."""
    text = dict(pairs).get("sort")
    if text is None:
        return ()
    return sorting.read(resource, text, staff=staff, by_cursor=page.profile is not None)


def _pairs(query_string: str) -> Iterator[tuple[str, str]]:
    """Decode the parameters, refusing what is not UTF-8 and what no database stores."""
    text = query_string.encode("latin-1", "replace").decode("utf-8", "surrogateescape")
    pairs = parse_qsl(text, keep_blank_values=True, errors="surrogateescape")
    if len(pairs) > MOST_PARAMETERS:
        raise bad_parameter("invalid_parameter", pairs[-1][0], "Too many parameters.")
    for name, value in pairs:
        if not _is_clean(name + value):
            raise bad_parameter("invalid_parameter", name, "Write UTF-8 without NUL, encoded.")
        yield name, value


def _is_clean(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _family(name: str) -> str:
    return name.partition("[")[0]


def _of(pairs: Pairs, family: str) -> list[tuple[str, str]]:
    return [(name, value) for name, value in pairs if _family(name) == family]


def _moment(text: str) -> datetime:
    try:
        moment: datetime = kinds.INSTANT.read(text)
    except ValueError as error:
        raise bad_parameter("invalid_parameter", AS_OF, f"{AS_OF}: {error}.") from None
    return moment


def _refuse_strangers(pairs: Pairs, families: Families) -> None:
    for name, _ in pairs:
        family = _family(name)
        if family not in families or (family in _BARE and name not in _BARE):
            known = f"Here: {', '.join(sorted(families))}." if families else "Here: none."
            detail = f"{quoted(name)} is not known here. {known}"
            raise bad_parameter("unknown_parameter", name, detail)


def _refuse_repetitions(pairs: Pairs) -> None:
    for name, times in Counter(name for name, _ in pairs).items():
        if times > 1 and not (_family(name) == "filter" and name.endswith("[]")):
            detail = f"{quoted(name)} is given {times} times."
            raise bad_parameter("repeated_parameter", name, detail)


def _condition(resource: Resource, pairs: Pairs, *, staff: bool) -> Q:
    values: dict[str, list[str]] = {}
    for name, value in _of(pairs, "filter"):
        values.setdefault(name, []).append(value)
    condition = Q()
    for name, texts in values.items():
        condition &= filters.read(resource, name, texts, staff=staff)
    return condition
