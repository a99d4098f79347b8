"""Every request that changes something says who did it: by an audit record or a journal entry.

The requests are those of the idempotency matrix, which the table of routes forces to be whole; what
is staff's is added here, and a route that neither tries fails.
"""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User

from tests.api.test_idempotency import ATOMIC, REQUESTS, WORDS, Request, Sender
from tests.api.test_permission_matrix import TABLE
from tests.conftest import JSONAPI, Answer, Api
from wallet_transaction_api.ledger import limits, wallets
from wallet_transaction_api.models import AuditRecord, Entry, Hold, Transaction, Transfer, Wallet

LINKED = {"wallet": {"data": {"type": "wallets", "id": "{wallet}"}}}
OF_STAFF: dict[str, Request] = {
    "set a limit": (
        "POST",
        "/api/limits",
        {"data": {"type": "limits", "relationships": LINKED,
                  "attributes": {"direction": "debit", "window": "day", "maxCount": 9}}},
        JSONAPI,
    ),
    "change a limit": (
        "PATCH",
        "/api/limits/{limit}",
        {"data": {"type": "limits", "id": "{limit}", "attributes": {"maxCount": 8}}},
        JSONAPI,
    ),
    "remove a limit": ("DELETE", "/api/limits/{limit}", None, JSONAPI),
    "freeze a wallet": (
        "PATCH",
        "/api/wallets/{wallet}",
        {"data": {"type": "wallets", "id": "{wallet}", "attributes": {"status": "frozen"}}},
        JSONAPI,
    ),
    "lend": (
        "PATCH",
        "/api/wallets/{wallet}",
        {"data": {"type": "wallets", "id": "{wallet}", "attributes": {"overdraftLimit": "9"}}},
        JSONAPI,
    ),
}  # fmt: skip
#: What each leaves: audit records, and the reasons of entries.
LEFT: dict[str, tuple[list[str], list[str]]] = {
    "post a transaction": ([], ["posted"]),
    "amend a transaction": (["transactions amended"], ["amended"]),
    "reverse a transaction": (["transactions reversed"], ["reversal"]),
    "open a wallet": (["wallets opened"], ["posted"]),
    "rename a wallet": (["wallets changed"], []),
    "close a wallet": (["wallets erased"], []),
    "order a transfer": ([], ["posted", "posted"]),
    "explain a transfer": (["transfers amended"], []),
    "reverse a transfer": (["transfers reversed"], ["reversal", "reversal"]),
    "place a hold": (["holds placed"], []),
    "capture a hold": (["holds captured"], ["posted"]),
    "void a hold": (["holds voided"], []),
    "do operations": (["wallets opened"], []),
    "credit": ([], ["posted"]),
    "debit": ([], ["posted"]),
    "operate": ([], ["posted"]),
    "set a limit": (["limits set"], []),
    "change a limit": (["limits changed"], []),
    "remove a limit": (["limits removed"], []),
    "freeze a wallet": (["wallets frozen"], []),
    "lend": (["wallets changed"], []),
}
ALL = REQUESTS | OF_STAFF
EACH = pytest.mark.parametrize("name", ALL)
HEADER = "X-Request-ID"


class Actor:
    """Sends a named request as a user, and tells what is new since."""

    def __init__(self, sender: Sender) -> None:
        self.values = sender.values
        self._last = {model: model.objects.order_by("pk").last() for model in (AuditRecord, Entry)}

    def __call__(self, name: str, user: User | None, **headers: str) -> Answer:
        method, path, body, kind = ALL[name]
        text = "" if body is None else json.dumps(body)
        for word, value in self.values.items():
            text, path = text.replace(f"{{{word}}}", value), path.replace(f"{{{word}}}", value)
        sent = {HEADER: "r-1", **headers}
        return Api(user).request(method, path, data=text, content_type=kind, headers=sent)

    def new(self, model: Any) -> list[Any]:
        """Return the rows that were not there before, oldest first."""
        return list(model.objects.filter(pk__gt=self._last[model].pk).order_by("pk"))


@pytest.fixture
def act(alice: User, open_wallet: Callable[..., Wallet]) -> Actor:
    """Return the actor; alice's wallet holds 101.00 and has a limit, her own 49.00 and a hold."""
    sender = Sender(alice, open_wallet("100.00"), open_wallet(label="Empty"))
    limit = limits.set_limit(
        wallet_id=int(sender.values["wallet"]), direction="credit", window="day", max_count=50
    )
    sender.values["limit"] = str(limit.pk)
    return Actor(sender)


def _who(name: str, alice: User, staff: User) -> User:
    return staff if name in OF_STAFF else alice


def test_every_route_that_changes_something_is_tried() -> None:
    changing = {
        (method, path.partition("{")[0].rstrip("/"))
        for path, _, rows in TABLE.values()
        for method in ("POST", "PATCH", "DELETE")
        if method in rows and min(rows[method][1], rows[method][3]) < 300
    }
    tried = {(method, path.partition("{")[0].rstrip("/")) for method, path, *_ in ALL.values()}
    assert changing - tried == set()
    assert set(LEFT) == set(ALL)


@EACH
def test_who_did_it_is_recorded(act: Actor, alice: User, staff: User, name: str) -> None:
    user = _who(name, alice, staff)
    act._last[AuditRecord] = AuditRecord.objects.order_by("pk").last()
    answer = act(name, user)
    assert answer.status_code < 300, answer.content
    records, entries = act.new(AuditRecord), act.new(Entry)
    said = [f"{it.subject_type} {it.action}" for it in records]
    assert (said, [it.reason for it in entries]) == LEFT[name]
    for row in (*records, *entries):
        assert (row.actor_id, row.request_id) == (user.pk, "r-1")
    assert {it.actor for it in records} <= {user.username}
    assert all(it.before != it.after for it in records)


