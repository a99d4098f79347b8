"""The wallet that every user has: `/api/wallet/` is about it."""

from functools import partial
from typing import Any

from django.contrib.auth import get_user_model

from wallet_transaction_api.accounts.names import SERVICE
from wallet_transaction_api.ledger import wallets
from wallet_transaction_api.ledger.units import in_transaction
from wallet_transaction_api.models import Wallet

#: Its label, unless the user has another wallet of this label.
DEFAULT_LABEL = "Main"
#: Users given a wallet in one transaction.
BATCH = 100


def give(user_id: Any, *, label: str = DEFAULT_LABEL, actor_id: int | None = None) -> Wallet:
    """Open a user's wallet."""
    return wallets.open_wallet(
        owner_id=user_id, label=label, default_for_id=user_id, actor_id=actor_id
    )


def users_without() -> Any:
    """Return the users who have no wallet of their own; the service owner needs none."""
    model = get_user_model()
    users = model.objects.filter(default_wallet=None)
    return users.exclude(**{model.USERNAME_FIELD: SERVICE}).order_by("pk")


def create_missing() -> int:
    """Open a wallet for every user without one, in batches that commit; return how many.

    Several may run this at once: each locks the users of its batch and looks again.
    """
    count, last, ids = 0, None, _next(None)
    while ids:
        last = ids[-1]
        count += in_transaction(partial(_create, ids))
        ids = _next(last)
    return count


def _next(last: Any) -> list[Any]:
    users = users_without() if last is None else users_without().filter(pk__gt=last)
    return list(users.values_list("pk", flat=True)[:BATCH])


def _create(ids: list[Any]) -> int:
    list(get_user_model().objects.filter(pk__in=ids).order_by("pk").select_for_update())
    lacking = list(users_without().filter(pk__in=ids).values_list("pk", flat=True))
    for user_id in lacking:
        give(user_id, label=_free_label(user_id))
    return len(lacking)


def _free_label(user_id: Any) -> str:
    taken = set(Wallet.objects.filter(owner_id=user_id).values_list("open_label", flat=True))
    numbered = (f"{DEFAULT_LABEL} {number}" for number in range(2, len(taken) + 3))
    return next(label for label in (DEFAULT_LABEL, *numbered) if label not in taken)
