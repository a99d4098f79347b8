"""`/api/audit-records`: who did what, for staff to read, filter and page through."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User

from tests.api.jsonapi.conftest import ValidatingApi, errors, ids, update
from tests.conftest import Api
from wallet_transaction_api.api.jsonapi.types.audit_records import AUDIT_RECORDS
from wallet_transaction_api.models import AuditRecord, Wallet

CURSORS = {
    "Accept": "application/vnd.api+json;"
    'profile="http://jsonapi.org/profiles/ethanresnick/cursor-pagination/"'
}


@pytest.fixture
def food(staff_api: Api, rent: Wallet, open_wallet: Callable[..., Wallet]) -> Wallet:
    """Return alice's second wallet; staff renamed the first and froze this one."""
    food = open_wallet(label="Food")
    for wallet, name, changes in ((rent, "r-1", {"label": "Home"}), (food, "r-2", _FROZEN)):
        answer = staff_api.send(
            "PATCH", f"/api/wallets/{wallet.pk}", update("wallets", wallet.pk, **changes),
            headers={"X-Request-ID": name},
        )  # fmt: skip
        assert answer.status_code == 200
    return food


_FROZEN = {"status": "frozen"}


def _record(**conditions: Any) -> AuditRecord:
    return AuditRecord.objects.filter(**conditions).get()


def test_one_is_read(staff_api: Api, staff: User, rent: Wallet, food: Wallet) -> None:
    record = _record(action="changed")
    data = staff_api.get(f"/api/audit-records/{record.pk}/").json()["data"]
    moment = data["attributes"].pop("createdAt")
    assert moment == record.created_at.isoformat(timespec="microseconds")[:-6] + "Z"
    assert data == {
        "type": "audit-records",
        "id": str(record.pk),
        "attributes": {
            "subjectType": "wallets",
            "subjectId": rent.pk,
            "walletId": rent.pk,
            "action": "changed",
            "actor": "staff",
            "actorId": staff.pk,
            "requestId": "r-1",
            "before": {"label": "Rent"},
            "after": {"label": "Home"},
        },
        "links": {"self": f"http://testserver/api/audit-records/{record.pk}"},
    }


def test_what_is_not_known_is_null(staff_api: Api, rent: Wallet) -> None:
    record = _record(subject_id=rent.pk)
    shown = staff_api.get(f"/api/audit-records/{record.pk}").json()["data"]["attributes"]
    names = ("actorId", "requestId", "before", "actor")
    assert [shown[name] for name in names] == [None, None, None, "system"]


@pytest.mark.parametrize(
    ("query", "actions"),
    [
        ("filter[walletId]={rent}", ["opened", "changed"]),
        ("filter[subjectType]=wallets&filter[subjectId]={food}", ["opened", "frozen"]),
        ("filter[subjectType]=limits", []),
        ("filter[subjectId.in]={rent},{food}&filter[action]=opened", ["opened", "opened"]),
        ("filter[action.ne]=opened", ["changed", "frozen"]),
        ("filter[action]=frozen,closed", ["frozen"]),
        ("filter[actor]=staff", ["changed", "frozen"]),
        ("filter[actor.prefix]=sta&filter[actorId]={staff}", ["changed", "frozen"]),
        ("filter[actorId.isnull]=true&filter[walletId]={rent}", ["opened"]),
        ("filter[requestId]=r-2", ["frozen"]),
        ("filter[requestId.in]=r-1,r-2", ["changed", "frozen"]),
        ("filter[requestId.isnull]=false", ["changed", "frozen"]),
        ("filter[createdAt.gt]=2999-01-01", []),
        ("filter[createdAt.between]=2000-01-01,2999-01-01&filter[requestId]=r-1", ["changed"]),
        ("filter[id.gt]={last}", []),
        ("filter[requestId.isnull]=false&sort=-id", ["frozen", "changed"]),
        ("filter[requestId.isnull]=false&sort=-createdAt", ["frozen", "changed"]),
    ],
)
def test_they_are_filtered_and_sorted(
    staff_api: Api, rent: Wallet, food: Wallet, query: str, actions: list[str]
) -> None:
    staff = User.objects.get(username="staff")
    last = AuditRecord.objects.order_by("pk").last()
    assert last is not None
    filled = query.format(rent=rent.pk, food=food.pk, staff=staff.pk, last=last.pk)
    answer = staff_api.get(f"/api/audit-records?{filled}")
    assert [item["attributes"]["action"] for item in answer.json()["data"]] == actions
    assert answer.json()["meta"]["total"] == len(actions)


