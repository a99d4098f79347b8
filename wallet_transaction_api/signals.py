"""Connects plain Django code to the posting engine: what the API obeys, everyone obeys.

Saving a `Transaction` (shell, admin, fixture) moves its wallet's balance before the row is
written and appends to the journal after, in the one database transaction that
`LedgerModel.save_base` opens. `bulk_create` and deletions arrive as `intents`.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models.signals import post_delete, post_migrate, post_save, pre_delete, pre_save

from wallet_transaction_api import cache, intents
from wallet_transaction_api.accounts import keys
from wallet_transaction_api.accounts import wallets as default_wallets
from wallet_transaction_api.api import credentials, service_owner
from wallet_transaction_api.ledger import amending, auditing, closing, events, journal, wallets
from wallet_transaction_api.ledger.auditing import states
from wallet_transaction_api.models import AuditRecord, Entry, Transaction, UsernameKey, Wallet
from wallet_transaction_api.origins import origin
from wallet_transaction_api.querysets import MoneyIsPosted

KNOWN_AFTER_SAVING = ("balance", "held", "available", "label", "status", "floor", "owner_id")


def connect() -> None:
    """Connect every listener, once."""
    user = get_user_model()
    pre_save.connect(before_transaction, sender=Transaction)
    post_save.connect(after_transaction, sender=Transaction)
    pre_save.connect(before_wallet, sender=Wallet)
    post_save.connect(after_wallet, sender=Wallet)
    for closed in (Entry, AuditRecord):
        pre_save.connect(refuse, sender=closed)
    pre_delete.connect(erase, sender=Wallet)
    post_save.connect(keep_username_key, sender=user)
    post_delete.connect(settle_username_key, sender=UsernameKey)
    post_save.connect(give_wallet, sender=user)
    for changed in (post_save, post_delete):
        changed.connect(credentials.forget, sender=user)
        changed.connect(service_owner.forget, sender=user)
    for forget in (credentials.forget, service_owner.forget):
        post_migrate.connect(forget)  # `flush` sends it too
    intents.bulk_posting.connect(post_in_bulk)
    intents.reversing.connect(reverse)
    intents.closing.connect(close)
    events.wallets_changed.connect(cache.publish)
    _save_atomically(user)


def before_transaction(
    instance: Transaction, raw: bool = False, update_fields: Any = None, **kwargs: Any
) -> None:
    """Let the engine decide on the row about to be saved.

    A fixture's reversed transaction moves nothing: its two movements cancelled out.
    """
    instance.movement, instance.is_new = None, _is_new(instance)
    if raw and instance.deleted_at:
        amending.admit_restored(instance)
    elif instance.is_new:
        instance.movement = amending.admit_new(instance, restoring=raw)
    else:
        instance.movement = amending.admit_change(instance, written=update_fields)


def after_transaction(instance: Transaction, created: bool, **kwargs: Any) -> None:
    """Append the movement, now that the row has its id."""
    _refuse_overtaken(instance, created)
    movement, instance.movement = instance.movement, None
    if movement is not None:
        journal.append_for(movement, instance.pk)
    instance.loaded = {"amount": instance.amount}


def before_wallet(
    instance: Wallet, raw: bool = False, update_fields: Any = None, **kwargs: Any
) -> None:
    """Keep the money columns the engine's."""
    instance.is_new = _is_new(instance)
    if not instance.is_new:
        wallets.admit_change(instance, restoring=raw, written=update_fields)
        return
    opening = wallets.admit_new(instance)
    instance.opening = None if raw else opening


def after_wallet(instance: Wallet, created: bool, **kwargs: Any) -> None:
    """Record who opened it, and post the opening balance."""
    _refuse_overtaken(instance, created)
    if created:
        after = states.of_wallet(instance)
        auditing.note("opened", instance, actor_id=instance.actor_id, after=after)
    opening, instance.opening = instance.opening, None
    if opening is not None:
        wallets.post_opening(instance, opening)
        instance.balance = instance.available = opening
    instance.loaded = {name: getattr(instance, name) for name in KNOWN_AFTER_SAVING}


def refuse(sender: Any, **kwargs: Any) -> None:
    """Refuse a row that anyone saves, a fixture included: what it tells of brings it anew."""
    raise MoneyIsPosted(sender.objects.none().REFUSAL)


def keep_username_key(
    instance: Any, raw: bool = False, update_fields: Any = None, **kwargs: Any
) -> None:
    """Keep the key of the user's name; a fixture brings its own."""
    if not raw and (update_fields is None or instance.USERNAME_FIELD in update_fields):
        keys.claim(instance)


def settle_username_key(instance: UsernameKey, **kwargs: Any) -> None:
    """Let the one who is left with a shared key have it."""
    if instance.is_shared:
        keys.settle(instance.key)


def give_wallet(instance: Any, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Give a new user a wallet; a fixture brings its own.

    In a request whoever is logged in acts, or else the user, by registering.
    """
    source = origin.get()
    if created and not raw:
        actor_id = source.user_id or (instance.pk if source.request_id else None)
        default_wallets.give(instance.pk, actor_id=actor_id)


def post_in_bulk(instances: list[Transaction], **kwargs: Any) -> None:
    """Post what `bulk_create` was given."""
    amending.post_rows(instances)


def reverse(instance: Transaction, **kwargs: Any) -> None:
    """Reverse the transaction that Django code deletes."""
    with transaction.atomic():
        amending.admit_reversal(instance)


def close(instance: Wallet, **kwargs: Any) -> None:
    """Close or erase the wallet that Django code deletes."""
    with transaction.atomic():
        closing.admit_closing(instance)


def erase(instance: Wallet, **kwargs: Any) -> None:
    """Erase an unused wallet that Django deletes with its owner."""
    closing.admit_erasing(instance)


def _is_new(instance: Transaction | Wallet) -> bool:
    """Ask the database where the key was given by hand: Django would update such a row."""
    if instance.pk is None:
        return True
    if not instance._state.adding:
        return False
    return not type(instance).objects.filter(pk=instance.pk).exists()


def _refuse_overtaken(instance: Transaction | Wallet, created: bool) -> None:
    """Undo a save with a key given by hand that another one took between decision and writing.

    Django then updates the other's row: a new wallet's zero would overwrite its balance.
    """
    if created is not instance.is_new:
        raise IntegrityError(f"{instance._meta.label} {instance.pk} was created meanwhile")


def _save_atomically(user: Any) -> None:
    """Make saving a user and giving the wallet one database transaction.

    `post_save` runs after the row is committed unless somebody opened a block; the stock user
    model has no hook before, hence the wrapped method.
    """
    if not hasattr(user.save_base, "__wrapped__"):
        user.save_base = transaction.atomic(user.save_base)
