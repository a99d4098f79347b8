"""When to believe the shared cache: the circuit breaker between this process and Redis.

While Redis cannot be asked, writers commit what nobody publishes. So trust is regained in two
steps. First Redis is *reached*: everything cached is voided, for every process, and from then
on this process publishes, so that no failure goes unnoticed. Then, after a time in which every
other process that Redis went away from has reached it too, what they missed meanwhile is voided
as well, and only then are reads believed. A process also starts that way: its forerunner may
have been killed between a commit and its publication.

Only one process may have noticed (it met a dropped connection, or forgotten scripts, and has
mended that before the others called): they go on believing. So after a success Redis is tried
again at once, writers wait for that try, and it counts only with every miss before its end voided.
"""

import logging
import threading
import time
from collections.abc import Callable

from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

#: What makes Redis count as out of reach.
FAILURES = (RedisError, OSError)
#: While it is absent it is tried this often, by one thread; meanwhile no request waits for it.
RETRY_SECONDS = 1.0
#: From reaching Redis to believing it: the others' `RETRY_SECONDS` and their sockets' timeouts.
SETTLING_SECONDS = 2.0
#: The longest that a writer whose publication failed waits for another try.
COVER_SECONDS = 1.0
#: Trouble is logged at most this often.
QUIET_SECONDS = 10.0


class Trust:
    """Whether reads may be believed and whether publications are sent."""

    def __init__(self, void: Callable[[], object]) -> None:
        """Start untrusting; `void` makes every cached value worthless or raises `FAILURES`."""
        self._void = void
        self._lock = threading.Condition()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._started = self._trusted = self._publishing = self._absent = False
        self._losses = self._ended = 0
        self._tried_at = self._logged_at = -QUIET_SECONDS
        #: Tries begun: whose call began before the last one has nothing new to tell of a failure.
        self.tries = 0
        #: Publications that did not get through since the process started.
        self.missed = 0

    def reads(self) -> bool:
        """Tell whether to ask Redis."""
        if not self._trusted:
            self._start()
        return self._trusted

    def publishes(self) -> bool:
        """Tell whether Redis was reached and not lost since."""
        if not self._publishing:
            self._start()
        return self._publishing

    def permits(self) -> bool:
        """Tell a writer whether to tell Redis; a no is a miss, which the next try voids."""
        if self.publishes():
            return True
        with self._lock:
            self.missed += not self._publishing
            return self._publishing

    def lose(self, error: Exception, tries: int, *, missed: bool = False) -> None:
        """Stop believing Redis; a thread finds out when it can be asked again.

        `tries` is what it was before the call that failed: one begun since has voided, or will,
        all that was committed before it.
        """
        with self._lock:
            self.missed += missed
            if tries == self.tries:
                self._trusted = self._publishing = False
                self._losses += 1
                self._lock.notify_all()
                self._ensure_recovering()
        self._warn(error)

    def cover(self) -> None:
        """After a miss, wait for the try under way: if Redis answers that, all is void by now.

        So a stumbling Redis costs this writer a moment, and no reader elsewhere an old balance.
        Nobody waits while Redis is known to be absent.
        """
        with self._lock:
            ended = self._ended
            self._lock.wait_for(
                lambda: self._publishing or self._absent or self._ended > ended, COVER_SECONDS
            )

    def _start(self) -> None:
        """Reach for Redis at once the first time; later see to it that somebody does."""
        with self._starting:
            if not self._started:
                self._started = True
                self._reach()
        with self._lock:
            self._ensure_recovering()

    def _reach(self) -> None:
        """Try once; from a success on, publications are sent and their failures noticed."""
        self._tried_at = time.monotonic()
        with self._lock:
            self.tries += 1
        try:
            while not self._void_misses():
                pass
        except FAILURES as error:
            self._warn(error)
            self._end_try(absent=True)
        else:
            self._end_try(absent=False)

    def _void_misses(self) -> bool:
        """Void, and publish from now on unless a writer missed the end of it."""
        missed = self.missed
        self._void()
        with self._lock:
            self._publishing = missed == self.missed
            return self._publishing

    def _end_try(self, *, absent: bool) -> None:
        with self._lock:
            self._absent = absent
            self._ended += 1
            self._lock.notify_all()

    def _settle(self) -> None:
        """Void what this process and others missed until now; believe, if nothing went wrong."""
        with self._lock:
            losses, tries = self._losses, self.tries
            if self._lock.wait_for(lambda: not self._publishing, SETTLING_SECONDS):
                return
        try:
            self._void()
        except FAILURES as error:
            self.lose(error, tries)
        with self._lock:
            self._trusted = losses == self._losses

    def _ensure_recovering(self) -> None:
        """Have one thread recover while there is no trust; a fork leaves its child none."""
        if self._trusted or (self._thread and self._thread.is_alive()):
            return
        self._thread = threading.Thread(target=self._recover, name="cache-recovery", daemon=True)
        self._thread.start()

    def _recover(self) -> None:
        recovered = False
        while not recovered:
            if not self._publishing:
                if self._absent:
                    time.sleep(max(0.0, self._tried_at + RETRY_SECONDS - time.monotonic()))
                self._reach()
            if self._publishing:
                self._settle()
            with self._lock:
                recovered = self._trusted
                self._thread = None if recovered else self._thread
        logger.info("Redis is believed; what was cached before is void (%d missed).", self.missed)

    def _warn(self, error: Exception) -> None:
        now = time.monotonic()
        if now - self._logged_at >= QUIET_SECONDS:
            self._logged_at = now
            logger.warning(
                "Redis cannot be asked (%s: %s), the database answers; "
                "this process missed %d publications since its start.",
                type(error).__name__,
                error,
                self.missed,
            )
