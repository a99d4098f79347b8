"""The service owner: the built-in user as whom anonymous calls of open mode act."""

import time
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import connection

from wallet_transaction_api.accounts import keys
from wallet_transaction_api.accounts.names import SERVICE
from wallet_transaction_api.api.credentials import REMEMBERED_SECONDS, twin
from wallet_transaction_api.ledger import errors

#: Name → until when by the monotonic clock the user is taken as it was read, and the user.
_remembered: dict[str, tuple[float, User]] = {}


def service_owner() -> User:
    """Return the service owner, as it was at most a second ago; it is created on first use.

    A process remembers it as it remembers a token's user, and forgets it at once when it saves or
    deletes a user. Inside a transaction the database is asked: what it shows may be rolled back.
    """
    if connection.in_atomic_block:
        return _read()
    now = time.monotonic()
    until, owner = _remembered.get(SERVICE, (now, None))
    if owner is None or now >= until:
        owner = _read()
        _remembered[SERVICE] = now + REMEMBERED_SECONDS, owner
    return twin(owner)


def forget(**kwargs: Any) -> None:
    """Ask the database again; listens to changes of users."""
    _remembered.clear()


def _read() -> User:
    """Read or create the service owner, which has no usable password and is not staff.

    One statement that ignores a conflict creates it, so that many may ask at once; and, since
    Django sends no signal for rows created in bulk, without the wallet that
    `signals.give_wallet` gives to people.
    """
    owner = User.objects.filter(username=SERVICE).first()
    if owner is None:
        new = User(username=SERVICE, password=make_password(None))
        User.objects.bulk_create([new], ignore_conflicts=True)
        owner = User.objects.filter(username=SERVICE).first()
        if owner is not None:
            keys.claim_if_free(owner)
    if owner is None:  # the conflict was another row's id: a sequence is behind its table
        raise errors.LedgerUnreachable
    return owner
