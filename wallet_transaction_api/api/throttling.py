"""How often a caller may call, in fixed windows (`cache.counters`).

`THROTTLE_ANON` counts anonymous calls per address, `THROTTLE_USER` calls per user; both are off
unless set. `THROTTLE_LOGIN` counts what guesses passwords, names and tokens. A guess is counted
before it is checked, so that simultaneous ones cannot exceed the rate, and is given back if it
was right, so that people who know their passwords are never held up.
"""

import hashlib
import ipaddress
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.exceptions import Throttled
from rest_framework.throttling import BaseThrottle

from wallet_transaction_api.accounts import names
from wallet_transaction_api.cache import counters
from wallet_transaction_api.cache.counters import Taken, Window
from wallet_transaction_api.env import Rate

#: One address may guess so many times as often at all names together as at a single one: many
#: people may share it, and those who mistype do not lock out the others.
NAMES_AT_AN_ADDRESS = 10


class CallThrottle(BaseThrottle):
    """`refuse_excess` where DRF wants a class."""

    def allow_request(self, request: Any, view: Any) -> bool:
        """Count the call; raises `Throttled`."""
        refuse_excess(request)
        return True


def refuse_excess(request: Any) -> None:
    """Count a call whose credential was checked; raises `Throttled` beyond the caller's rate."""
    if request.user.is_authenticated:
        rate, scope, who = settings.THROTTLE_USER, "user", request.user.pk
    else:
        rate, scope, who = settings.THROTTLE_ANON, "anon", None
    if rate:
        _take(rate, _window(scope, _address(request) if who is None else who, rate))


def count_registration(request: HttpRequest) -> None:
    """Count an attempt to register, whatever comes of it; raises `Throttled`."""
    rate: Rate | None = settings.THROTTLE_LOGIN
    if rate:
        _take(rate, _window("register", _address(request), rate))


@contextmanager
def guess(
    request: HttpRequest, *wrong: type[Exception], username: str | None = None
) -> Iterator[None]:
    """Count a guess; give it back unless it raises one of `wrong`. Raises `Throttled`."""
    rate: Rate | None = settings.THROTTLE_LOGIN
    taken = _take(rate, *_guesses(request, username, rate)) if rate else None
    try:
        yield
    except wrong:
        raise
    except BaseException:
        _give_back(taken)
        raise
    _give_back(taken)


def _guesses(request: HttpRequest, username: str | None, rate: Rate) -> Iterator[Window]:
    address = _address(request)
    all_names = rate._replace(most=rate.most * NAMES_AT_AN_ADDRESS)
    yield _window("login", address, all_names)
    if username is not None:
        # A digest: names are of any length, and a key has no more bytes than this.
        name = hashlib.sha256(names.key_of(username).encode(errors="replace")).hexdigest()
        yield _window("login", f"{address}:{name}", rate)


def _take(rate: Rate, *windows: Window) -> Taken:
    taken = counters.take(*windows)
    if taken is None:
        raise Throttled(_rest(rate))
    return taken


def _give_back(taken: Taken | None) -> None:
    if taken is not None:
        taken.give_back()


def _window(scope: str, who: object, rate: Rate) -> Window:
    return Window(_key(scope, who, rate), rate.most, rate.seconds)


def _key(scope: str, who: object, rate: Rate) -> str:
    return f"throttle:{scope}:{who}:{int(time.time()) // rate.seconds}"


def _rest(rate: Rate) -> int:
    """Return the seconds until the window ends."""
    return max(1, math.ceil(rate.seconds - time.time() % rate.seconds))


def _address(request: Any) -> str:
    """Return the caller's address; of IPv6 the network of 64 bits, all of which one caller has.

    Behind a trusted proxy `proxies` has put the address there.
    """
    text = str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if isinstance(address, ipaddress.IPv4Address):
        return text
    return str(address.ipv4_mapped or ipaddress.IPv6Network((int(address), 64), strict=False))
