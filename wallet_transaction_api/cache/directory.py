"""What never changes about a wallet, remembered by each process: handle, owner, currency.

So a balance by user, or the transactions by wallet id, take one round trip to the cache, whose
keys are the wallets' handles, and a posting takes none before it locks the wallet. Nothing is
trusted here: a wallet that turns out to be gone or closed sends the reader to the database.
Only rows of the database are noted: decisions about money and sight begin with these.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

#: Forgotten all at once beyond this many: some megabytes a process.
LIMIT = 20_000
#: What a posting asks before it locks the wallet.
_NOTED = ("id", "uuid", "owner_id", "currency", "status")
_FIXED = ("id", "uuid", "owner_id", "currency")
_CLOSED = "closed"

_noted: dict[UUID, Mapping[str, Any]] = {}
_defaults: dict[int, UUID] = {}
_handles: dict[int, UUID] = {}


def default_of(user_id: int) -> UUID | None:
    """Return the handle of the user's automatic wallet, if it was seen here."""
    return _defaults.get(user_id)


def uuid_of(wallet_id: int) -> UUID | None:
    """Return the wallet's handle, if it was seen here."""
    return _handles.get(wallet_id)


def learn_default(user_id: int, wallet: Mapping[str, Any]) -> None:
    """Remember a user's automatic wallet."""
    _learn(_defaults, user_id, wallet["uuid"])
    learn_wallet(wallet["id"], wallet["uuid"])


def learn_wallet(wallet_id: int, uuid: UUID) -> None:
    """Remember a wallet's handle."""
    _learn(_handles, wallet_id, uuid)


def recall(uuid: UUID) -> Mapping[str, Any] | None:
    """Return the wallet as it was noted: open then, perhaps closed or gone by now."""
    return _noted.get(uuid)


def agrees(known: Mapping[str, Any], wallet: Mapping[str, Any]) -> bool:
    """Tell whether a cached balance is of the wallet that was noted: these never change."""
    return all(known[name] == wallet[name] for name in _FIXED)


def note(wallet: Mapping[str, Any]) -> None:
    """Note an open wallet."""
    if wallet["status"] != _CLOSED:
        _learn(_noted, wallet["uuid"], {name: wallet[name] for name in _NOTED})


def forget() -> None:
    """Forget everything."""
    for known in (_defaults, _handles, _noted):
        known.clear()


def _learn(known: dict[Any, Any], key: object, value: object) -> None:
    if len(known) >= LIMIT:
        known.clear()
    known[key] = value
