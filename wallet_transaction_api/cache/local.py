"""The store of one server process, where there is no Redis: Django's default cache, locked.

Another process (a shell, a command) cannot tell this one what it changed, so entries live
one second and no longer.
"""

import itertools
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.core.cache import caches

from wallet_transaction_api.cache.stores import Change, Health, Reading

#: For how long another process' write may go unnoticed.
LIFETIME_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A balance at a version, perhaps with its transactions; or somebody's lease."""

    #: By the monotonic clock; a filled balance keeps its lease's, taken before it was read.
    expires_at: float
    lease: str | None = None
    version: int | None = None
    balance: str | None = None
    recent: str | None = None


class LocalStore:
    """See `stores.Store`. The entries are Django's: clearing its cache clears them."""

    def __init__(self) -> None:
        """One per process."""
        self._lock = threading.Lock()
        self._leases = itertools.count()

    def read(self, key: str) -> Reading:
        """Return the balance or take the lease."""
        with self._lock:
            entry = _get(key)
            if entry is not None:
                return entry.balance, None
            lease = str(next(self._leases))
            _set(key, Entry(expires_at=_expiry(), lease=lease))
            return None, lease

    def fill(self, key: str, lease: str, version: int, text: str) -> None:
        """Put the balance in the lease's place."""
        with self._lock:
            entry = _get(key)
            if entry is not None and entry.lease == lease:
                _set(key, replace(entry, lease=None, version=version, balance=text))

    def publish(self, changes: Sequence[Change]) -> None:
        """Replace what is older and end leases."""
        with self._lock:
            for key, version, text in changes:
                _publish(key, version, text)

    def read_recent(self, key: str) -> str | None:
        """Return the transactions kept with the balance."""
        with self._lock:
            entry = _get(key)
        return entry.recent if entry else None

    def keep_recent(self, key: str, version: int, text: str) -> None:
        """Keep them as long as the balance, no longer."""
        with self._lock:
            entry = _get(key)
            if entry is not None and entry.version == version:
                _set(key, replace(entry, recent=text))

    def health(self) -> Health:
        """Tell that it serves: it is part of the process."""
        return "ok"


def _publish(key: str, version: int, text: str) -> None:
    entry = _get(key)
    if entry is None:
        return
    if entry.version is None:
        caches["default"].delete(_name(key))
    elif entry.version < version:
        _set(key, Entry(expires_at=_expiry(), version=version, balance=text))


def _get(key: str) -> Entry | None:
    entry: Entry | None = caches["default"].get(_name(key))
    return entry if entry and time.monotonic() < entry.expires_at else None


def _set(key: str, entry: Entry) -> None:
    caches["default"].set(_name(key), entry, LIFETIME_SECONDS)


def _expiry() -> float:
    return time.monotonic() + LIFETIME_SECONDS


def _name(key: str) -> str:
    return f"wallets-1:{key}"
