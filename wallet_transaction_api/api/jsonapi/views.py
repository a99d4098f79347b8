"""The endpoints of a resource type: the collection and the single resource."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from wallet_transaction_api.api import moments
from wallet_transaction_api.api.jsonapi import parameters, past, preconditions, sorting
from wallet_transaction_api.api.jsonapi.commands import COMMANDS, do
from wallet_transaction_api.api.jsonapi.endpoints import JsonApiView
from wallet_transaction_api.api.jsonapi.lists import ListView
from wallet_transaction_api.api.jsonapi.objects import Values
from wallet_transaction_api.api.jsonapi.parameters import Families
from wallet_transaction_api.api.jsonapi.reading import Reader
from wallet_transaction_api.api.jsonapi.sorting import Keys

_COMMAND_OF = {"POST": "create", "PATCH": "update", "DELETE": "delete"}


class _CommandView(JsonApiView):
    """An endpoint of one type; it offers the methods that the type has a command for."""

    def _allowed_methods(self) -> list[str]:
        commands = COMMANDS.get(self.resource.type)
        offered: list[str] = super()._allowed_methods()  # type: ignore[misc]
        return [
            method
            for method in offered
            if method not in _COMMAND_OF or hasattr(commands, _COMMAND_OF[method])
        ]


class CollectionView(_CommandView, ListView):
    """`/wallets`: list and create."""

    families: ClassVar[Mapping[str, Families]] = {
        "GET": parameters.OF_MANY,
        "POST": parameters.OF_ONE,
    }

    def keys(self) -> Keys:
        """Return the order that the type declares."""
        return sorting.by_columns(self.resource, *self.resource.order)

    def get(self, request: Request) -> HttpResponse:
        """List the visible resources."""
        return self.answer_page(
            self.resource, lambda: self.resource.visible(request), is_whole=True
        )

    def post(self, request: Request) -> HttpResponse:
        """Create a resource; answers 201 with it and where it is."""
        preconditions.refuse_any(request)
        return self.once(self._create)

    def _create(self) -> HttpResponse:
        document = self.read_document(resource_id=None)
        row = do("create", self.resource.type, self.caller, document)
        reader = self.reader()
        values = reader.plan(self.resource).values(row)
        url = f"{self.url}/{values[0]}"
        response = self.answer(
            reader.compound_one(self.resource, values),
            links={"self": url},
            about=reader.about(self.resource, values),
            status=201,
        )
        response["Location"] = url
        return response


class ResourceView(_CommandView):
    """`/wallets/1`: read, update, delete."""

    families: ClassVar[Mapping[str, Families]] = {
        "GET": parameters.OF_PAST,
        "PATCH": parameters.OF_ONE,
    }

    def honoured(self) -> Families:
        """Take `asOf` where the past is known."""
        families = super().honoured()
        return families if self.resource.past else families - {parameters.AS_OF}

    def get(self, request: Request, key: str) -> HttpResponse:
        """Answer with the resource, as it is or as it was."""
        if self.query.as_of is not None:
            return self._answer_past(key, self.query.as_of)
        reader = self.reader()
        return self._answer_one(reader, reader.one(self.resource, key))

    def patch(self, request: Request, key: str) -> HttpResponse:
        """Update the resource; answers with it, since the server computes members of its own."""
        return self.once(lambda: self._update(key))

    def delete(self, request: Request, key: str) -> HttpResponse:
        """Delete the resource by the ledger's rules."""
        return self.once(lambda: self._delete(key))

    def _answer_past(self, key: str, moment: datetime) -> HttpResponse:
        """Answer with what is known of the moment; no version of today is named in the tag."""
        past.refuse_unknown(self.caller, self.resource, key, moment)
        self.query = past.query_of(self.query, self.resource)
        reader = self.reader()
        row = past.one(reader, self.resource, key, moment)
        meta = {parameters.AS_OF: moments.write(moment)}
        return self.answer({**reader.compound_one(self.resource, row), "meta": meta})

    def _update(self, key: str) -> HttpResponse:
        document = self.read_document(resource_id=key)
        row = preconditions.conditionally(
            self.caller,
            self.resource,
            key,
            lambda: do("update", self.resource.type, self.caller, key, document),
        )
        reader = self.reader()
        plan = reader.plan(self.resource)
        return self._answer_one(reader, plan.values(row) if row else reader.one(self.resource, key))

    def _delete(self, key: str) -> HttpResponse:
        preconditions.conditionally(
            self.caller,
            self.resource,
            key,
            lambda: do("delete", self.resource.type, self.caller, key),
        )
        response = HttpResponse(status=204)
        del response["Content-Type"]
        return response

    def _answer_one(self, reader: Reader, row: Values) -> HttpResponse:
        document = reader.compound_one(self.resource, row)
        return self.answer(document, about=reader.about(self.resource, row))
