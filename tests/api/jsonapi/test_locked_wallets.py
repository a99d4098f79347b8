"""Which wallets `/operations` locks, in what order, before its first operation."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection, connections

from tests.api.jsonapi.conftest import balance_of, errors
from tests.api.jsonapi.test_operations import (
    Operation,
    add_transaction,
    add_wallet,
    perform,
    remove,
    update_wallet,
)
from tests.books import assert_in_order
from tests.conftest import Answer, Api
from tests.transfers import order_of
from wallet_transaction_api.ledger import advisory, holds, limits, locks, transfers, turns, units
from wallet_transaction_api.ledger.locks import Way
from wallet_transaction_api.models import Wallet
from wallet_transaction_api.money import parse

Open = Callable[..., Wallet]
Client = Callable[[User | None], Api]
Locked = list[tuple[Way, list[int]]]


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> Locked:
    """Note which wallets are locked, in which way, one statement after the other."""
    noted: Locked = []
    lock = locks.lock

    def noting(wallet_ids: Iterable[int], way: Way = Way.WAIT) -> Any:
        ids = sorted(wallet_ids)
        noted.extend([(way, ids)] * bool(ids))
        return lock(ids, way)

    monkeypatch.setattr(locks, "lock", noting)
    return noted


@pytest.fixture
def pair(open_wallet: Open) -> tuple[Wallet, Wallet]:
    """Return two of alice's wallets with 100.00 in each, the one of the lower id first."""
    return open_wallet("100.00", label="A"), open_wallet("100.00", label="B")


@pytest.fixture
def shop(open_wallet: Open, bob: User) -> Wallet:
    """Return the stranger's wallet with 100.00 in it."""
    return open_wallet("100.00", owner=bob, label="Shop")


def linked(wallet: Wallet) -> Operation:
    """Return the linkage to a wallet."""
    return {"data": {"type": "wallets", "id": str(wallet.pk)}}


def pay(source: Wallet, destination: Any, amount: str = "1.00") -> Operation:
    """Return an operation that transfers by handle."""
    return {
        "op": "add",
        "data": {
            "type": "transfers",
            "attributes": {"amount": amount, "destinationUuid": str(destination)},
            "relationships": {"source": linked(source)},
        },
    }


def update(kind: str, key: Any, **attributes: Any) -> Operation:
    """Return an operation that changes a resource."""
    return {"op": "update", "data": {"type": kind, "id": str(key), "attributes": attributes}}


def test_wallets_are_locked_in_order_before_the_first_operation(
    api: Api, pair: tuple[Wallet, Wallet], locked: Locked
) -> None:
    a, b = pair
    wanted = [add_transaction({"id": str(key)}, "1.00") for key in (b.pk, a.pk, b.pk)]
    assert perform(api, *wanted).status_code == 200
    assert locked[0] == (Way.WAIT, [a.pk, b.pk])


def _by_ref(a: Wallet) -> Operation:
    return {**update_wallet(a.pk, label="New"), "ref": {"type": "wallets", "id": str(a.pk)}}


def _by_href(a: Wallet) -> Operation:
    return {**update_wallet(a.pk, label="New"), "href": f"/api/wallets/{a.pk}"}


def _by_ancestor(a: Wallet) -> Operation:
    data = {"type": "Transaction", "attributes": {"amount": "1.00", "wallet": a.pk}}
    return {"op": "add", "data": data}


def _by_hold(a: Wallet) -> Operation:
    return update("holds", holds.place(wallet_id=a.pk, amount=parse("1", 2)).pk, status="voided")


def _by_transaction(a: Wallet) -> Operation:
    return remove("transactions", a.transactions.get().pk)


def _by_handle(a: Wallet) -> Operation:
    return pay(Wallet.objects.get(label="B"), a.uuid)


def _by_transfer(a: Wallet) -> Operation:
    order = order_of(a, Wallet.objects.get(label="B"), "1")
    return remove("transfers", transfers.transfer(order).pk)


@pytest.mark.parametrize(
    "name",
    [_by_ref, _by_href, _by_ancestor, _by_hold, _by_transaction, _by_handle, _by_transfer],
)
def test_a_wallet_is_found_by_whatever_names_it(
    api: Api, pair: tuple[Wallet, Wallet], locked: Locked, name: Callable[[Wallet], Operation]
) -> None:
    a, b = pair
    operation = name(a)
    locked.clear()
    answer = perform(api, add_transaction({"id": str(b.pk)}, "1.00"), operation)
    assert answer.status_code == 200, answer.content
    assert locked[0] == (Way.WAIT, [a.pk, b.pk])


