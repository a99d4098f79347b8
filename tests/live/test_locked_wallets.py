"""Nobody keeps a wallet locked that is not theirs: an attack on one, by a real client.

The attacker has an account and a few cents. Every request ends in a refusal, so it costs nothing:
payments to the victim's wallet together with much else, alone, and beside requests that keep the
attacker's own wallet busy.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from rest_framework_simplejwt.tokens import AccessToken

from tests.books import assert_in_order
from tests.conftest import JSONAPI
from tests.live.conftest import Server
from wallet_transaction_api.models import Wallet

pytestmark = [
    pytest.mark.serial,
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer"),
]
ATOMIC = f'{JSONAPI};ext="https://jsonapi.org/ext/atomic"'
POSTINGS = 200
#: Seconds that 99 of 100 postings take at most. On a busy machine: twice what they take without
#: the attack, or meanwhile to another wallet, for the attack costs processor time all the same.
BOUND, FACTOR = 0.1, 2
#: Attackers of each kind.
MANY = 8
Body = dict[str, Any]


class Client:
    """One connection of a user's."""

    def __init__(self, server: Server, user: User) -> None:
        self._connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
        self._headers = {"Authorization": f"Bearer {AccessToken.for_user(user)}"}

    def post(self, path: str, body: bytes, kind: str = JSONAPI) -> int:
        """Send a request; return the status of its answer."""
        self._connection.request("POST", path, body, {**self._headers, "Content-Type": kind})
        answer = self._connection.getresponse()
        answer.read()
        return answer.status

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def _add(kind: str, amount: str, end: str, wallet: Wallet, **more: str) -> Body:
    linkage = {end: {"data": {"type": "wallets", "id": str(wallet.pk)}}}
    return {"type": kind, "attributes": {"amount": amount, **more}, "relationships": linkage}


def _operations(*items: Body) -> tuple[str, bytes, str]:
    body = {"atomic:operations": [{"op": "add", "data": item} for item in items]}
    return "/api/operations", json.dumps(body).encode(), ATOMIC


def _alone(item: Body) -> tuple[str, bytes, str]:
    return f"/api/{item['type']}", json.dumps({"data": item}).encode(), JSONAPI


def _attacks(victim: Wallet, purse: Wallet, busy: Wallet) -> list[tuple[str, bytes, str]]:
    """Return the requests of each kind of attacker."""
    pays = _add("transfers", "0.01", "source", purse, destinationUuid=str(victim.uuid))
    from_busy = _add("transfers", "99999", "source", busy, destinationUuid=str(victim.uuid))
    posts = _add("transactions", "0.01", "wallet", busy)
    fails = _add("transactions", "-99999", "wallet", busy)
    return [
        _operations(*[posts] * 99, fails),
        _operations(pays, *[posts] * 98, fails),
        _operations(pays, *[posts] * 8, fails),
        _alone(from_busy),
    ]


@contextmanager
def _under_attack(
    client: Callable[[], Client], kinds: Sequence[tuple[str, bytes, str]]
) -> Iterator[Counter[int]]:
    """Run as many threads of each kind while the block measures; count the answers."""
    is_over, answers = threading.Event(), Counter[int]()

    def attack(request: tuple[str, bytes, str]) -> None:
        with closing(client()) as attacker:
            while not is_over.is_set():
                answers[attacker.post(*request)] += 1

    threads = [
        threading.Thread(target=attack, args=(kinds[number % len(kinds)],))
        for number in range(2 * MANY)
    ]
    for thread in threads:
        thread.start()
    time.sleep(2)
    try:
        yield answers
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def _p99s(client: Client, *wallets: Wallet) -> list[float]:
    """Post so many times to each, in turn; return the seconds that 99 of 100 took at most."""
    taken: dict[int, list[float]] = {wallet.pk: [] for wallet in wallets}
    for wallet in wallets * POSTINGS:
        begun = time.monotonic()
        assert client.post(*_alone(_add("transactions", "0.01", "wallet", wallet))) == 201
        taken[wallet.pk].append(time.monotonic() - begun)
    return [sorted(seconds)[int(POSTINGS * 0.99) - 1] for seconds in taken.values()]


def test_a_wallet_is_posted_to_as_usual_while_it_is_attacked(
    serve: Callable[..., Server], alice: User, bob: User, open_wallet: Callable[..., Wallet]
) -> None:
    victim = open_wallet("1000.00", label="Shop")
    beside = open_wallet("1000.00", label="Beside")
    purse = open_wallet("5.00", owner=bob, label="Purse")
    busy = open_wallet("5.00", owner=bob, label="Busy")
    server = serve()
    with closing(Client(server, alice)) as client:
        (quiet,) = _p99s(client, victim)
        with _under_attack(lambda: Client(server, bob), _attacks(victim, purse, busy)) as answers:
            attacked, other = _p99s(client, victim, beside)
    print(f"p99: quiet {quiet:.3f} s, attacked {attacked:.3f} s, another wallet {other:.3f} s")
    print(answers)
    assert attacked < max(BOUND, FACTOR * quiet, FACTOR * other)
    assert {413, 422} <= answers.keys() <= {413, 422, 503}  # their own wallet is what is busy
    for wallet, count in ((victim, 2 * POSTINGS), (beside, POSTINGS)):
        wallet.refresh_from_db()
        assert f"{wallet.balance:.2f}" == f"{1000 + count / 100:.2f}"
    assert_in_order()
