"""Keeps each user's key beside their row, so that no two new names have the same."""

from collections import Counter
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError

from wallet_transaction_api.accounts.names import key_of
from wallet_transaction_api.ledger.units import in_transaction
from wallet_transaction_api.models import UsernameKey

#: Users given a key in one transaction.
BATCH = 500


class UsernameTaken(IntegrityError):
    """Another user's name has the same key. As if the username's own constraint were violated."""


def claim(user: Any) -> None:
    """Give a user who was just saved the key of their name; raises `UsernameTaken`.

    Call it in the transaction of the save. Of two at once the unique index lets one through.
    """
    key = key_of(user.get_username())
    stored = UsernameKey.objects.filter(user_id=user.pk).first()
    if stored is not None and stored.key == key:
        return
    if UsernameKey.objects.filter(key=key).exists():
        raise UsernameTaken(f"Another username has the key {key!r}.")
    UsernameKey(user_id=user.pk, key=key).save(force_insert=stored is None)
    if stored is not None:
        settle(stored.key)


def claim_if_free(user: Any) -> None:
    """Give a user the key of their name unless another has it; many may do so at once."""
    row = UsernameKey(user_id=user.pk, key=key_of(user.get_username()))
    UsernameKey.objects.bulk_create([row], ignore_conflicts=True)


def settle(key: str) -> None:
    """Give a shared key to the one user who is left with it."""
    left = list(UsernameKey.objects.filter(key=key)[:2])
    if len(left) == 1:
        UsernameKey.objects.filter(pk=left[0].pk, is_shared=True).update(is_shared=False)


def users_without(model: Any = None) -> Any:
    """Return the users who have no key."""
    return (model or get_user_model()).objects.filter(username_key=None).order_by("pk")


def fill(*, users: Any = None, rows: Any = UsernameKey) -> int:
    """Give a key to every user without one, in batches that commit; return how many there were.

    A migration brings the models of its day. Safe beside writers, and repeated.
    """
    model, count = users or get_user_model(), 0
    batch: list[Any] = []
    while batch := in_transaction(partial(_fill_batch, model, rows, batch)):
        count += len(batch)
    return count


def _fill_batch(model: Any, rows: Any, before: list[Any]) -> list[Any]:
    missing = users_without(model)
    batch = list((missing.filter(pk__gt=before[-1].pk) if before else missing)[:BATCH])
    keys = {user.pk: key_of(getattr(user, get_user_model().USERNAME_FIELD)) for user in batch}
    shared = {key for key, count in Counter(keys.values()).items() if count > 1}
    shared |= set(rows.objects.filter(key__in=keys.values()).values_list("key", flat=True))
    rows.objects.filter(key__in=shared).update(is_shared=True)
    rows.objects.bulk_create(
        [rows(user_id=pk, key=key, is_shared=key in shared) for pk, key in keys.items()]
    )
    return batch
