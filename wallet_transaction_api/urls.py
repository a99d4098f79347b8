"""The front door's routes."""

from django.contrib import admin
from django.urls import include, path, re_path

from wallet_transaction_api.admin.login import login
from wallet_transaction_api.api import health, trouble
from wallet_transaction_api.api.jsonapi.root import RootView
from wallet_transaction_api.api.plain.endpoints import Endpoint, probes

urlpatterns = [
    path("api/", include("wallet_transaction_api.api_urls")),
    re_path(r"^livez/?\Z", Endpoint(probes, GET=health.livez)),
    re_path(r"^readyz/?\Z", Endpoint(probes, GET=health.readyz)),
    path("admin", admin.site.admin_view(admin.site.index)),
    path("admin/", include([path("login/", login)])),
    path("admin/", admin.site.urls),
    re_path(r"^api/?\Z", RootView.as_view()),
    re_path(r"^api(?:/|\Z)", trouble.nothing_here),
]
handler400 = "wallet_transaction_api.api.trouble.bad_request"
handler403 = "wallet_transaction_api.api.trouble.permission_denied"
handler404 = "wallet_transaction_api.api.trouble.page_not_found"
handler500 = "wallet_transaction_api.api.trouble.server_error"
