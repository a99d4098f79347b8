"""How often a caller may call: fixed windows counted in the cache, exact for all processes.

`THROTTLE_ANON` counts anonymous calls per address, `THROTTLE_USER` calls per user; both are off
unless set. `THROTTLE_LOGIN` counts per address what is tried and refused where accounts are
made and tokens taken, so that passwords and names cannot be guessed in bulk while people who
know theirs are never held up. With the cache out of reach nobody is refused: the service goes
on, as everywhere. A counter in Redis that is no count refuses until its window ends.
"""

import logging
import math
import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.exceptions import Throttled
from rest_framework.throttling import BaseThrottle

from wallet_transaction_api.cache import counters
from wallet_transaction_api.env import Rate

logger = logging.getLogger(__name__)


class CallThrottle(BaseThrottle):
    """`refuse_excess` where DRF wants a class."""

    def allow_request(self, request: Any, view: Any) -> bool:
        """Count the call; raises `Throttled`."""
        refuse_excess(request)
        return True


def refuse_excess(request: Any) -> None:
    """Count a call whose credential was checked; raises `Throttled` beyond the caller's rate."""
    if request.user.is_authenticated:
        _count("user", request.user.pk, settings.THROTTLE_USER)
    else:
        _count("anon", _address(request), settings.THROTTLE_ANON)


def refuse_guessing(request: HttpRequest) -> None:
    """Raise `Throttled` for an address that was refused too often; counts nothing."""
    rate: Rate | None = settings.THROTTLE_LOGIN
    if rate and _read(_key("login", _address(request), rate)) >= rate.most:
        raise Throttled(_rest(rate))


def count_guess(request: HttpRequest) -> None:
    """Count a refusal against the address."""
    if settings.THROTTLE_LOGIN:
        _hit(_key("login", _address(request), settings.THROTTLE_LOGIN), settings.THROTTLE_LOGIN)


def _count(scope: str, who: object, rate: Rate | None) -> None:
    if rate and _hit(_key(scope, who, rate), rate) > rate.most:
        raise Throttled(_rest(rate))


def _key(scope: str, who: object, rate: Rate) -> str:
    return f"throttle:{scope}:{who}:{int(time.time()) // rate.seconds}"


def _rest(rate: Rate) -> int:
    """Return the seconds until the window ends."""
    return max(1, math.ceil(rate.seconds - time.time() % rate.seconds))


def _read(key: str) -> int:
    try:
        return counters.read(key)
    except counters.FAILURES as error:
        return _uncounted(error)


def _hit(key: str, rate: Rate) -> int:
    """Count and return how many there were in this window."""
    try:
        return counters.add(key, rate.seconds)
    except counters.FAILURES as error:
        return _uncounted(error)


def _uncounted(error: Exception) -> int:
    logger.warning("Calls are not counted, the cache cannot be asked: %s", type(error).__name__)
    return 0


def _address(request: Any) -> str:
    """Return the caller's address; behind a trusted proxy `proxies` has put it there."""
    return str(request.META.get("REMOTE_ADDR", ""))
