"""Threads that come at the same time are served together, by one of them.

Whoever comes first leads: it serves itself and all who wait by then, and while it is at it the
next group gathers. Nobody waits for company: alone, a thread is served at once, by itself. There
is no thread to start or to drain: a server that finishes its requests has finished its groups.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

#: Returns the items that wait by now, the leader's first; each call adds to what it gave.
Gather = Callable[[], Sequence[Item]]


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
        pause: float = 0,
    ) -> None:
        """Have each group of up to `most` served by `serve`, which gathers it when it is ready.

        It returns an outcome for each item, in their order. Where the last leader had company,
        the next one waits for so many seconds of `pause`: others are on their way.
        """
        self._serve = serve
        self._most = most
        self._pause = pause
        self._had_company = False
        self._lock = threading.Lock()
        self._waiting: deque[_Ticket[Item, Outcome]] = deque()
        self._is_led = False

    def join(self, item: Item) -> Outcome:
        """Return the item's outcome; raises what `serve` raised for the item's whole group.

        What is served was gathered, and so had come, before the serving began.
        """
        ticket: _Ticket[Item, Outcome] = _Ticket(item)
        with self._lock:
            self._waiting.append(ticket)
            ticket.leads, self._is_led = not self._is_led, True
        if not ticket.leads:
            ticket.gate.acquire()
        if ticket.leads:
            if self._pause and self._had_company:
                time.sleep(self._pause)
            self._lead()
        if ticket.error is not None:
            raise ticket.error
        return ticket.outcome  # type: ignore[return-value]  # set, or there is an error

    def _lead(self) -> None:
        """Serve one group, the leader's own item first, and pass the lead on."""
        group: list[_Ticket[Item, Outcome]] = []
        try:
            outcomes = list(self._serve(lambda: self._gathered(group)))
        except BaseException as error:  # noqa: BLE001 each of the group decides what it means to it
            for ticket in group or self._all_waiting(group):
                ticket.error = error
        else:
            for ticket, outcome in zip(group, outcomes, strict=True):
                ticket.outcome = outcome
        finally:
            self._had_company = len(group) > 1
            self._pass_on()
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

    def _pass_on(self) -> None:
        with self._lock:
            self._is_led = bool(self._waiting)
            if self._is_led:
                self._waiting[0].leads = True
                self._waiting[0].gate.release()