def test_a_limits_wallet_is_found(
    staff_api: Api, pair: tuple[Wallet, Wallet], locked: Locked
) -> None:
    a, b = pair
    key = limits.set_limit(wallet_id=a.pk, direction="debit", window="day", max_count=5).pk
    locked.clear()
    answer = perform(staff_api, add_transaction({"id": str(b.pk)}, "1.00"), remove("limits", key))
    assert answer.status_code == 200
    assert locked[0] == (Way.WAIT, [a.pk, b.pk])


def test_one_wallet_needs_no_order_and_no_statement_more(
    api: Api, pair: tuple[Wallet, Wallet], locked: Locked
) -> None:
    a, _ = pair
    each = add_transaction({"id": str(a.pk)}, "1.00")
    assert perform(api, each, each).status_code == 200
    assert locked == [(Way.WAIT, [a.pk])] * 2


def test_what_is_added_by_the_request_is_nobody_elses_yet(
    api: Api, pair: tuple[Wallet, Wallet], locked: Locked
) -> None:
    a, b = pair
    own = [add_transaction({"id": str(wallet.pk)}, "-1.00") for wallet in (b, a)]
    new = [add_wallet("New", lid="n"), add_transaction({"lid": "n"}, "2.00")]
    assert perform(api, *own, *new).status_code == 200
    assert locked[0] == (Way.WAIT, [a.pk, b.pk])


def test_nothing_is_locked_that_is_not_the_callers(
    api: Api, pair: tuple[Wallet, Wallet], shop: Wallet, locked: Locked
) -> None:
    a, _ = pair
    for stranger in (add_transaction({"id": str(shop.pk)}, "1.00"), update_wallet(shop.pk)):
        answer = perform(api, add_transaction({"id": str(a.pk)}, "1.00"), stranger)
        assert answer.status_code == 404
        pointer = "data/relationships/wallet/data" if stranger["op"] == "add" else "data"
        assert errors(answer) == [("not_found", f"/atomic:operations/1/{pointer}")]
    assert shop.pk not in {key for _, ids in locked for key in ids}


def test_staff_lock_nothing_that_they_may_not_change(
    as_user: Client, bob: User, pair: tuple[Wallet, Wallet], open_wallet: Open, locked: Locked
) -> None:
    bob.is_staff = True
    bob.save()
    bob.user_permissions.add(Permission.objects.get(codename="view_wallet"))
    own = open_wallet("1.00", owner=bob, label="Own")
    a, _ = pair
    locked.clear()
    answer = perform(
        as_user(bob), *[add_transaction({"id": str(each.pk)}, "1.00") for each in (own, a)]
    )
    assert errors(answer) == [("permission_denied", "/atomic:operations/1/data")]
    assert {key for _, ids in locked for key in ids} == {own.pk}


def test_a_foreign_wallet_is_locked_after_all_own_ones(
    api: Api, pair: tuple[Wallet, Wallet], shop: Wallet, locked: Locked
) -> None:
    a, b = pair
    answer = perform(api, pay(b, shop.uuid), add_transaction({"id": str(a.pk)}, "1.00"))
    assert answer.status_code == 200
    assert locked[0] == (Way.WAIT, [a.pk, b.pk])
    assert [each for each in locked if shop.pk in each[1]] == [(Way.AT_ONCE, [shop.pk])]
    assert balance_of(shop) == "101.00"


def test_with_a_payment_ten_operations_are_done_and_no_more(
    api: Api, pair: tuple[Wallet, Wallet], shop: Wallet, locked: Locked
) -> None:
    a, _ = pair
    others = [add_transaction({"id": str(a.pk)}, "0.01")] * 10
    answer = perform(api, *others, pay(a, shop.uuid))
    assert answer.status_code == 413
    assert errors(answer) == [("too_many_operations", "/atomic:operations")]
    assert "10" in answer.json()["errors"][0]["detail"]
    assert locked == []
    assert perform(api, *others[1:], pay(a, shop.uuid)).status_code == 200
    assert balance_of(a) == "99.09"


def test_ones_own_wallets_by_handle_are_no_strangers(
    api: Api, pair: tuple[Wallet, Wallet], locked: Locked
) -> None:
    a, b = pair
    assert perform(api, *[pay(a, b.uuid, "0.01")] * 11).status_code == 200
    assert (Way.WAIT, [a.pk, b.pk]) == locked[0]
    assert Way.AT_ONCE not in {way for way, _ in locked}


def test_nobody_is_a_stranger_to_staff_and_in_open_mode(
    staff_api: Api, as_user: Client, pair: tuple[Wallet, Wallet], shop: Wallet, settings: Any
) -> None:
    settings.AUTH_REQUIRED = False
    a, _ = pair
    for client in (staff_api, as_user(None)):
        assert perform(client, *[pay(a, shop.uuid, "0.01")] * 11).status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("handle", ["4b0a2f86-0000-4000-8000-000000000000", "none", 5, None])
