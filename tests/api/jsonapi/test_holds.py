"""`/api/holds`: placing, capturing, voiding, expiring; whole documents, and every refusal."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.utils import timezone

from tests.api.jsonapi.conftest import balance_of, errors, ids, post, update
from tests.api.jsonapi.test_operations import perform
from tests.conftest import Answer, Api
from wallet_transaction_api.ledger import holds, wallets
from wallet_transaction_api.models import Hold, Transaction, Wallet

BASE = "http://testserver/api"
LATER = "2099-01-01T00:00:00.000000Z"


def _document(wallet: Any, /, **attributes: Any) -> dict[str, Any]:
    linkage = {"type": "wallets", "id": str(getattr(wallet, "pk", wallet))}
    relationships = {"wallet": {"data": linkage}}
    return {"data": {"type": "holds", "attributes": attributes, "relationships": relationships}}


def _place(wallet: Wallet, amount: str = "30", **more: Any) -> Hold:
    return holds.place(wallet_id=wallet.pk, amount=Decimal(amount), **more)


def _end(api: Api, hold: Hold, **attributes: Any) -> Answer:
    return api.patch(f"/api/holds/{hold.pk}", update("holds", hold.pk, **attributes))


def _instant(moment: object) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"


def _money(api: Api, wallet: Wallet) -> tuple[str, str, str]:
    found = api.get(f"/api/wallets/{wallet.pk}").json()["data"]["attributes"]
    return found["balance"], found["available"], found["held"]


def test_a_hold_is_placed(api: Api, rent: Wallet) -> None:
    answer = api.post(
        "/api/holds",
        _document(rent, amount="30.00", expiresAt=LATER, description="Hotel", metadata={"n": 1}),
    )
    hold = Hold.objects.get()
    url = f"{BASE}/holds/{hold.pk}"
    assert (answer.status_code, answer["Location"]) == (201, url)
    assert answer.json()["data"] == {
        "type": "holds",
        "id": str(hold.pk),
        "attributes": {
            "amount": "30.00",
            "status": "pending",
            "expiresAt": LATER,
            "capturedAmount": None,
            "description": "Hotel",
            "metadata": {"n": 1},
            "createdAt": _instant(hold.created_at),
            "updatedAt": _instant(hold.updated_at),
        },
        "relationships": {
            "wallet": {
                "links": {"self": f"{url}/relationships/wallet", "related": f"{url}/wallet"},
                "data": {"type": "wallets", "id": str(rent.pk)},
            },
            "transaction": {
                "links": {
                    "self": f"{url}/relationships/transaction",
                    "related": f"{url}/transaction",
                },
                "data": None,
            },
        },
        "links": {"self": url},
    }
    assert api.get(f"/api/holds/{hold.pk}").json()["data"] == answer.json()["data"]
    assert _money(api, rent) == ("100.00", "70.00", "30.00")


def test_it_lasts_as_long_as_configured_unless_told(api: Api, rent: Wallet, settings: Any) -> None:
    settings.HOLD_DAYS = 2
    api.post("/api/holds", _document(rent, amount="1"))
    hold = Hold.objects.get()
    assert timedelta(0) <= hold.expires_at - hold.created_at - timedelta(days=2) < timedelta(1)


def test_a_capture_posts_a_transaction(api: Api, rent: Wallet) -> None:
    hold = _place(rent)
    answer = api.patch(
        f"/api/holds/{hold.pk}?include=transaction,wallet",
        update("holds", hold.pk, status="captured", captureAmount="12.50"),
    )
    assert answer.status_code == 200
    data, included = answer.json()["data"], answer.json()["included"]
    assert data["attributes"]["status"] == "captured"
    assert data["attributes"]["capturedAmount"] == "12.50"
    by_type = {item["type"]: item for item in included}
    taken = by_type["transactions"]
    assert data["relationships"]["transaction"]["data"] == {
        "type": "transactions",
        "id": taken["id"],
    }
    assert (taken["attributes"]["amount"], taken["attributes"]["kind"]) == ("-12.50", "capture")
    assert by_type["wallets"]["attributes"]["available"] == "87.50"
    assert _money(api, rent) == ("87.50", "87.50", "0.00")
    related = api.get(f"/api/holds/{hold.pk}/transaction")
    assert related.json()["data"]["id"] == taken["id"]


def test_a_capture_takes_all_unless_told(api: Api, rent: Wallet) -> None:
    assert _end(api, _place(rent), status="captured").status_code == 200
    assert _money(api, rent) == ("70.00", "70.00", "0.00")


def test_voiding_releases_all(api: Api, rent: Wallet) -> None:
    answer = _end(api, _place(rent), status="voided")
    assert answer.json()["data"]["attributes"]["status"] == "voided"
    assert _money(api, rent) == ("100.00", "100.00", "0.00")


def test_an_update_of_nothing_changes_nothing(api: Api, rent: Wallet) -> None:
    hold = _place(rent)
    document = update("holds", hold.pk)
    document["data"]["relationships"] = {
        "wallet": {"data": {"type": "wallets", "id": str(rent.pk)}},
        "transaction": {"data": None},
    }
    answer = api.patch(f"/api/holds/{hold.pk}", document)
    assert answer.json()["data"]["attributes"]["status"] == "pending"
    assert Hold.objects.get().version == 1


@pytest.mark.parametrize("again", ["captured", "voided"])
@pytest.mark.parametrize(
    ("first", "code"), [("captured", "hold_already_captured"), ("voided", "hold_already_voided")]
)
def test_a_second_end_is_a_conflict(
    api: Api, rent: Wallet, first: str, code: str, again: str
) -> None:
    hold = _place(rent)
    _end(api, hold, status=first)
    before = _money(api, rent)
    answer = _end(api, hold, status=again)
    assert (answer.status_code, errors(answer)) == (409, [(code, "/data/attributes/status")])
    assert _money(api, rent) == before


@pytest.mark.parametrize("end", ["captured", "voided"])
def test_a_hold_that_is_due_has_expired_before_anybody_wrote_it(
    api: Api, rent: Wallet, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    hold = _place(rent, expires_at=timezone.now() + timedelta(hours=1))
    _place(rent, "5", expires_at=timezone.now() + timedelta(hours=3))
    monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC) + timedelta(hours=2))
    assert _money(api, rent) == ("100.00", "95.00", "5.00")
    found = api.get(f"/api/holds/{hold.pk}").json()["data"]
    assert found["attributes"]["status"] == "expired"
    assert ids(api.get("/api/holds?filter[status]=expired")) == [str(hold.pk)]
    assert len(ids(api.get("/api/holds?filter[status]=pending"))) == 1
    assert ids(api.get("/api/holds?sort=status"))[0] == str(hold.pk)
    assert ids(api.get("/api/wallets?filter[available]=95.00")) == [str(rent.pk)]
    assert ids(api.get("/api/wallets?filter[held]=35.00")) == []
    assert ids(api.get("/api/wallets?sort=-held,-available"))[0] == str(rent.pk)
    included = api.get(f"/api/holds/{hold.pk}?include=wallet").json()["included"]
    assert included[0]["attributes"]["held"] == "5.00"
    answer = _end(api, hold, status=end)
    assert (answer.status_code, errors(answer)) == (
        409,
        [("hold_expired", "/data/attributes/status")],
    )
    assert _money(api, rent) == ("100.00", "95.00", "5.00")


def test_a_wallet_is_found_behind_others_by_what_was_last_written(api: Api, rent: Wallet) -> None:
    _place(rent)
    url = "/api/transactions?filter[wallet.available]=70&filter[wallet.held.gt]=1&sort=wallet.held"
    assert len(ids(api.get(url))) == 1
    assert ids(api.get("/api/holds?filter[wallet.available]=70&sort=-wallet.held")) != []


REFUSED = [
    ({}, [("required", "/data/attributes")]),
    ({"amount": "0"}, [("amount_invalid", "/data/attributes/amount")]),
    ({"amount": "-1"}, [("amount_invalid", "/data/attributes/amount")]),
    ({"amount": None}, [("amount_invalid", "/data/attributes/amount")]),
    ({"amount": "0.001"}, [("amount_precision", "/data/attributes/amount")]),
    ({"amount": "100.01"}, [("insufficient_funds", "/data/attributes/amount")]),
    (
        {"amount": "1", "expiresAt": "2001-01-01T00:00:00Z"},
        [("invalid", "/data/attributes/expiresAt")],
    ),
    ({"amount": "1", "expiresAt": "soon"}, [("invalid", "/data/attributes/expiresAt")]),
    ({"amount": "1", "expiresAt": 1}, [("invalid", "/data/attributes/expiresAt")]),
    ({"amount": "1", "expiresAt": None}, [("invalid", "/data/attributes/expiresAt")]),
    (
        {"amount": "1", "expiresAt": "9999-12-31T23:59:59-23:00"},
        [("invalid", "/data/attributes/expiresAt")],
    ),
    (
        {"amount": "1", "captureAmount": "1"},
        [("unknown_attribute", "/data/attributes/captureAmount")],
    ),
    ({"amount": "1", "metadata": []}, [("invalid", "/data/attributes/metadata")]),
]


@pytest.mark.parametrize(("attributes", "expected"), REFUSED)
def test_a_value_is_refused_and_nothing_is_held(
    api: Api, rent: Wallet, attributes: dict[str, Any], expected: list[Any]
) -> None:
    answer = api.post("/api/holds", _document(rent, **attributes))
    assert (answer.status_code, errors(answer)) == (422, expected)
    assert not Hold.objects.exists()
    assert _money(api, rent) == ("100.00", "100.00", "0.00")


@pytest.mark.parametrize(
    ("attributes", "code", "member"),
    [
        ({"status": "captured", "captureAmount": "30.01"}, "amount_invalid", "captureAmount"),
        ({"status": "captured", "captureAmount": "0"}, "amount_invalid", "captureAmount"),
        ({"status": "captured", "captureAmount": "-1"}, "amount_invalid", "captureAmount"),
        ({"status": "captured", "captureAmount": None}, "amount_invalid", "captureAmount"),
        ({"status": "captured", "captureAmount": "0.001"}, "amount_precision", "captureAmount"),
        ({"status": "voided", "captureAmount": "1"}, "invalid", "captureAmount"),
        ({"captureAmount": "1"}, "invalid", "captureAmount"),
        ({"status": "pending"}, "invalid", "status"),
        ({"status": "expired"}, "invalid", "status"),
        ({"status": None}, "invalid", "status"),
        ({"nosuch": 1}, "unknown_attribute", "nosuch"),
    ],
)
def test_an_end_is_refused_and_the_hold_stays(
    api: Api, rent: Wallet, attributes: dict[str, Any], code: str, member: str
) -> None:
    answer = _end(api, _place(rent), **attributes)
    assert answer.status_code == 422
    assert errors(answer) == [(code, f"/data/attributes/{member}")]
    assert Hold.objects.get().status == "pending"
    assert _money(api, rent) == ("100.00", "70.00", "30.00")


def test_what_was_agreed_stays(api: Api, rent: Wallet) -> None:
    hold = _place(rent)
    for name, value in {"amount": "1", "expiresAt": LATER, "description": "x"}.items():
        answer = _end(api, hold, **{name: value})
        assert (answer.status_code, errors(answer)) == (
            403,
            [("read_only", f"/data/attributes/{name}")],
        )


@pytest.mark.parametrize("name", ["wallet", "transaction"])
def test_a_relationship_is_not_reassigned(
    api: Api, rent: Wallet, open_wallet: Callable[..., Wallet], name: str
) -> None:
    other = open_wallet(label="Other")
    document = update("holds", _place(rent).pk, status="voided")
    others = {"wallet": other.pk, "transaction": rent.transactions.get().pk}
    linkage = {"type": f"{name}s", "id": str(others[name])}
    document["data"]["relationships"] = {name: {"data": linkage}}
    answer = api.patch(f"/api/holds/{document['data']['id']}", document)
    assert (answer.status_code, errors(answer)[0][0]) == (403, "relationship_fixed")
    linkage["id"] = "999999"
    answer = api.patch(f"/api/holds/{document['data']['id']}", document)
    assert errors(answer) == [("not_found", f"/data/relationships/{name}/data")]
    assert Hold.objects.get().status == "pending"


def test_a_wallet_is_required(api: Api) -> None:
    answer = api.post("/api/holds", {"data": {"type": "holds", "attributes": {"amount": "1"}}})
    assert (answer.status_code, errors(answer)) == (422, [("required", "/data")])


def test_a_frozen_wallet_takes_no_hold_but_lets_them_end(api: Api, rent: Wallet) -> None:
    captured, voided = _place(rent), _place(rent)
    wallets.edit(wallet_id=rent.pk, changes={"status": "frozen"})
    answer = api.post("/api/holds", _document(rent, amount="1"))
    assert (answer.status_code, errors(answer)) == (
        409,
        [("wallet_frozen", "/data/relationships/wallet/data")],
    )
    assert _end(api, captured, status="captured").status_code == 200
    assert _end(api, voided, status="voided").status_code == 200
    assert _money(api, rent) == ("70.00", "70.00", "0.00")


def test_a_wallet_with_a_live_hold_is_not_deleted(api: Api, open_wallet: Any) -> None:
    wallet = open_wallet()
    wallets.edit(wallet_id=wallet.pk, changes={"floor": Decimal(-50)})
    hold = _place(wallet)
    answer = api.delete(f"/api/wallets/{wallet.pk}")
    assert (answer.status_code, errors(answer)[0][0]) == (409, "wallet_not_empty")
    _end(api, hold, status="voided")
    assert api.delete(f"/api/wallets/{wallet.pk}").status_code == 204


def test_a_hold_is_not_deleted(api: Api, rent: Wallet) -> None:
    hold = _place(rent)
    answer = api.delete(f"/api/holds/{hold.pk}")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, PATCH, HEAD, OPTIONS")
    assert Hold.objects.get().status == "pending"


def test_a_captured_transaction_is_part_of_its_hold(api: Api, rent: Wallet) -> None:
    key = holds.capture(hold_id=_place(rent).pk).transaction_id
    url = f"/api/transactions/{key}"
    answer = api.patch(url, update("transactions", key, amount="-1.00"))
    assert (answer.status_code, errors(answer)) == (
        409,
        [("part_of_hold", "/data/attributes/amount")],
    )
    answer = api.delete(url)
    assert (answer.status_code, errors(answer)) == (409, [("part_of_hold", None)])
    answer = api.patch(url, update("transactions", key, description="Hotel", metadata={"n": 1}))
    assert answer.json()["data"]["attributes"]["description"] == "Hotel"
    assert balance_of(rent) == "70.00"


def test_holds_are_listed_filtered_and_sorted(api: Api, rent: Wallet) -> None:
    first, second, third = _place(rent, "3"), _place(rent, "1"), _place(rent, "2")
    holds.capture(hold_id=third.pk)
    captured = Hold.objects.get(pk=third.pk).transaction_id
    for query, expected in {
        "sort=-amount": [first, third, second],
        "filter[status]=pending": [first, second],
        f"filter[wallet]={rent.pk}&filter[amount.lt]=3": [second, third],
        f"filter[transaction]={captured}": [third],
        "filter[capturedAmount.isnull]=false": [third],
        "filter[wallet.label]=Rent&page[size]=1": [first],
    }.items():
        assert ids(api.get(f"/api/holds?{query}")) == [str(hold.pk) for hold in expected], query


def test_a_strangers_hold_is_a_missing_one(
    rent: Wallet, bob: User, as_user: Callable[[User], Api]
) -> None:
    hold, stranger = _place(rent), as_user(bob)
    assert ids(stranger.get("/api/holds")) == []
    for answer in (
        stranger.get(f"/api/holds/{hold.pk}"),
        stranger.get(f"/api/holds/{hold.pk}/wallet"),
        _end(stranger, hold, status="voided"),
        stranger.post("/api/holds", _document(rent, amount="1")),
    ):
        assert answer.status_code == 404
    assert Hold.objects.get().status == "pending"


def test_staff_need_the_permission_to_act_on_other_peoples_holds(
    rent: Wallet, bob: User, as_user: Callable[[User], Api]
) -> None:
    hold = _place(rent)
    bob.is_staff = True
    bob.save()
    bob.user_permissions.add(Permission.objects.get(codename="view_wallet"))
    seeing = as_user(bob)
    assert ids(seeing.get("/api/holds")) == [str(hold.pk)]
    for answer in (
        _end(seeing, hold, status="voided"),
        seeing.post("/api/holds", _document(rent, amount="1")),
    ):
        assert (answer.status_code, errors(answer)) == (403, [("permission_denied", None)])
    codenames = ["change_hold", "add_hold"]
    bob.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    assert _end(as_user(bob), hold, status="voided").status_code == 200
    assert as_user(bob).post("/api/holds", _document(rent, amount="1")).status_code == 201


def test_in_open_mode_anybody_may(rent: Wallet, as_user: Any, settings: Any) -> None:
    settings.AUTH_REQUIRED = False
    anonymous = as_user(None)
    answer = anonymous.post("/api/holds", _document(rent, amount="1"))
    assert answer.status_code == 201
    assert _end(anonymous, Hold.objects.get(), status="captured").status_code == 200


def test_money_is_given_back_to_the_last_cent(api: Api, rent: Wallet) -> None:
    hold = _place(rent, "100")
    post_all = api.post("/api/holds", _document(rent, amount="0.01"))
    assert errors(post_all)[0][0] == "insufficient_funds"
    assert post_all.json()["errors"][0]["meta"]["available"] == "0.00"
    _end(api, hold, status="voided")
    post(rent, "-100")
    assert Transaction.objects.count() == 2


def test_a_hold_is_ended_only_as_it_was_seen(api: Api, rent: Wallet) -> None:
    hold = _place(rent)
    url = f"/api/holds/{hold.pk}"
    headers = {"If-Match": api.get(url)["ETag"]}
    document = update("holds", hold.pk, status="voided")
    assert api.send("PATCH", url, document, headers=headers).status_code == 200
    answer = api.send("PATCH", url, document, headers=headers)
    assert (answer.status_code, errors(answer)) == (412, [("precondition_failed", "If-Match")])


@pytest.mark.django_db(transaction=True)
def test_atomic_operations_place_and_end_holds_all_or_none(api: Api, rent: Wallet) -> None:
    first, second = _place(rent, "10"), _place(rent, "20")
    capture = {"op": "update", **update("holds", first.pk, status="captured")}
    add = {"op": "add", **_document(rent, amount="5.00")}
    remove = {"op": "remove", "ref": {"type": "holds", "id": str(second.pk)}}
    answer = perform(api, capture, add, remove)
    assert 400 <= answer.status_code < 500
    assert _money(api, rent) == ("100.00", "70.00", "30.00")
    assert perform(api, capture, add).status_code == 200
    assert _money(api, rent) == ("90.00", "65.00", "25.00")


def test_figures_know_what_has_expired(
    api: Api, rent: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    _place(rent, expires_at=timezone.now() + timedelta(hours=1))
    url = "/api/wallets?withStats[available]=sum&withStats[held]=max&filter[label]=Rent"
    now = datetime.now(UTC)
    for hours, expected in ((0, ("70.00", "30.00")), (2, ("100.00", "0.00"))):
        monkeypatch.setattr(timezone, "now", lambda h=hours: now + timedelta(hours=h))
        stats = api.get(url).json()["meta"]["stats"]
        assert (stats["available"]["sum"], stats["held"]["max"]) == expected


def test_pages_are_walked_by_what_has_expired(
    api: Api, rent: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = _place(rent, "1", expires_at=timezone.now() + timedelta(hours=1))
    live = _place(rent, "2")
    monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC) + timedelta(hours=2))
    walked, url = [], "/api/holds?sort=status,id&page[size]=1"
    while url:
        answer = api.get(url)
        walked += ids(answer)
        url = answer.json()["links"]["next"]
    assert walked == [str(due.pk), str(live.pk)]
