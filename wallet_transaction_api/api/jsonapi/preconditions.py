"""`If-Match`: a change only of the version that the client has seen, else 412.

The version is compared with the wallets locked, in the same database transaction as the
change: of two clients that saw the same version one gets through. Only then does the ledger
look at them: it expires holds that are due, which raises the version that the client saw.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from rest_framework.request import Request

from wallet_transaction_api.api.jsonapi import tags
from wallet_transaction_api.api.jsonapi.callers import Caller
from wallet_transaction_api.api.jsonapi.problems import Problem, Refused, not_found
from wallet_transaction_api.api.jsonapi.resources import Resource
from wallet_transaction_api.ledger.units import in_transaction
from wallet_transaction_api.models import Wallet

T = TypeVar("T")


def conditionally(caller: Caller, resource: Resource, key: str, work: Callable[[], T]) -> T:
    """Do the work, if the request's `If-Match` allows it on the resource as it is now."""
    header = caller.request.headers.get("If-Match")
    if header is None:
        return work()

    def guarded() -> T:
        found = caller.find(resource, key, *resource.locks)
        if found is None:
            raise not_found()
        _lock(found[column] for column in resource.locks)
        if not tags.allows(header, _subject(caller, resource, key)):
            raise failed()
        return work()

    return in_transaction(guarded)


def _lock(wallet_ids: Iterable[int]) -> None:
    """Lock the wallets in the ledger's order, by id."""
    rows = Wallet.objects.filter(pk__in=set(wallet_ids)).order_by("pk").select_for_update()
    list(rows.values_list("pk"))


def refuse_any(request: Request) -> None:
    """Refuse a condition on what has no version yet: something new, or several things."""
    if request.headers.get("If-Match", "*").strip() != "*":
        raise failed()


def failed() -> Refused:
    """Make the refusal of a stale or foreign tag."""
    detail = "The resource is no longer what If-Match names: fetch it again."
    source = {"header": "If-Match"}
    return Refused(Problem(status=412, code="precondition_failed", detail=detail, source=source))


def _subject(caller: Caller, resource: Resource, key: str) -> tags.Subject | None:
    if resource.version is None:
        return None
    stored = caller.find(resource, key, resource.version)
    if stored is None:
        raise not_found()
    return tags.subject(resource.type, stored["id"], stored[resource.version])