def test_a_handle_of_nobody_is_refused_in_its_place(
    api: Api, pair: tuple[Wallet, Wallet], handle: Any
) -> None:
    a, b = pair
    operation = pay(a, "")
    operation["data"]["attributes"]["destinationUuid"] = handle
    others = [add_transaction({"id": str(wallet.pk)}, "1.00") for wallet in pair] * 6
    answer = perform(api, *others, operation)
    assert answer.status_code in {404, 422}
    assert errors(answer)[0][1].startswith("/atomic:operations/12/data/attributes/destinationUuid")
    assert (balance_of(a), balance_of(b)) == ("100.00", "100.00")


@pytest.mark.django_db(transaction=True)
def test_a_replay_is_answered_whatever_the_turn(
    api: Api, pair: tuple[Wallet, Wallet], shop: Wallet, alice: User
) -> None:
    a, _ = pair
    key = {"Idempotency-Key": "k"}
    first = perform(api, pay(a, shop.uuid), headers=key)
    with turns.of(alice.pk):
        again = perform(api, pay(a, shop.uuid), headers=key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again["Idempotent-Replayed"] == "true"
    assert balance_of(shop) == "101.00"


def _in_thread(action: Callable[[], Answer]) -> tuple[threading.Thread, list[int]]:
    statuses: list[int] = []

    def run() -> None:
        try:
            statuses.append(action().status_code)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, statuses


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
class TestTurns:
    """One request of an owner that pays others and does more, at a time."""

    @pytest.fixture
    def asks(
        self, pair: tuple[Wallet, Wallet], shop: Wallet, alice: User
    ) -> dict[str, Callable[[], Answer]]:
        """Return a request that has to wait for alice's turn, and one of hers that has not."""
        a, b = pair
        own = [add_transaction({"id": str(each.pk)}, "1.00") for each in (a, b)]
        return {
            "pays": lambda: perform(Api(alice), pay(a, shop.uuid)),
            "own": lambda: perform(Api(alice), *own),
        }

    def test_a_second_one_of_the_process_waits(
        self, asks: dict[str, Callable[[], Answer]], alice: User
    ) -> None:
        with turns.of(alice.pk):
            thread, statuses = _in_thread(asks["pays"])
            assert asks["own"]().status_code == 200
            thread.join(1)
            assert statuses == []
        thread.join()
        assert statuses == [200]

    def test_anybody_elses_does_not(self, asks: dict[str, Callable[[], Answer]], bob: User) -> None:
        with turns.of(bob.pk):
            assert asks["pays"]().status_code == 200

    def test_who_waits_too_long_is_told_to_come_again(
        self,
        asks: dict[str, Callable[[], Answer]],
        alice: User,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(units, "PATIENCE", 0.1)
        with turns.of(alice.pk):
            answer = asks["pays"]()
        assert (answer.status_code, answer["Retry-After"]) == (503, "1")

    @pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
    def test_another_processs_turn_is_waited_for(
        self, asks: dict[str, Callable[[], Answer]], alice: User
    ) -> None:
        with _elsewhere(alice.pk):
            thread, statuses = _in_thread(asks["pays"])
            thread.join(1)
            assert statuses == []
        thread.join()
        assert statuses == [200]


class _elsewhere:  # noqa: N801 a context manager
    """Have the owner's turn in another session of the database, as another process would."""

    def __init__(self, owner_id: int) -> None:
        self._name = turns._name(owner_id)
        self._taken, self._ending = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._keep)

    def _keep(self) -> None:
        def work() -> None:
            assert advisory.take([self._name]) == [True]
            self._taken.set()
            self._ending.wait(30)

        try:
            units.in_transaction(work)
            advisory.free([self._name])
        finally:
            connections.close_all()

    def __enter__(self) -> None:
        self._thread.start()
        assert self._taken.wait(30)

    def __exit__(self, *error: object) -> None:
        self._ending.set()
        self._thread.join()


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
def test_requests_that_cross_all_pass(alice: User, pair: tuple[Wallet, Wallet]) -> None:
    a, b = pair
    there, back = (
        [
            add_transaction({"id": str(one.pk)}, "-1.00"),
            add_transaction({"id": str(other.pk)}, "1.00"),
        ]
        for one, other in ((a, b), (b, a))
    )

    def run(number: int) -> Counter[int]:
        client, operations = Api(alice), (there, back)[number % 2]
        try:
            return Counter(perform(client, *operations).status_code for _ in range(125))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(run, range(8)), Counter()) == {200: 1000}
    assert (balance_of(a), balance_of(b)) == ("100.00", "100.00")
    assert_in_order()
