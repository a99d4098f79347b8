"""What every endpoint does: checks a request from the outside in, then wraps its answer."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from functools import cached_property
from typing import Any, ClassVar

from django.http import HttpResponse, HttpResponseNotModified
from django.urls import get_script_prefix
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wallet_transaction_api.api import idempotency as keys
from wallet_transaction_api.api.idempotency import Outcome
from wallet_transaction_api.api.jsonapi import (
    bodies,
    documents,
    encoding,
    negotiation,
    parameters,
    preconditions,
    refusals,
    tags,
)
from wallet_transaction_api.api.jsonapi.callers import Caller
from wallet_transaction_api.api.jsonapi.documents import Document
from wallet_transaction_api.api.jsonapi.encoding import Object
from wallet_transaction_api.api.jsonapi.listing import with_parameters
from wallet_transaction_api.api.jsonapi.parameters import Families, Query
from wallet_transaction_api.api.jsonapi.problems import (
    Problem,
    Refused,
    StateRefused,
    bad_parameter,
)
from wallet_transaction_api.api.jsonapi.reading import Reader
from wallet_transaction_api.api.jsonapi.resources import Resource
from wallet_transaction_api.api.jsonapi.sorting import BY_ID, Keys
from wallet_transaction_api.api.jsonapi.types import RESOURCES
from wallet_transaction_api.api.permissions import MayUseApi
from wallet_transaction_api.ledger import errors, idempotency
from wallet_transaction_api.ledger.idempotency import Around

#: Where the face is mounted, below the script's own prefix.
PREFIX = "api"
#: Where its OpenAPI document is, below the face's own URL.
DESCRIBED_BY = "openapi.json"
WITH_DOCUMENT = frozenset({"POST", "PATCH"})


class JsonApiView(APIView):
    """Checks a request from the outside in: method, media types, parameters; then answers it."""

    resource: Resource = RESOURCES["wallets"]
    permission_classes = (MayUseApi,)
    renderer_classes = (negotiation.DocumentRenderer,)
    parser_classes = ()
    content_negotiation_class = negotiation.Negotiation
    #: What each method takes of the query string; nothing unless listed.
    families: ClassVar[Mapping[str, Families]] = {}
    #: The extension that requests with a document and their answers apply.
    ext: ClassVar[str | None] = None

    caller: Caller
    query: Query
    #: The request's document, once read: what pointers point into.
    body: Any = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse, before anything is done, what this endpoint does not do."""
        super().initial(request, *args, **kwargs)
        _refuse_override(request)
        if request.method not in self.allowed_methods:
            raise exceptions.MethodNotAllowed(str(request.method))
        has_document = request.method in WITH_DOCUMENT
        ext = frozenset({self.ext} if self.ext and has_document else ())
        negotiation.refuse_foreign_body(request, has_document=has_document, ext=ext)
        self.caller = Caller(request)
        if self.resource.reserved and request.method != "OPTIONS":
            self.caller.require_staff("view", self.resource.reserved)
        self.query = parameters.read(
            request, self.subject(), self.honoured(), staff=self.caller.staff, keys=self.keys()
        )

    def subject(self) -> Resource:
        """Return the type that the query string is about."""
        return self.resource

    def keys(self) -> Keys:
        """Return what orders a list whose order the caller leaves open."""
        return (BY_ID,)

    def honoured(self) -> Families:
        """Return the families of parameters that this method honours."""
        method = "GET" if self.request.method == "HEAD" else str(self.request.method)
        return self.families.get(method, parameters.NONE)

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Answer with the Allow header alone: there is no document to send."""
        return Response(status=204)

    def get_exception_handler(self) -> Any:
        """Answer every refusal with an error document."""
        return refusals.answer

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Say what the answer depends on, and that it is the caller's own."""
        return {**super().default_response_headers, **negotiation.HEADERS}

    @cached_property
    def root(self) -> str:
        """The face's URL, without a trailing slash."""
        return self.request.build_absolute_uri(f"{get_script_prefix()}{PREFIX}")

    @cached_property
    def url(self) -> str:
        """The endpoint's URL, in its one spelling."""
        return self.request.build_absolute_uri(self.request.path).rstrip("/")

    def reader(self) -> Reader:
        """Return a reader for the caller's query."""
        return Reader(self.request, self.query, root=self.root, staff=self.caller.staff)

    def read_document(self, *, resource_id: str | None) -> Document:
        """Return the request's document."""
        self.body = bodies.read(self.request)
        return documents.read(self.body, self.resource, resource_id=resource_id)

    def once(
        self, work: Callable[[], HttpResponse], *, around: Around = nullcontext
    ) -> HttpResponse:
        """Do the work, once only under an idempotency key, and return its answer.

        An earlier request's answer under the same key is given before anything is read. `around`
        is entered where no database transaction is open yet.
        """
        claim = keys.claim_of(self.request, owner_id=self.caller.actor.pk, write=self._of_outcome)
        if claim is None:
            with around():
                return work()
        earlier = keys.replay(self.request, claim)
        if earlier is not None:
            return earlier
        self._refuse_include()
        by_state = (errors.StateRefusal, StateRefused)
        kept = idempotency.once(claim, work, by_state=by_state, around=around)
        return keys.response_of(self.request, kept)

    def _of_outcome(self, outcome: HttpResponse | Exception) -> Outcome:
        effects = self.caller.effects
        if isinstance(outcome, HttpResponse):
            return Outcome(
                response=outcome, wallet_ids=effects.wallet_ids, is_kept=effects.are_once
            )
        refused: Any = refusals.answer(outcome, {"view": self})
        body = encoding.encode(refused.data)
        response = HttpResponse(
            body, content_type=negotiation.MEDIA_TYPE, status=refused.status_code
        )
        return Outcome(response=response, wallet_ids=effects.wallet_ids)

    def _refuse_include(self) -> None:
        """Refuse to include under a key: what is kept is one resource, not what surrounds it."""
        if self.query.include:
            detail = "Leave include out beside an Idempotency-Key: fetch the rest afterwards."
            raise bad_parameter("invalid_include", "include", detail)

    def answer(
        self,
        document: Object,
        *,
        links: Mapping[str, str | None] | None = None,
        profile: str | None = None,
        about: tags.Subject | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """Answer with a whole document; its own link carries the request's parameters.

        `about` is the resource and version that the answer shows, if it shows one.
        """
        kind = negotiation.content_type(ext=self.ext, profile=profile)
        own: Any = with_parameters(self.url, self.query.pairs)
        if profile:
            own = {"href": own, "type": kind}
        every = {"self": own, "describedby": f"{self.root}/{DESCRIBED_BY}", **(links or {})}
        body = encoding.encode({**_head(self.ext, profile), "links": every, **document})
        response = HttpResponse(body, content_type=kind, status=status)
        return self._tagged(response, about) if self.ext is None else response

    def _tagged(self, response: HttpResponse, about: tags.Subject | None) -> HttpResponse:
        """Add the entity tag; answer a read only as far as the client asks for news."""
        tag = tags.of(response.content, response["Content-Type"], about)
        if self.request.method in {"GET", "HEAD"}:
            wanted, known = map(self.request.headers.get, ("If-Match", "If-None-Match"))
            if wanted is not None and not tags.is_known(wanted, tag):
                raise preconditions.failed()
            if known is not None and tags.is_known(known, tag):
                response = HttpResponseNotModified()
        response["ETag"] = tag
        return response


def _head(ext: str | None, profile: str | None) -> Object:
    """Return the member that says which JSON:API this is."""
    applied = {name: [uri] for name, uri in (("ext", ext), ("profile", profile)) if uri}
    return {"jsonapi": {"version": "1.1", **applied}}


def _refuse_override(request: Request) -> None:
    """Refuse to take a POST for another method: proxies would judge one and we do the other."""
    header = "X-HTTP-Method-Override"
    if request.method == "POST" and request.headers.get(header, "POST").upper() != "POST":
        detail = "Send the method itself: no method stands for another here."
        source = {"header": header}
        raise Refused(Problem(status=400, code="method_overridden", detail=detail, source=source))
