"""The face's root: where the resources are."""

from django.http import HttpResponse
from rest_framework.request import Request

from wallet_transaction_api.api.jsonapi.endpoints import JsonApiView
from wallet_transaction_api.api.jsonapi.types import RESOURCES


class RootView(JsonApiView):
    """`/`: where the resources are."""

    def get(self, request: Request) -> HttpResponse:
        """Answer with the collections' URLs, as information about no resource in particular."""
        urls = {name: f"{self.root}/{name}" for name in (*RESOURCES, "operations")}
        return self.answer({"meta": {"endpoints": urls}})
