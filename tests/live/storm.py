"""Clients that write under keys, try again until they are answered, and keep the record of it.

Every request moves a number of cents that no other one does, 10.00 and more: see `tests.history`.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count

import httpx
from django.contrib.auth.models import User
from rest_framework_simplejwt.tokens import AccessToken

from tests.history import Effect, Hold, Request, Told, Written
from tests.live import asks
from tests.live.asks import Ask, Meant
from wallet_transaction_api.models import Entry, HoldEntry, Wallet

CLIENTS = 6
#: Requests of a storm; who waits for a storm that is spent waits in vain.
MOST = 4000
#: Seconds within which a request gets its answer, whatever happened to it on the way.
PATIENCE = 40.0
#: The smallest amount of a request; captures take less.
LEAST = Decimal(10)
CENT = Decimal("0.01")


def client_of(url: str, user: User, *, seconds: float = 10) -> httpx.Client:
    """Return the user's client of the server."""
    headers = {"Authorization": f"Bearer {AccessToken.for_user(user)}"}
    return httpx.Client(base_url=url, headers=headers, timeout=seconds)


def send(client: httpx.Client, ask: Ask, key: str) -> httpx.Response:
    """Send once."""
    headers = {"Idempotency-Key": key, "Content-Type": ask.content_type}
    return client.request(ask.method, ask.path, json=ask.body, headers=headers)


def told_by(answer: httpx.Response) -> Told | None:
    """Return the final answer; None for one that says to try again."""
    is_running = answer.status_code == 409 and b"idempotency_in_progress" in answer.content
    if is_running or answer.status_code == 503:
        return None
    replayed = answer.headers.get("Idempotent-Replayed") == "true"
    return Told(answer.status_code, answer.content, is_replay=replayed)


@dataclass
class Stored:
    """What one client may still change: transactions, and the two ways to end each hold."""

    posted: list[tuple[str, int, Decimal]] = field(default_factory=list)
    ends: list[Meant] = field(default_factory=list)


