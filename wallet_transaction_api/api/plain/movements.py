"""What both faces do with a wallet: see whether it exists for the caller, and post to it."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from django.http import HttpRequest, HttpResponse

from wallet_transaction_api.api import idempotency, permissions
from wallet_transaction_api.api.idempotency import Outcome
from wallet_transaction_api.api.plain import refusals
from wallet_transaction_api.api.plain.answers import Refused
from wallet_transaction_api.ledger import currencies, errors, group_commit
from wallet_transaction_api.ledger.claims import Claim
from wallet_transaction_api.ledger.posting import Posted, Posting
from wallet_transaction_api.models import Transaction

Row: TypeAlias = Mapping[str, Any]
#: Finds the visible wallet and the signed amount that a request is about.
Read: TypeAlias = Callable[[], tuple[Row, Decimal]]


def visible(request: HttpRequest, wallet: Row | None) -> Row:
    """Return the wallet if it exists for the caller; else raise `WalletNotFound`."""
    if wallet is None or not permissions.sees(request, wallet["owner_id"], wallet["status"]):
        raise errors.WalletNotFound
    return wallet


def balance_of(wallet: Row) -> str:
    """Write the wallet's balance."""
    return currencies.format_amount(wallet["balance"], wallet["currency"])


def post(request: HttpRequest, read: Read, write: Callable[[Posted], HttpResponse]) -> HttpResponse:
    """Post to the wallet what `read` finds in the request; `write` makes the answer.

    Under an idempotency key an earlier answer is given again before anything is read.
    """
    wallet_ids: list[int] = []
    claim = idempotency.claim_of(
        request,
        owner_id=permissions.actor_of(request).pk,
        write=lambda it: Outcome(response=_written(request, it, write), wallet_ids=wallet_ids),
    )
    earlier = idempotency.replay(request, claim)
    if earlier is not None:
        return earlier
    wallet, amount = read()
    wallet_ids.append(wallet["id"])
    posting = _posting(request, wallet, amount, claim)
    try:
        if claim is not None:
            return idempotency.response_of(request, group_commit.post_once(posting))
        return write(group_commit.post_one(posting))
    except errors.WalletClosed as refusal:
        raise permissions.told(request, refusal) from None


def _posting(request: HttpRequest, wallet: Row, amount: Decimal, claim: Claim | None) -> Posting:
    """Make the posting, if the caller may post to this visible wallet.

    The row may come from the cache: only what never changes about a wallet is taken from it.
    """
    if not permissions.may(request, "add", Transaction, owner_id=wallet["owner_id"]):
        raise Refused("permission_denied")
    actor = permissions.actor_of(request)
    return Posting(
        wallet_id=wallet["id"],
        amount=amount,
        actor_id=actor.pk,
        may_raise=permissions.may_raise(actor),
        claim=claim,
    )


def _written(
    request: HttpRequest, outcome: Any, write: Callable[[Posted], HttpResponse]
) -> HttpResponse:
    """Write what became of a posting under a key, also its refusal.

    Raises what must not be kept: that a wallet is missing.
    """
    if not isinstance(outcome, errors.LedgerError):
        return write(outcome)
    refusal = permissions.told(request, outcome)
    if refusal is not outcome:
        raise refusal
    return refusals.of_ledger(refusal)


def balance_after(posted: Posted) -> str:
    """Write the balance that the posting led to."""
    return currencies.format_amount(posted.movement.balance_after, posted.currency)