@EACH
def test_under_a_key_it_is_recorded_once(act: Actor, alice: User, staff: User, name: str) -> None:
    user = _who(name, alice, staff)
    act._last[AuditRecord] = AuditRecord.objects.order_by("pk").last()
    act(name, user, **{"Idempotency-Key": "k-1"})
    first = len(act.new(AuditRecord)), len(act.new(Entry))
    again = act(name, user, **{"Idempotency-Key": "k-1", HEADER: "r-2"})
    replayed = None if name in WORDS else "true"
    assert (again.get("Idempotent-Replayed"), again[HEADER]) == (replayed, "r-2")
    assert (len(act.new(AuditRecord)), len(act.new(Entry))) == first
    assert {it.request_id for it in act.new(AuditRecord)} <= {"r-1"}


@EACH
def test_what_is_refused_is_not(act: Actor, bob: User, alice: User, name: str) -> None:
    """Bob may not, and alice may not on a frozen wallet, or under a condition that fails."""
    Wallet.objects.get(default_for=bob)
    refused = [] if name in {"open a wallet", "do operations", "credit"} else [act(name, bob)]
    for wallet in Wallet.objects.filter(owner=alice):
        wallets.edit(wallet_id=wallet.pk, changes={"status": "frozen"})
    act._last[AuditRecord] = AuditRecord.objects.order_by("pk").last()
    if name not in {"open a wallet", "do operations", "rename a wallet"} and "hold" not in name:
        refused.append(act(name, alice))
    if name != "open a wallet" and ALL[name][0] != "POST":
        refused.append(act(name, alice, **{"If-Match": '"no-such-tag"'}))
    refused.append(act(name, None))
    assert all(answer.status_code >= 400 for answer in refused)
    assert (act.new(AuditRecord), act.new(Entry)) == ([], [])


@pytest.mark.django_db(transaction=True)
def test_operations_that_fail_together_leave_nothing(act: Actor, alice: User) -> None:
    opened = {"type": "wallets", "attributes": {"label": "Two"}}
    operations = [{"op": "add", "data": opened}, {"op": "add", "data": opened}]
    answer = Api(alice).send("POST", "/api/operations", {"atomic:operations": operations}, ATOMIC)
    assert answer.status_code == 409
    assert act.new(AuditRecord) == []


def test_operations_are_recorded_one_by_one(act: Actor, alice: User) -> None:
    operations = [
        {"op": "add", "data": {"type": "wallets", "attributes": {"label": label}}}
        for label in ("Two", "Three")
    ]
    headers = {HEADER: "r-1"}
    answer = Api(alice).send(
        "POST", "/api/operations", {"atomic:operations": operations}, ATOMIC, headers=headers
    )
    assert answer.status_code == 200
    said = [(it.after["label"], it.actor, it.request_id) for it in act.new(AuditRecord)]
    assert said == [("Two", "alice", "r-1"), ("Three", "alice", "r-1")]


class TestNewUsers:
    def test_register_and_open_their_wallet(self, act: Actor, settings: Any) -> None:
        settings.REGISTRATION_OPEN = True
        account = {"username": "carol", "password": "carol-s3cret"}
        answer = Api().send(
            "POST", "/api/register", account, "application/json", headers={HEADER: "r-1"}
        )
        carol = User.objects.get(pk=answer.json()["id"])
        (record,) = act.new(AuditRecord)
        assert (record.action, record.actor_id, record.actor) == ("opened", carol.pk, "carol")
        assert record.request_id == "r-1"

    def test_of_a_program_get_theirs_from_it(self, act: Actor) -> None:
        User.objects.create_user("carol")
        (record,) = act.new(AuditRecord)
        assert (record.action, record.actor_id, record.actor) == ("opened", None, "system")


@pytest.mark.parametrize("name", sorted(set(REQUESTS) - {"credit", "debit"}))
def test_in_open_mode_the_service_owner_acts(act: Actor, settings: Any, name: str) -> None:
    settings.AUTH_REQUIRED = False
    assert act(name, None).status_code < 300
    records, entries = act.new(AuditRecord), act.new(Entry)
    assert ([f"{it.subject_type} {it.action}" for it in records], len(entries)) == (
        LEFT[name][0],
        len(LEFT[name][1]),
    )
    assert {it.actor for it in records} | {it.actor.username for it in entries} == {"service"}
    assert {it.request_id for it in (*records, *entries)} == {"r-1"}


def test_staff_act_in_their_own_name(act: Actor, db: None) -> None:
    clerk = User.objects.create_user("clerk", is_staff=True)
    for name in ("view_wallet", "change_wallet"):
        clerk.user_permissions.add(Permission.objects.get(codename=name))
    assert act("rename a wallet", clerk).status_code == 200
    assert act.new(AuditRecord)[-1].actor == "clerk"


def test_what_a_record_names_is_there(act: Actor, alice: User) -> None:
    for name, model in (
        ("amend a transaction", Transaction),
        ("explain a transfer", Transfer),
        ("capture a hold", Hold),
    ):
        act(name, alice)
        assert model.objects.filter(pk=act.new(AuditRecord)[-1].subject_id).exists()
    assert Wallet.objects.get(pk=act.values["wallet"]).balance == Decimal(10)
