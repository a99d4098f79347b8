"""Media types: which requests and answers are JSON:API, parameters included.

https://jsonapi.org/format/#content-negotiation-servers. One extension is known, at its own
endpoint (`operations`), and one profile, for lists (`seeking`); an unknown `ext` is refused,
an unknown profile is ignored.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from django.utils.http import parse_header_parameters
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from wallet_transaction_api.api.jsonapi.encoding import encode
from wallet_transaction_api.api.jsonapi.problems import Problem, Refused
from wallet_transaction_api.text_cache import text_cache

MEDIA_TYPE = "application/vnd.api+json"
ATOMIC = "https://jsonapi.org/ext/atomic"
#: As the profile's page spells it; some write https, or leave the last slash out.
CURSOR_PROFILE = "https://jsonapi.org/profiles/ethanresnick/cursor-pagination/"
#: The profile's names for refusals begin so.
CURSOR_ERRORS = "https://jsonapi.org/profiles/ethanresnick/cursor-pagination/"
NO_EXT: frozenset[str] = frozenset()
#: On every answer, a refusal and a 304 too. One URL has a different answer for each caller, and
#: a balance may be old the moment after: browsers ask again each time, by ETag.
HEADERS: Mapping[str, str] = MappingProxyType(
    {"Cache-Control": "private, no-cache", "Vary": "Accept, Authorization"}
)
#: Between two commas. It never goes back, so that a long header costs what it is long; a quote
#: that is never closed reaches to the end.
_ITEM = re.compile(r'(?:[^,"]++|"(?:\\.|[^"\\])*+"?+)++')
_Params = Mapping[str, str]
#: Characters of a header that is remembered: what browsers and client libraries send is shorter.
LONGEST_REMEMBERED = 300


class DocumentRenderer(BaseRenderer):
    """Writes documents as UTF-8 JSON."""

    media_type = MEDIA_TYPE
    format = "json"
    charset = None
    render_style = "binary"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        """Return the body; nothing for an answer without a document."""
        if data is None:
            return b""
        return encode(data)


class Negotiation(BaseContentNegotiation):
    """Answers in JSON:API or refuses with 406; no parser of DRF ever sees a body."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:
        """Offer no parser: a form body can reach nobody."""
        return None

    def select_renderer(
        self, request: Request, renderers: Iterable[Any], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        """Return the only renderer, if the client accepts what it writes."""
        accept = request.headers.get("Accept", "")
        if not is_acceptable(accept):
            raise _refused(406, "not_acceptable", "Accept", f"Only {MEDIA_TYPE} can be answered.")
        return next(iter(renderers)), MEDIA_TYPE


@text_cache(most=256, longest=LONGEST_REMEMBERED)
def is_acceptable(accept: str) -> bool:
    """Tell whether an Accept header allows a plain JSON:API answer.

    Instances of the media type with other parameters than `profile` and a known `ext` are
    ignored; if all are like that the answer is no, whatever else is accepted.
    """
    ranges = list(_ranges(accept))
    own = [params for name, params in ranges if name == MEDIA_TYPE]
    if own:
        return any(_is_wanted(params) for params in own)
    wildcards = [params for name, params in ranges if name in {"*/*", "application/*"}]
    return not ranges or any(_quality(params) for params in wildcards)


def wanted_profile(request: Request) -> str | None:
    """Return the cursor profile as the Accept header spells it, if it asks for it."""
    for name, params in _ranges(request.headers.get("Accept", "")):
        if name == MEDIA_TYPE and _is_wanted(params):
            for uri in params.get("profile", "").split():
                if _bare(uri) == _bare(CURSOR_PROFILE):
                    return uri
    return None


def content_type(*, ext: str | None = None, profile: str | None = None) -> str:
    """Return the media type of an answer that applies an extension or a profile."""
    named = [f'{name}="{uri}"' for name, uri in (("ext", ext), ("profile", profile)) if uri]
    return ";".join([MEDIA_TYPE, *named])


def refuse_foreign_body(
    request: Request, *, has_document: bool, ext: frozenset[str] = NO_EXT
) -> None:
    """Refuse with 415 a Content-Type that is not JSON:API with exactly these extensions.

    Without a document to read, any other media type is tolerated, since clients send one with
    GET, but JSON:API with a forbidden parameter is not.
    """
    name, params = _parse(request.headers.get("Content-Type", ""))
    is_foreign = not _is_known(params, ext) or (has_document and _extensions(params) != ext)
    if (has_document and name != MEDIA_TYPE) or (name == MEDIA_TYPE and is_foreign):
        wanted = content_type(ext=next(iter(ext), None))
        detail = f"Send {wanted}, without parameters other than profile."
        raise _refused(415, "unsupported_media_type", "Content-Type", detail)


def _refused(status: int, code: str, header: str, detail: str) -> Refused:
    return Refused(Problem(status=status, code=code, detail=detail, source={"header": header}))


def _is_wanted(params: _Params) -> bool:
    """Tell whether a range of the media type can be answered; its weight is no parameter of it."""
    unweighted = {name: value for name, value in params.items() if name != "q"}
    return _is_known(unweighted, {ATOMIC}) and _quality(params)


def _is_known(params: _Params, ext: Iterable[str]) -> bool:
    return not params.keys() - {"profile", "ext"} and _extensions(params) <= set(ext)


def _extensions(params: _Params) -> frozenset[str]:
    return frozenset(params.get("ext", "").split())


def _bare(uri: str) -> str:
    return uri.removeprefix("https://").removeprefix("http://").rstrip("/")


def _quality(params: _Params) -> bool:
    """Tell whether the range is wanted at all: `q=0` means it is not."""
    return re.fullmatch(r"0(\.0{0,3})?", params.get("q", "1").strip()) is None


def _ranges(accept: str) -> Iterator[tuple[str, _Params]]:
    return (_parse(item) for item in _ITEM.findall(accept) if item.strip())


@text_cache(most=256, longest=LONGEST_REMEMBERED)
def _parse(header: str) -> tuple[str, _Params]:
    try:
        name, params = parse_header_parameters(header)
    except ValueError:
        return "", {}
    return name.strip(), MappingProxyType(params)
