"""Writes, one module per type: translate a document, make one ledger call, return the row."""

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from wallet_transaction_api.api import permissions
from wallet_transaction_api.api.jsonapi.callers import Caller
from wallet_transaction_api.api.jsonapi.commands import (
    holds,
    limits,
    transactions,
    transfers,
    wallets,
)
from wallet_transaction_api.api.jsonapi.problems import not_found
from wallet_transaction_api.ledger import errors

#: Modules with `create(caller, document)`, `update(caller, key, document)`, `delete(caller, key)`;
#: what is not in a type's module cannot be done to its resources.
COMMANDS: Mapping[str, ModuleType] = {
    "wallets": wallets,
    "transactions": transactions,
    "transfers": transfers,
    "holds": holds,
    "limits": limits,
}


def do(verb: str, kind: str, caller: Caller, *arguments: Any) -> Any:
    """Do `create`, `update` or `delete` to a resource of the type.

    A wallet that was closed since it was found is missing, with what belongs to it, to who
    would not have found it closed. An update says itself whether it must not be done twice.
    """
    try:
        done = getattr(COMMANDS[kind], verb)(caller, *arguments)
    except errors.WalletClosed as refusal:
        told = permissions.told(caller.request, refusal)
        if told is refusal or verb == "create":
            raise told from None
        raise not_found() from None
    caller.effects.are_once |= verb != "update"
    return done
