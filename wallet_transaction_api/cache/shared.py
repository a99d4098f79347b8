"""The store in Redis, shared by all processes: one round trip a call, never an exception.

The raw client is django-redis' client of the primary: a replica may not have yet what was
published before the answer.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django_redis import get_redis_connection

from wallet_transaction_api.cache import scripts
from wallet_transaction_api.cache.lines import Lines
from wallet_transaction_api.cache.scripts import Script
from wallet_transaction_api.cache.stores import LEASE_SECONDS, Change, Health, Reading
from wallet_transaction_api.cache.trust import FAILURES, Trust
from wallet_transaction_api.lanes import Gather, Lane

#: Wallets published or read by one call; more than a batch of postings ever touches at once.
CHUNK = 500
_MISS: Reading = (None, None)


class SharedStore:
    """See `stores.Store`. While Redis is not to be trusted every read is a miss."""

    def __init__(self) -> None:
        """Connect lazily, by `settings.CACHES`."""
        self._redis = get_redis_connection("default", write=True)
        self._lines = Lines(self._redis.connection_pool)
        # The form of the entries is part of the prefix: other releases keep to their own.
        self._prefix = str(caches["default"].make_key("wallets-1:"))
        self._epoch = self._prefix + "epoch"
        self.trust = Trust(self._void)
        self._reads: Lane[str, Reading] = Lane(self._read, most=CHUNK)

    def read(self, key: str) -> Reading:
        """One round trip, also when it takes the lease, shared with those who come meanwhile.

        It starts after all of them have come, so none is answered what was true before.
        """
        return self._reads.join(key) if self.trust.reads() else _MISS

    def fill(self, key: str, lease: str, version: int, text: str) -> None:
        """One round trip."""
        rest = _entry_ms() - _lease_ms()
        self._run(scripts.FILL, [self._prefix + key], lease, version, text, rest)

    def publish(self, changes: Sequence[Change]) -> None:
        """One round trip for up to `CHUNK` wallets; a failure is counted and logged."""
        for start in range(0, len(changes), CHUNK):
            chunk = changes[start : start + CHUNK]
            keys = [self._epoch, *(self._prefix + key for key, _, _ in chunk)]
            values = [value for _, version, text in chunk for value in (version, text)]
            self._publish(keys, values)

    def read_recent(self, key: str) -> str | bytes | None:
        """One round trip for version and transactions."""
        text: bytes | None = self._run(scripts.READ_RECENT, [self._epoch, self._prefix + key])
        return text

    def keep_recent(self, key: str, version: int, text: str) -> None:
        """One round trip."""
        self._run(scripts.KEEP_RECENT, [self._epoch, self._prefix + key], version, text)

    def health(self) -> Health:
        """One round trip, none while it is known to be down."""
        tries = self.trust.tries
        if self.trust.publishes():
            try:
                self._redis.ping()
            except FAILURES as error:
                self.trust.lose(error, tries)
        return "ok" if self.trust.publishes() else "degraded"

    def _read(self, gather: Gather[str]) -> Iterable[Reading]:
        keys, lease = gather(), f"{random.getrandbits(64):x}"
        asked = list(dict.fromkeys(keys))
        names = [self._epoch, *(self._prefix + key for key in asked)]
        answers = self._run(scripts.READ, names, lease, _lease_ms())
        return _shared_out(keys, dict(zip(asked, answers or (), strict=False)), lease)

    def _run(self, script: Script, keys: Sequence[str], *values: Any) -> Any:
        if not self.trust.reads():
            return None
        tries = self.trust.tries
        try:
            return self._call(script, keys, *values)
        except FAILURES as error:
            self.trust.lose(error, tries)
            return None

    def _publish(self, keys: Sequence[str], values: Sequence[Any]) -> None:
        tries = self.trust.tries
        if self.trust.permits():
            try:
                self._call(scripts.PUBLISH, keys, _entry_ms(), *values)
            except FAILURES as error:
                self.trust.lose(error, tries, missed=True)
            else:
                return
        self.trust.cover()

    def _call(self, script: Script, keys: Sequence[str], *values: Any) -> Any:
        return self._lines.call(
            self.trust.tries, "EVALSHA", script.digest, len(keys), *keys, *values
        )

    def _void(self) -> None:
        """End the epoch, then load the scripts: nobody reads on in the old one."""
        with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.delete(self._epoch)
            for script in scripts.ALL:
                pipeline.execute_command("SCRIPT LOAD", script.text)
            pipeline.execute()


def _shared_out(keys: Sequence[str], found: dict[str, Any], lease: str) -> Iterator[Reading]:
    """Give each reader what was found under its key; where that is the lease, only the first."""
    for key in keys:
        answer = found.get(key)
        if answer == 1:
            found[key] = None
            yield None, lease
        else:
            yield answer, None


def _entry_ms() -> int:
    return int(settings.BALANCE_CACHE_SECONDS * 1000)


def _lease_ms() -> int:
    return min(LEASE_SECONDS * 1000, _entry_ms())
