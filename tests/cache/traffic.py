"""Writers and readers of one wallet who note every read that was older than it may be.

`python -m tests.cache.traffic FOLDER WALLET_ID UUID` is one server process' worth of them. They
run until FOLDER/stop exists and then print what they saw. Each write deposits 1.00, so that a
balance is as good as a version. A file shared by all processes holds the highest balance whose
write was acknowledged; whoever reads looks at it *before* and must not read less.
"""

import fcntl
import json
import mmap
import os
import struct
import sys
import threading
import time
import weakref
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from uuid import UUID

#: Seconds between two writes, so that readers find something cached.
PAUSE = 0.004
#: As in `cache.trust`, quicker: settling outlasts a retry and the timeouts of a socket.
RETRY_SECONDS, SETTLING_SECONDS = 0.2, 1.0
#: Seconds after which nobody can be waiting for the result any more, and writes of a process.
LONGEST, MOST = 60.0, 20_000


class Acknowledged:
    """The highest acknowledged balance, shared by all processes that open the same file."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT)
        weakref.finalize(self, os.close, self._file)
        os.ftruncate(self._file, 8)
        self._memory = mmap.mmap(self._file, 8)
        self._lock = threading.Lock()

    def now(self) -> int:
        return int(struct.unpack("q", self._memory[:8])[0])

    def raise_to(self, balance: int) -> None:
        with self._lock:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            self._memory[:8] = struct.pack("q", max(balance, self.now()))
            fcntl.flock(self._file, fcntl.LOCK_UN)


class Traffic:
    """One process' threads: writers, readers of the balance and of the transactions."""

    def __init__(self, folder: Path, wallet_id: int, uuid: UUID) -> None:
        self.wallet_id, self.uuid = wallet_id, uuid
        self.acknowledged = Acknowledged(folder / "acknowledged")
        self.stop = folder / "stop"
        self._lock = threading.Lock()
        self._ends_at = time.monotonic() + LONGEST
        self.writes = self.reads = 0
        self.stale: list[tuple[str, int, int]] = []
        self.errors: list[str] = []

    def run(self) -> None:
        works = [
            self._write,
            self._write,
            self._read_balance,
            self._read_balance,
            self._read_recent,
        ]
        threads = [threading.Thread(target=self._until_stopped, args=[work]) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _until_stopped(self, work: Callable[[], None]) -> None:
        from django.db import connection

        try:
            while self._goes_on():
                work()
        except Exception as error:  # noqa: BLE001 the test asserts that there was none
            self.errors.append(repr(error))
        finally:
            connection.close()

    def _goes_on(self) -> bool:
        is_due = time.monotonic() >= self._ends_at or self.writes >= MOST
        return not is_due and not self.stop.exists()

    def _write(self) -> None:
        from wallet_transaction_api.ledger import group_commit
        from wallet_transaction_api.ledger.posting import Posting

        posted = group_commit.post_one(Posting(wallet_id=self.wallet_id, amount=Decimal(1)))
        self.acknowledged.raise_to(int(posted.movement.balance_after))
        with self._lock:
            self.writes += 1
        time.sleep(PAUSE)

    def _read_balance(self) -> None:
        from wallet_transaction_api import cache

        least = self.acknowledged.now()
        row = cache.balance_by_uuid(self.uuid)
        self._note("balance", least, int(row["balance"]) if row else -1)

    def _read_recent(self) -> None:
        from wallet_transaction_api import cache

        least = self.acknowledged.now()
        rows = cache.recent_transactions(self.wallet_id)
        self._note("transactions", least, int(rows[0]["balance_after"]) if rows else 0)

    def _note(self, what: str, least: int, got: int) -> None:
        with self._lock:
            self.reads += 1
        if got < least:
            self.stale.append((what, least, got))


def main(folder: str, wallet_id: str, uuid: str) -> None:
    """Run one process' traffic; print what it saw."""
    import django

    django.setup()
    from wallet_transaction_api.cache import trust

    trust.RETRY_SECONDS, trust.SETTLING_SECONDS = RETRY_SECONDS, SETTLING_SECONDS
    traffic = Traffic(Path(folder), int(wallet_id), UUID(uuid))
    traffic.run()
    seen = {name: getattr(traffic, name) for name in ("writes", "reads", "stale", "errors")}
    print(json.dumps(seen))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wallet_transaction_api.settings")
    main(*sys.argv[1:])
