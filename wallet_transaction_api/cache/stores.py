"""Where cached values live: in Redis for all processes, or in this one.

Both keep one entry a wallet, and the same rule keeps an entry from falling behind the
database however readers and writers interleave and whenever entries vanish (expiry, eviction,
FLUSHALL):

- who misses takes a *lease*, reads the database, and may fill only while that lease stands;
- who publishes replaces an older value, removes a lease, and leaves nothing where nothing was.

So a filled value was read after the last publication, and a late publication finds nothing
older than itself.
"""

from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias

Health: TypeAlias = Literal["ok", "degraded"]
#: Key, version, text.
Change: TypeAlias = tuple[str, int, str]
#: The text, or else a lease if nobody else has one.
Reading: TypeAlias = tuple[str | bytes | None, str | None]

#: Seconds that a reader has to bring what it missed.
LEASE_SECONDS = 5


class Store(Protocol):
    """One entry a wallet: its balance at a version, and perhaps its transactions then."""

    def read(self, key: str) -> Reading:
        """Return the balance's text, or take the lease to bring it."""

    def fill(self, key: str, lease: str, version: int, text: str) -> None:
        """Keep the balance read from the database, if the lease still stands."""

    def publish(self, changes: Sequence[Change]) -> None:
        """Replace older balances; with them goes what else was kept at those versions."""

    def read_recent(self, key: str) -> str | bytes | None:
        """Return the transactions kept at the cached balance's version."""

    def keep_recent(self, key: str, version: int, text: str) -> None:
        """Keep the transactions, if the cached balance is of that version."""

    def health(self) -> Health:
        """Tell whether the store serves."""
