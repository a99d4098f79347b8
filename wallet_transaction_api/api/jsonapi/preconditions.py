"""`If-Match`, `If-None-Match`: a change only of the version that the client means, else 412.

The version is compared with the wallets locked, in the same database transaction as the
change: of two clients that saw the same version one gets through. Only then does the ledger
look at them: it expires holds that are due, which raises the version that the client saw.
"""

from collections.abc import Callable
from typing import TypeVar

from rest_framework.request import Request

from wallet_transaction_api.api.jsonapi import tags
from wallet_transaction_api.api.jsonapi.callers import Caller
from wallet_transaction_api.api.jsonapi.problems import Problem, Refused, not_found
from wallet_transaction_api.api.jsonapi.resources import Resource
from wallet_transaction_api.ledger import locks
from wallet_transaction_api.ledger.units import in_transaction

T = TypeVar("T")


def conditionally(caller: Caller, resource: Resource, key: str, work: Callable[[], T]) -> T:
    """Do the work, if the request's conditions allow it on the resource as it is now.

    `If-None-Match` on a change asks that it is not, or is there no more, what is named: with
    `*` nothing that exists is changed (RFC 9110, 13.1.2).
    """
    wanted, unwanted = map(caller.request.headers.get, ("If-Match", "If-None-Match"))
    if wanted is None and unwanted is None:
        return work()

    def guarded() -> T:
        found = caller.find(resource, key, *resource.locks)
        if found is None:
            raise not_found()
        locks.lock(found[column] for column in resource.locks)
        about = _subject(caller, resource, key)
        if wanted is not None and not tags.allows(wanted, about):
            raise failed()
        if unwanted is not None and tags.allows(unwanted, about):
            raise failed("If-None-Match")
        return work()

    return in_transaction(guarded)


def refuse_any(request: Request) -> None:
    """Refuse a condition on what has no version yet: something new, or several things."""
    if request.headers.get("If-Match", "*").strip() != "*":
        raise failed()


def failed(header: str = "If-Match") -> Refused:
    """Make the refusal of a stale or foreign tag, or of one that is not to be met."""
    is_still = "is no longer" if header == "If-Match" else "is"
    detail = f"The resource {is_still} what {header} names: fetch it again."
    source = {"header": header}
    return Refused(Problem(status=412, code="precondition_failed", detail=detail, source=source))


def _subject(caller: Caller, resource: Resource, key: str) -> tags.Subject | None:
    if resource.version is None:
        return None
    stored = caller.find(resource, key, resource.version)
    if stored is None:
        raise not_found()
    return tags.subject(resource.type, stored["id"], stored[resource.version])
