"""The routes below `/api/`, face by face."""

from django.urls import re_path

from wallet_transaction_api.api.jsonapi.urls import urlpatterns as jsonapi_urls
from wallet_transaction_api.api.openapi import pages
from wallet_transaction_api.api.plain.endpoints import Endpoint, anyone
from wallet_transaction_api.api.plain.urls import urlpatterns as plain_urls

urlpatterns = [
    *plain_urls,
    *jsonapi_urls,
    re_path(r"^openapi\.json/?\Z", Endpoint(anyone, GET=pages.document), name="openapi"),
    re_path(r"^docs/?\Z", Endpoint(anyone, GET=pages.docs), name="docs"),
]
