"""Counters in windows of time, which one may take from only while there is room in all of them.

With Redis one script checks and counts, so all processes together never exceed a window. Without
Redis, and while it is out of reach, each process counts by itself under a lock: nobody is
rejected whom Redis would have let in, and guessing stays bounded.

Whoever writes to Redis can forge counters. What is no count has no room, so garbage frees nobody;
a counter that was removed or set back cannot be told from a fresh one.
"""

import logging
import threading
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django_redis import get_redis_connection
from django_redis.cache import RedisCache
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

from wallet_transaction_api.cache import foreign

logger = logging.getLogger(__name__)
#: What Redis raises when it cannot be asked.
FAILURES = (ConnectionInterrupted, RedisError, OSError)
#: For so long Redis is not asked again after a failure, and a failure is not logged again.
RETRY_SECONDS, QUIET_SECONDS = 1.0, 10.0

#: KEYS windows. ARGV for each its most and its milliseconds. Returns 1 if there was room, 0 if
#: not, -1 where a value is no count. Nothing of a long value is handed on.
_TAKE = """
for i, key in ipairs(KEYS) do
  local text = redis.pcall('GETRANGE', key, 0, 15)
  if type(text) ~= 'string' or #text > 15 then return -1 end
  if text == '' and redis.call('EXISTS', key) == 0 then text = '0' end
  if not string.match(text, '^%d+$') then return -1 end
  if tonumber(text) >= tonumber(ARGV[2 * i - 1]) then return 0 end
end
for i, key in ipairs(KEYS) do
  redis.call('INCR', key)
  redis.call('PEXPIRE', key, ARGV[2 * i])
end
return 1
"""
#: KEYS windows.
_GIVE_BACK = """
for _, key in ipairs(KEYS) do
  local text = redis.pcall('GETRANGE', key, 0, 15)
  local is_count = type(text) == 'string' and #text <= 15 and string.match(text, '^%d+$')
  if is_count and tonumber(text) > 0 then redis.call('DECR', key) end
end
return 0
"""


class Window(NamedTuple):
    """At most `most` of `key`, which names a period of `seconds`."""

    key: str
    most: int
    seconds: int


class _Shared:
    """The counters of all processes, in Redis."""

    def take(self, windows: Sequence[Window]) -> bool:
        """Count by one script."""
        limits = [number for _, most, seconds in windows for number in (most, seconds * 1000)]
        answer = self._run(_TAKE, windows, limits)
        if answer < 0:
            foreign.report()
        return answer > 0

    def give_back(self, windows: Sequence[Window]) -> None:
        """Count down by one script; a window that has ended stays as it is."""
        self._run(_GIVE_BACK, windows, [])

    def _run(self, script: str, windows: Sequence[Window], arguments: list[int]) -> int:
        client: Any = get_redis_connection("throttles", write=True)
        keys = [str(caches["throttles"].make_key(window.key)) for window in windows]
        return int(client.register_script(script)(keys=keys, args=arguments))


class _Local:
    """The counters of this process. The cache bounds how many there are."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._instead = LocMemCache("instead of Redis", {"OPTIONS": {"MAX_ENTRIES": 100_000}})

    def take(self, windows: Sequence[Window]) -> bool:
        """Count under the lock."""
        counters = self._counters()
        with self._lock:
            if any(counters.get(key, 0) >= most for key, most, _ in windows):
                return False
            for key, _, seconds in windows:
                counters.set(key, counters.get(key, 0) + 1, timeout=seconds)
        return True

    def give_back(self, windows: Sequence[Window]) -> None:
        """Count down, likewise."""
        counters = self._counters()
        with self._lock:
            for key, _, seconds in windows:
                counters.set(key, max(0, counters.get(key, 0) - 1), timeout=seconds)

    def clear(self) -> None:
        """Forget all counts."""
        self._counters().clear()

    def _counters(self) -> Any:
        return self._instead if _is_shared() else caches["throttles"]


class Taken(NamedTuple):
    """What was counted, and where."""

    counters: _Shared | _Local
    windows: Sequence[Window]

    def give_back(self) -> None:
        """Count it down again; what cannot be counted down ends with its window."""
        try:
            self.counters.give_back(self.windows)
        except FAILURES as error:
            _outage.note(error)


class _Outage:
    """Whether Redis failed a moment ago."""

    def __init__(self) -> None:
        self._ends_at = self._quiet_until = 0.0

    def lasts(self) -> bool:
        """Return whether to leave Redis alone for now."""
        return time.monotonic() < self._ends_at

    def note(self, error: Exception) -> None:
        """Leave Redis alone, and log why."""
        now = time.monotonic()
        self._ends_at = now + RETRY_SECONDS
        if now >= self._quiet_until:
            self._quiet_until = now + QUIET_SECONDS
            logger.warning("Redis failed (%s), rates count per process.", type(error).__name__)


_shared, _local, _outage = _Shared(), _Local(), _Outage()


def take(*windows: Window) -> Taken | None:
    """Count one in each window; return None, and count nothing, if one of them is full."""
    if _is_shared() and not _outage.lasts():
        try:
            return Taken(_shared, windows) if _shared.take(windows) else None
        except FAILURES as error:
            _outage.note(error)
    return Taken(_local, windows) if _local.take(windows) else None


def _is_shared() -> bool:
    return isinstance(caches["throttles"], RedisCache)
