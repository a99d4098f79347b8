"""Exact totals, counted anew only when something has happened to the caller's wallets.

Counting is the dearest part of a page: the database reads every row that it counts. But every
change of a wallet's rows raises the wallet's version, in the same transaction. So a count made
for an owner is right as long as the number, the newest and the versions of all their wallets
are what they were before it was made. See docs/decisions/0033-totals-kept-by-versions.md.
"""

import threading
from collections import OrderedDict
from typing import Any

from django.db import connection

from wallet_transaction_api.api.jsonapi import own
from wallet_transaction_api.api.jsonapi.callers import Caller
from wallet_transaction_api.api.jsonapi.listing import Listing
from wallet_transaction_api.api.jsonapi.resources import Resource

#: Totals that a process keeps; the oldest go first.
MOST_KEPT = 4096
#: Characters of the filters of a list whose total is kept.
LONGEST_FILTERS = 1000
_kept: OrderedDict[tuple[Any, ...], int] = OrderedDict()
_lock = threading.Lock()


def total(caller: Caller, resource: Resource, listing: Listing) -> int:
    """Return how many rows the list has.

    Counts of other people's rows are not kept, nor what is counted inside a transaction, which
    may yet be undone, nor by filters where a member follows the clock: `available` grows when a
    hold expires, and no version with it.
    """
    filters = tuple(sorted(pair for pair in listing.pairs if pair[0].startswith("filter[")))
    is_steady = resource.follows_wallets and not (filters and resource.follows_clock)
    if not (is_steady and caller.sees_own_only and _is_settled()):
        return listing.count()
    state = own.state_of(caller.actor.pk, caller.holdings)
    key = (caller.actor.pk, listing.path, filters, *state)
    found = _kept.get(key)
    if found is None:
        found = listing.count()
        if sum(len(name) + len(value) for name, value in filters) <= LONGEST_FILTERS:
            _keep(key, found)
    return found


def _is_settled() -> bool:
    """Tell whether what is read now will stay true: inside a transaction it may be undone."""
    return not connection.in_atomic_block


def _keep(key: tuple[Any, ...], count: int) -> None:
    with _lock:
        _kept[key] = count
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
