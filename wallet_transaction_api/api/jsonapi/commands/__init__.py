"""Writes, one module per type: translate a document, make one ledger call, return the row."""

from collections.abc import Mapping
from types import ModuleType

from wallet_transaction_api.api.jsonapi.commands import (
    holds,
    limits,
    transactions,
    transfers,
    wallets,
)

#: Modules with `create(caller, document)`, `update(caller, key, document)`, `delete(caller, key)`;
#: what is not in a type's module cannot be done to its resources.
COMMANDS: Mapping[str, ModuleType] = {
    "wallets": wallets,
    "transactions": transactions,
    "transfers": transfers,
    "holds": holds,
    "limits": limits,
}
