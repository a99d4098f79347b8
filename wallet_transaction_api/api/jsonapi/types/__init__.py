"""The resource types of the face: the one place that knows them all."""

from collections.abc import Mapping

from wallet_transaction_api.api.jsonapi.resources import Resource
from wallet_transaction_api.api.jsonapi.types.audit_records import AUDIT_RECORDS
from wallet_transaction_api.api.jsonapi.types.entries import ENTRIES
from wallet_transaction_api.api.jsonapi.types.holds import HOLDS
from wallet_transaction_api.api.jsonapi.types.limits import LIMITS
from wallet_transaction_api.api.jsonapi.types.transactions import TRANSACTIONS
from wallet_transaction_api.api.jsonapi.types.transfers import TRANSFERS
from wallet_transaction_api.api.jsonapi.types.wallets import WALLETS

RESOURCES: Mapping[str, Resource] = {
    item.type: item
    for item in (WALLETS, TRANSACTIONS, TRANSFERS, ENTRIES, HOLDS, LIMITS, AUDIT_RECORDS)
}
#: By every name that a request may use, the ancestor's included.
BY_NAME: Mapping[str, Resource] = {
    name: item for item in RESOURCES.values() for name in (item.type, item.alias)
}