class Storm:
    """Writers among wallets of one owner, and a reader of one that only deposits go to."""

    def __init__(self, url: str, owner: User, wallets: list[Wallet], savings: Wallet) -> None:
        self.requests: list[Request] = []
        self.stale: list[tuple[Decimal, Decimal]] = []
        self.reads = 0
        self._asks: dict[str, Ask] = {}
        self._url, self._owner = url, owner
        self._wallets, self._savings = wallets, savings
        self._cents = count(int(LEAST / CENT))
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._saved = Decimal(0)

    @contextmanager
    def raging(self) -> Iterator[None]:
        """Run while the block does its damage; afterwards every request has its answer."""
        with ThreadPoolExecutor(CLIENTS + 1) as pool:
            running = [pool.submit(self._write, number) for number in range(CLIENTS)]
            running.append(pool.submit(self._read))
            try:
                yield
            finally:
                self._is_over.set()
            for each in running:
                each.result()
        self._ask_again()

    def wait_for(self, more: int) -> None:
        """Return once so many further requests have been answered."""
        wanted = self._answered() + more
        self.wait_until(lambda: self._answered() >= wanted)

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Return once it is so; the storm goes on."""
        deadline = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < deadline, "the storm has died down"
            time.sleep(0.02)

    def has_done(self) -> set[str]:
        """Return what became of holds, and the refusal of a limit if there was one."""
        told = [(request, request.told[0]) for request in list(self.requests) if request.told]
        done = {
            effect[1] for each, _ in told if each.passed for effect in each.effects if effect[2:]
        }
        limited = any(b"limit_exceeded" in answer.body for _, answer in told)
        return {str(name) for name in done} | ({"limit_exceeded"} if limited else set())

    def _answered(self) -> int:
        return sum(bool(request.told) for request in list(self.requests))

    def _write(self, number: int) -> None:
        dice = random.Random(number)
        stored = Stored()
        with client_of(self._url, self._owner) as client:
            while len(self.requests) < MOST and not self._is_over.is_set():
                ask, effects = self._choose(dice, stored)
                request = self._noted(ask, effects)
                self._until_told(client, request)
                if request.passed:
                    self._follow(ask, request, stored)

    def _noted(self, ask: Ask, effects: tuple[Effect, ...]) -> Request:
        with self._lock:
            request = Request(f"key-{len(self.requests)}", effects)
            self._asks[request.key] = ask
            self.requests.append(request)
        return request

    def _until_told(self, client: httpx.Client, request: Request) -> None:
        deadline = time.monotonic() + PATIENCE
        ask = self._asks[request.key]
        while not self._try(client, request, ask):
            assert time.monotonic() < deadline, f"{request.key} got no answer: {ask}"
            time.sleep(0.05)

    def _follow(self, ask: Ask, request: Request, stored: "Stored") -> None:
        """Note what a request that passed has left to be changed, ended, or read."""
        wallet, *_, amount = request.effects[0]
        if ask.path == "/api/transactions":
            stored.posted.append((_id_in(request.told[0]), wallet, amount))
        if ask.path == "/api/holds":
            stored.ends += _ends(_id_in(request.told[0]), wallet, amount)
        if wallet == self._savings.pk:
            with self._lock:
                self._saved += amount

    @staticmethod
    def _try(client: httpx.Client, request: Request, ask: Ask) -> bool:
        try:
            told = told_by(send(client, ask, request.key))
        except httpx.TransportError:
            told = None
        if told is None:
            request.unknown += 1
        else:
            request.told.append(told)
        return told is not None

    def _ask_again(self) -> None:
        """Ask once more for all that was in doubt, and for a few that were not."""
        with client_of(self._url, self._owner) as client:
            for number, request in enumerate(self.requests):
                if request.unknown or number % 10 == 0:
                    request.told.append(_final(send(client, self._asks[request.key], request.key)))

    def _read(self) -> None:
        """Look that no balance is older than what was acknowledged before it was asked for."""
        with client_of(self._url, self._owner) as client:
            while not self._is_over.is_set():
                least = self._saved
                try:
                    answer = client.get(f"/api/v1/wallets/{self._savings.uuid}")
                except httpx.TransportError:
                    continue
                if answer.status_code == 200:
                    self.reads += 1
                    got = Decimal(str(answer.json()["balance"]))
                    self.stale += [(least, got)] if got < least else []
                time.sleep(0.002)

    def _choose(self, dice: random.Random, stored: "Stored") -> Meant:
        amount = Decimal(next(self._cents)).scaleb(-2)
        one, other = dice.sample(self._wallets, 2)
        if stored.ends and dice.random() < 0.5:
            return stored.ends.pop(dice.randrange(len(stored.ends)))
        if stored.posted and dice.random() < 0.3:
            changed = stored.posted.pop(dice.randrange(len(stored.posted)))
            return asks.amended(*changed, amount) if dice.random() < 0.6 else asks.deleted(*changed)
        makers: list[Callable[[], Meant]] = [
            lambda: asks.posted(one, amount),
            lambda: asks.posted(one, -amount),
            lambda: asks.transferred(one, other, amount),
            lambda: asks.operated(self._savings, amount),
            lambda: asks.operated(one, -amount),
            *[lambda: asks.held(one, amount)] * 2,
        ]
        return dice.choice(makers)()


def opening(wallet: Wallet) -> Request:
    """Return the request that the wallet's opening balance came by."""
    effects = ((wallet.pk, wallet.balance),) if wallet.balance else ()
    return Request(f"opening of {wallet.pk}", effects, [Told(201, b"")])


def books() -> tuple[list[Written], dict[int, Decimal], list[Hold]]:
    """Return the journal, the balances, and what became of every hold, as stored."""
    columns = ("wallet_id", "sequence", "amount", "balance_after")
    journal = [Written(*row) for row in Entry.objects.values_list(*columns)]
    return journal, dict(Wallet.objects.values_list("id", "balance")), _journal_of_holds()


def _journal_of_holds() -> list[Hold]:
    rows = HoldEntry.objects.values_list("wallet_id", "status", "amount", "captured_amount")
    return [(wallet, status, taken or amount) for wallet, status, amount, taken in rows]


def _ends(key: str, wallet: int, amount: Decimal) -> list[Meant]:
    """Return a capture of less than no other request moves, and a void: one of them is refused."""
    return [asks.captured(key, wallet, amount - LEAST + CENT), asks.voided(key, wallet, amount)]


def _final(answer: httpx.Response) -> Told:
    told = told_by(answer)
    assert told, answer.content
    return told


def _id_in(told: Told) -> str:
    return str(httpx.Response(200, content=told.body).json()["data"]["id"])
