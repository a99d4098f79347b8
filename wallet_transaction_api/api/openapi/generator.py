"""Puts the document together for drf-spectacular: `manage.py spectacular` and the page's JSON."""

from collections.abc import Iterator
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.plumbing import ResolvedComponent

from wallet_transaction_api.api.jsonapi.negotiation import MEDIA_TYPE
from wallet_transaction_api.api.openapi import (
    answers,
    plain_paths,
    queries,
    resource_paths,
    resources,
)
from wallet_transaction_api.api.openapi.members import Schema


class Generator(SchemaGenerator):
    """Takes paths from our declarations instead of guessing them from views.

    The views are not made of serializers: what they answer is declared in `jsonapi.types`, and
    introspection would find nothing of it.
    """

    def parse(self, input_request: Any, public: bool) -> dict[str, Any]:
        """Name the components and return the paths."""
        for kind, name, schema in _components():
            self.registry.register(ResolvedComponent(name, kind, schema, object=name))
        return {**resource_paths.paths(), **plain_paths.paths()}


def _components() -> Iterator[tuple[str, str, Schema]]:
    bearer = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    plain = answers.refusals(plain_paths.PLAIN, answers.JSON, resources.ref("PlainError"))
    groups: dict[str, dict[str, Schema]] = {
        ResolvedComponent.SCHEMA: resources.schemas() | plain_paths.schemas(),
        ResolvedComponent.PARAMETER: queries.named(),
        ResolvedComponent.RESPONSE: answers.refusals("", MEDIA_TYPE, resources.ref("Errors"))
        | plain,
        "headers": answers.headers(),
        ResolvedComponent.SECURITY_SCHEMA: {answers.BEARER: bearer},
    }
    for kind, named in groups.items():
        yield from ((kind, name, schema) for name, schema in named.items())
