"""Counters in the cache `throttles`: exact for all processes, each gone when its time is over.

Whoever writes to Redis can forge them. What is no count counts as more than any rate allows, so
garbage frees nobody; a counter that was removed or set back cannot be told from a fresh one.
"""

import sys
from typing import Any

from django.core.cache import caches
from django_redis import get_redis_connection
from django_redis.cache import RedisCache
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

from wallet_transaction_api.cache import foreign

#: What a counter raises that cannot be asked.
FAILURES = (ConnectionInterrupted, RedisError, OSError)
#: What is no count.
EXCEEDED = sys.maxsize
#: KEYS the counter. ARGV its milliseconds. Returns the count, or -1 for what is none.
_ADD = """
local count = redis.pcall('INCR', KEYS[1])
if type(count) ~= 'number' or count < 1 then return -1 end
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return count
"""
#: KEYS the counter. Nothing of a long value is handed on.
_READ = """
local text = redis.pcall('GETRANGE', KEYS[1], 0, 15)
if text == '' and redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if type(text) ~= 'string' or #text > 15 or not string.match(text, '^%d+$') then return -1 end
return tonumber(text)
"""


def add(key: str, seconds: int) -> int:
    """Count one more and return how many there are; raises `FAILURES`."""
    if isinstance(caches["throttles"], RedisCache):
        return _run(_ADD, key, seconds * 1000)
    cache = caches["throttles"]
    try:
        return 1 if cache.add(key, 1, timeout=seconds) else int(cache.incr(key))
    except ValueError:  # it expired in between: a new window
        return 1


def read(key: str) -> int:
    """Return how many were counted; raises `FAILURES`."""
    if isinstance(caches["throttles"], RedisCache):
        return _run(_READ, key)
    return int(caches["throttles"].get(key, 0))


def _run(script: str, key: str, *arguments: Any) -> int:
    client: Any = get_redis_connection("throttles", write=True)
    name = str(caches["throttles"].make_key(key))
    count = int(client.execute_command("EVAL", script, 1, name, *arguments))
    if count >= 0:
        return count
    foreign.report()
    return EXCEEDED
