"""The routes of these faces; each also with a trailing slash, for every method, unredirected."""

from django.urls import URLPattern, re_path

from wallet_transaction_api.api.plain import accounts, my_wallet, operations
from wallet_transaction_api.api.plain.endpoints import (
    Admission,
    Endpoint,
    Handler,
    anyone,
    callers,
    users,
)

_UUID = r"(?P<uuid>[^/]+)"


def _route(path: str, admit: Admission, **handlers: Handler) -> URLPattern:
    return re_path(rf"^{path}/?\Z", Endpoint(admit, **handlers))


#: The hot paths: patterns are tried one by one, and `handler` tries these alone.
OPERATIONS = [
    _route(f"v1/wallets/{_UUID}/operation", callers, POST=operations.operate),
    _route(f"v1/wallets/{_UUID}", callers, GET=operations.balance),
]
urlpatterns = [
    *OPERATIONS,
    _route("wallet/balance", users, GET=my_wallet.balance),
    _route("wallet/credit", users, POST=my_wallet.credit),
    _route("wallet/debit", users, POST=my_wallet.debit),
    _route("wallet/transactions", users, GET=my_wallet.history),
    _route("token", anyone, POST=accounts.obtain),
    _route("token/refresh", anyone, POST=accounts.refresh),
    _route("register", anyone, POST=accounts.register),
]
