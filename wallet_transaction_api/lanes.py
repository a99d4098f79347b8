"""Threads that come at the same time are served together, by one of them.

Whoever comes first leads: it serves itself and all who wait by then, and while it is at it the
next group gathers. Alone, a thread is served at once, by itself. Only where the last group had
company does the next leader wait for as many to come again, no longer than that group took. There
is no thread to start or to drain: a server that finishes its requests has finished its groups.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeAlias, TypeVar

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

#: Seconds that a leader waits for company, at the very most.
LONGEST_WAIT = 0.01
#: Returns the items that wait by now, the leader's first; each call adds to what it gave.
Gather: TypeAlias = Callable[[], Sequence[Item]]


class _Ticket(Generic[Item, Outcome]):
    """One item in a lane, and the gate where its thread waits."""

    __slots__ = ("error", "gate", "item", "leads", "outcome")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.gate = threading.Lock()
        self.gate.acquire()
        self.leads = False
        self.outcome: Outcome | None = None
        self.error: BaseException | None = None


class Lane(Generic[Item, Outcome]):
    """A queue with one leader at a time, who serves what has gathered."""

    def __init__(
        self,
        serve: Callable[[Gather[Item]], Iterable[Outcome]],
        *,
        most: int = 1000,
    ) -> None:
        """Have each group of up to `most` served by `serve`, which gathers it when it is ready.

        It returns an outcome for each item, in their order.
        """
        self._serve = serve
        self._most = most
        self._lock = threading.Lock()
        self._waiting: deque[_Ticket[Item, Outcome]] = deque()
        self._is_led = False
        #: How many the last group and those who came meanwhile were, and the seconds it took.
        self._company, self._took = 0, 0.0
        self._is_expecting = False

    def join(self, item: Item) -> Outcome:
        """Return the item's outcome; raises what `serve` raised for the item's whole group.

        What is served was gathered, and so had come, before the serving began.
        """
        ticket: _Ticket[Item, Outcome] = _Ticket(item)
        with self._lock:
            self._waiting.append(ticket)
            ticket.leads, self._is_led = not self._is_led, True
            self._tell_who_expects()
        if not ticket.leads:
            ticket.gate.acquire()
        if ticket.leads:
            self._expect(ticket)
            self._lead()
        if ticket.error is not None:
            raise ticket.error
        return ticket.outcome  # type: ignore[return-value]  # set, or there is an error

    def _expect(self, leader: _Ticket[Item, Outcome]) -> None:
        """Wait until as many have come as there were last time: they are on their way again."""
        with self._lock:
            self._is_expecting = not self._all_have_come()
        if self._is_expecting:
            leader.gate.acquire(timeout=min(self._took, LONGEST_WAIT))
            self._is_expecting = False

    def _tell_who_expects(self) -> None:
        """Let the leader go on once all whom it expects have come."""
        if self._is_expecting and self._all_have_come():
            self._is_expecting = False
            self._waiting[0].gate.release()

    def _all_have_come(self) -> bool:
        return len(self._waiting) >= min(self._company, self._most)

    def _lead(self) -> None:
        """Serve one group, the leader's own item first, and pass the lead on."""
        group: list[_Ticket[Item, Outcome]] = []
        begun = time.monotonic()
        try:
            outcomes = list(self._serve(lambda: self._gathered(group)))
        except BaseException as error:  # noqa: BLE001 each of the group decides what it means to it
            for ticket in group or self._all_waiting(group):
                ticket.error = error
        else:
            for ticket, outcome in zip(group, outcomes, strict=True):
                ticket.outcome = outcome
        finally:
            self._took = time.monotonic() - begun
            self._pass_on(len(group))
            for ticket in group[1:]:
                ticket.gate.release()

    def _gathered(self, group: list[_Ticket[Item, Outcome]]) -> list[Item]:
        """Let those who wait join the group; return its items."""
        with self._lock:
            while self._waiting and len(group) < self._most:
                group.append(self._waiting.popleft())
        return [ticket.item for ticket in group]

    def _all_waiting(self, group: list[_Ticket[Item, Outcome]]) -> list[_Ticket[Item, Outcome]]:
        """Let a failure before anybody was gathered be theirs who waited for the same."""
        self._gathered(group)
        return group

    def _pass_on(self, served: int) -> None:
        with self._lock:
            self._company = served + len(self._waiting)
            self._is_led = bool(self._waiting)
            if self._is_led:
                self._waiting[0].leads = True
                self._waiting[0].gate.release()
