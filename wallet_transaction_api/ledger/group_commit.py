"""Group commit: concurrent single postings of one process share a database transaction.

Whoever comes first commits for itself and for all who are waiting by then (`lanes`); alone, a
posting runs at once, on its own thread and connection, as if this module were not there.

The shared lane never waits for a wallet that somebody else has locked (another process, an
operator's transaction): such a wallet's postings go to a lane of its own, where they gather until
the lock is theirs, without holding up anybody else's. See docs/decisions/0008-group-commit.md.
"""

import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeAlias

from django.conf import settings
from django.db import connection

from wallet_transaction_api import lanes, outages
from wallet_transaction_api.ledger import errors, in_flight, posting
from wallet_transaction_api.ledger.claims import Kept
from wallet_transaction_api.ledger.posting import Outcome, Posted, Posting

#: Postings per database transaction: locks are held for milliseconds.
LARGEST_GROUP = 256
#: A wallet found locked keeps a lane of its own for this many seconds: a few groups' time. Longer,
#: and those who are wanted now and then by two processes would be posted to one by one.
CONTENDED_SECONDS = 0.05

Gather: TypeAlias = lanes.Gather[Posting]
#: Posts a group; answers None for a posting whose wallet is locked by somebody else.
Post: TypeAlias = Callable[[Gather], Sequence[Outcome | None]]


def post_one(item: Posting) -> Posted:
    """Post one, together with those that come at the same time; raises its refusal.

    Returns after the commit. Promises what `posting.post_one` promises: a neighbour that is
    refused, and a group that fails, change nothing for the others. Inside an open database
    transaction, and with `GROUP_COMMIT=false`, it is `posting.post_one`.
    """
    if not settings.GROUP_COMMIT or connection.in_atomic_block:
        return posting.post_one(item)
    return posting.posted(_lanes.post(item))


def post_once(item: Posting) -> Kept:
    """Post one under its claim, likewise; promises what `posting.post_once` promises."""
    if item.claim is None or not settings.GROUP_COMMIT or connection.in_atomic_block:
        return posting.post_once(item)
    with in_flight.only_here(item.claim):
        return posting.kept(_lanes.post(item))


class Lane(lanes.Lane[Posting, Outcome | None]):
    """The postings that go into the same database transactions."""

    def __init__(self, post: Post) -> None:
        """Post each group by `post`, which is one database transaction and gathers it."""
        super().__init__(post, most=LARGEST_GROUP)

    def post(self, item: Posting) -> Outcome | None:
        """Return the posting's outcome once it is durable; None if nothing was done for it.

        What failed in company is posted alone, unless it may be in the database already.
        """
        try:
            return self.join(item)
        except Exception as error:
            if _may_be_done(error):
                raise
            return posting.post([item])[0]  # a neighbour may be what was wrong with it


class Lanes:
    """The shared lane, and one for each wallet that was found locked of late."""

    def __init__(self) -> None:
        """One per process."""
        self._shared = Lane(lambda gather: posting.post_unlocked(gather()))
        self._own: dict[int, tuple[Lane, float]] = {}
        self._lock = threading.Lock()

    def post(self, item: Posting) -> Outcome:
        """Return the posting's outcome once it is durable."""
        lane, until = self._own.get(item.wallet_id, (self._shared, 0.0))
        outcome = (lane if time.monotonic() < until else self._shared).post(item)
        if outcome is None:
            outcome = self._own_lane(item.wallet_id).post(item)
        return outcome or errors.LedgerBusy()

    def _own_lane(self, wallet_id: int) -> Lane:
        """Open the wallet's lane or keep it open; lanes not asked for lately are forgotten."""
        now = time.monotonic()
        with self._lock:
            lane, _ = self._own.get(wallet_id) or (_lane_of(wallet_id), now)
            self._own = {key: own for key, own in self._own.items() if now < own[1]}
            self._own[wallet_id] = lane, now + CONTENDED_SECONDS
        return lane


def _lane_of(wallet_id: int) -> Lane:
    """Make a wallet's lane: whoever comes while the lock is waited for still is in the group."""
    return Lane(lambda gather: posting.post_when_locked(wallet_id, gather))


def _may_be_done(error: Exception) -> bool:
    """Tell whether the group may be in the database or not: nobody may try again by himself."""
    return isinstance(error, errors.Unavailable) or outages.is_outage(error)


_lanes = Lanes()
