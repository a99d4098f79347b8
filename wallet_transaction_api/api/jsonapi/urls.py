"""The routes of the face; each also with a trailing slash, for every method, unredirected."""

from collections.abc import Iterator

from django.urls import URLPattern, re_path

from wallet_transaction_api.api.jsonapi import atomic, relations, views
from wallet_transaction_api.api.jsonapi.resources import Resource
from wallet_transaction_api.api.jsonapi.types import RESOURCES

_KEY, _NAME = r"(?P<key>[^/]+)", r"(?P<name>[^/]+)"
_ENDPOINTS = (
    ("collection", "", views.CollectionView),
    ("resource", f"/{_KEY}", views.ResourceView),
    ("relationship", f"/{_KEY}/relationships/{_NAME}", relations.RelationshipView),
    ("related", f"/{_KEY}/{_NAME}", relations.RelatedView),
)


def _routes(resource: Resource) -> Iterator[URLPattern]:
    for name, path, view in _ENDPOINTS if resource.relationships else _ENDPOINTS[:2]:
        yield re_path(
            rf"^{resource.type}{path}/?\Z",
            view.as_view(resource=resource),
            name=f"{resource.type}-{name}",
        )


urlpatterns = [
    re_path(r"^operations/?\Z", atomic.OperationsView.as_view(), name="operations"),
    *(route for resource in RESOURCES.values() for route in _routes(resource)),
]