def test_each_filter_is_found_by_index() -> None:
    filtered = {it.column for it in AUDIT_RECORDS.attributes.values() if it.kind.operators}
    assert filtered == {index.fields[0] for index in AuditRecord._meta.indexes}


@pytest.mark.parametrize(
    "query",
    [
        "filter[before]=x", "filter[action]=sung", "filter[wallet]=1", "sort=action",
        "include=wallet", "withStats[walletId]=sum", "filter[subjectId.prefix]=1",
    ],
)  # fmt: skip
def test_what_there_is_not_is_refused(staff_api: Api, food: Wallet, query: str) -> None:
    answer = staff_api.get(f"/api/audit-records?{query}")
    assert answer.status_code == 400
    assert errors(answer)[0][1] == query.partition("=")[0]


def test_pages_follow_by_number_and_by_cursor(staff_api: Api, food: Wallet) -> None:
    every = [str(key) for key in AuditRecord.objects.order_by("pk").values_list("pk", flat=True)]
    assert ids(staff_api.get("/api/audit-records?page[number]=2&page[size]=2")) == every[2:4]
    url: Any = "/api/audit-records?page[size]=1"
    seen = []
    while url:
        answer = staff_api.get(url, headers=CURSORS)
        seen += ids(answer)
        url = answer.json()["links"]["next"]
    assert seen == every


def test_fields_are_chosen(staff_api: Api, food: Wallet) -> None:
    answer = staff_api.get("/api/audit-records?fields[audit-records]=actor,requestId")
    assert {tuple(item["attributes"]) for item in answer.json()["data"]} == {("actor", "requestId")}


@pytest.mark.parametrize("permission", [None, "view_wallet", "change_auditrecord"])
def test_others_are_refused_whatever_there_is(
    rent: Wallet, as_user: type[Api], permission: str | None
) -> None:
    helpdesk = User.objects.create_user("helpdesk", is_staff=permission is not None)
    if permission:
        helpdesk.user_permissions.add(Permission.objects.get(codename=permission))
    known = _record(subject_id=rent.pk).pk
    for path in ("", f"/{known}", "/999999", "?filter[actor]=alice", "?filter[nosuch]=1"):
        answer = as_user(helpdesk).get(f"/api/audit-records{path}")
        assert (answer.status_code, errors(answer)) == (403, [("permission_denied", None)])


def test_the_permission_is_enough(rent: Wallet, as_user: type[Api]) -> None:
    auditor = User.objects.create_user("auditor", is_staff=True)
    auditor.user_permissions.add(Permission.objects.get(codename="view_auditrecord"))
    assert as_user(auditor).get("/api/audit-records").json()["meta"]["total"] == 3
    assert ids(as_user(auditor).get(f"/api/wallets?filter[id]={rent.pk}")) == []


def test_in_open_mode_they_are_staffs_too(rent: Wallet, settings: Any) -> None:
    settings.AUTH_REQUIRED = False
    assert ValidatingApi(None).get("/api/audit-records").status_code == 403


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE", "PUT"])
@pytest.mark.parametrize("path", ["", "/1"])
def test_nobody_writes_them(staff_api: Api, rent: Wallet, method: str, path: str) -> None:
    before = AuditRecord.objects.count()
    answer = staff_api.send(method, f"/api/audit-records{path}", {"data": {}})
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert AuditRecord.objects.count() == before


@pytest.mark.parametrize("tail", ["/wallet", "/relationships/wallet", "/relationships/subject"])
def test_there_is_nothing_below_one(staff_api: Api, rent: Wallet, tail: str) -> None:
    record = _record(subject_id=rent.pk)
    assert staff_api.get(f"/api/audit-records/{record.pk}{tail}").status_code == 404


def test_entries_tell_staff_the_request(
    staff_api: Api, api: Api, alice: User, rent: Wallet
) -> None:
    Api(alice).request(
        "POST", f"/api/v1/wallets/{rent.uuid}/operation",
        data='{"operationType": "DEPOSIT", "amount": 1}', content_type="application/json",
        headers={"X-Request-ID": "r-9"},
    )  # fmt: skip
    url = "/api/entries?filter[requestId]=r-9"
    (entry,) = staff_api.get(url).json()["data"]
    assert (entry["attributes"]["requestId"], entry["attributes"]["actor"]) == ("r-9", "alice")
    assert api.get(url).status_code == 400
    assert "requestId" not in api.get("/api/entries").json()["data"][0]["attributes"]
