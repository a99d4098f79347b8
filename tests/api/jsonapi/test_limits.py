"""`/api/limits`: written by staff, read by the owner, felt by everybody."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User

from tests.api.jsonapi.conftest import errors, ids, transaction_document, update
from tests.conftest import Answer, Api
from wallet_transaction_api.ledger import limits, wallets
from wallet_transaction_api.models import Limit, Wallet

BASE = "http://testserver/api"


def _document(wallet: Any, /, **attributes: Any) -> dict[str, Any]:
    given = {"direction": "debit", "window": "day", **attributes}
    relationships = {"wallet": {"data": {"type": "wallets", "id": str(wallet.pk)}}}
    return {"data": {"type": "limits", "attributes": given, "relationships": relationships}}


def _limit(wallet: Wallet, **more: Any) -> Limit:
    given = {"direction": "debit", "window": "day", "max_amount": Decimal(20), **more}
    return limits.set_limit(wallet_id=wallet.pk, **given)


def _withdraw(api: Api, wallet: Wallet, amount: str) -> Answer:
    return api.post("/api/transactions", transaction_document(wallet, amount=amount))


def test_staff_set_a_limit(staff_api: Api, rent: Wallet) -> None:
    answer = staff_api.post("/api/limits", _document(rent, maxAmount="20.00", maxCount=3))
    limit = Limit.objects.get()
    url = f"{BASE}/limits/{limit.pk}"
    assert (answer.status_code, answer["Location"]) == (201, url)
    attributes = answer.json()["data"]["attributes"]
    assert {name: attributes[name] for name in attributes if not name.endswith("At")} == {
        "direction": "debit",
        "window": "day",
        "maxAmount": "20.00",
        "maxCount": 3,
    }
    assert staff_api.get(f"/api/limits/{limit.pk}").json()["data"] == answer.json()["data"]


def test_the_owner_reads_it_and_does_not_write_it(api: Api, rent: Wallet) -> None:
    limit = _limit(rent, max_amount=None, max_count=1)
    answer = api.get("/api/limits?include=wallet&filter[window]=day&sort=window")
    assert ids(answer) == [str(limit.pk)]
    assert answer.json()["data"][0]["attributes"]["maxAmount"] is None
    assert answer.json()["included"][0]["id"] == str(rent.pk)
    for refused in (
        api.post("/api/limits", _document(rent, maxCount=9)),
        api.patch(f"/api/limits/{limit.pk}", update("limits", limit.pk, maxCount=9)),
        api.delete(f"/api/limits/{limit.pk}"),
    ):
        assert (refused.status_code, errors(refused)) == (403, [("permission_denied", None)])
    assert Limit.objects.get().max_count == 1


def test_a_strangers_limit_is_a_missing_one(
    rent: Wallet, bob: User, as_user: Callable[[User], Api]
) -> None:
    limit, stranger = _limit(rent), as_user(bob)
    assert ids(stranger.get("/api/limits")) == []
    for answer in (
        stranger.get(f"/api/limits/{limit.pk}"),
        stranger.patch(f"/api/limits/{limit.pk}", update("limits", limit.pk, maxCount=9)),
        stranger.delete(f"/api/limits/{limit.pk}"),
    ):
        assert answer.status_code == 404


def test_each_verb_is_a_permission_of_its_own(
    rent: Wallet, bob: User, as_user: Callable[[User], Api]
) -> None:
    limit = _limit(rent)
    bob.is_staff = True
    bob.save()
    bob.user_permissions.add(Permission.objects.get(codename="view_wallet"))
    requests: dict[str, Callable[[Api], Answer]] = {
        "add": lambda api: api.post("/api/limits", _document(rent, maxCount=9)),
        "change": lambda api: api.patch(
            f"/api/limits/{limit.pk}", update("limits", limit.pk, maxCount=9)
        ),
        "delete": lambda api: api.delete(f"/api/limits/{limit.pk}"),
    }
    for action, request in requests.items():
        assert request(as_user(bob)).status_code == 403
        bob.user_permissions.add(Permission.objects.get(codename=f"{action}_limit"))
        bob = User.objects.get(pk=bob.pk)
        assert request(as_user(bob)).status_code in {200, 201, 204}


def test_in_open_mode_limits_stay_staffs(rent: Wallet, as_user: Any, settings: Any) -> None:
    settings.AUTH_REQUIRED = False
    answer = as_user(None).post("/api/limits", _document(rent, maxCount=9))
    assert answer.status_code == 403


def test_what_exceeds_it_is_refused_until_the_window_ends(api: Api, rent: Wallet) -> None:
    _limit(rent, window="month")
    assert _withdraw(api, rent, "-20.00").status_code == 201
    answer = _withdraw(api, rent, "-0.01")
    now = datetime.now(UTC)
    year, month = (now.year + 1, 1) if now.month == 12 else (now.year, now.month + 1)
    assert (answer.status_code, errors(answer)) == (
        422,
        [("limit_exceeded", "/data/attributes/amount")],
    )
    error = answer.json()["errors"][0]
    assert error["title"] == "Limit exceeded"
    assert error["meta"]["windowEndsAt"] == f"{year}-{month:02}-01T00:00:00.000000Z"
    assert _withdraw(api, rent, "5.00").status_code == 201


def test_a_limit_per_transaction_tells_of_no_window(api: Api, rent: Wallet) -> None:
    _limit(rent, window="transaction")
    error = _withdraw(api, rent, "-20.01").json()["errors"][0]
    assert error["code"] == "limit_exceeded"
    assert "windowEndsAt" not in error["meta"]


def test_staff_change_and_remove_a_limit(api: Api, staff_api: Api, rent: Wallet) -> None:
    limit = _limit(rent)
    url = f"/api/limits/{limit.pk}"
    answer = staff_api.patch(url, update("limits", limit.pk, maxAmount=None, maxCount=1))
    assert answer.status_code == 200
    assert answer.json()["data"]["attributes"]["maxAmount"] is None
    assert _withdraw(api, rent, "-50.00").status_code == 201
    assert _withdraw(api, rent, "-1.00").status_code == 422
    assert staff_api.delete(url).status_code == 204
    assert staff_api.get(url).status_code == 404
    assert _withdraw(api, rent, "-1.00").status_code == 201


@pytest.mark.parametrize(
    ("attributes", "code", "member"),
    [
        ({}, "required", None),
        ({"maxAmount": None}, "required", "/maxAmount"),
        ({"maxAmount": "0"}, "amount_invalid", "/maxAmount"),
        ({"maxAmount": "-1"}, "amount_invalid", "/maxAmount"),
        ({"maxAmount": "0.001"}, "amount_precision", "/maxAmount"),
        ({"maxCount": 0}, "invalid", "/maxCount"),
        ({"maxCount": True}, "invalid", "/maxCount"),
        ({"maxCount": "3"}, "invalid", "/maxCount"),
        ({"maxCount": 10**20}, "invalid", "/maxCount"),
        ({"maxCount": 1, "window": "transaction"}, "invalid", "/maxCount"),
        ({"maxCount": 1, "window": "year"}, "invalid", "/window"),
        ({"maxCount": 1, "direction": "both"}, "invalid", "/direction"),
        ({"maxCount": 1, "direction": None}, "invalid", "/direction"),
        ({"maxCount": 1, "usedCount": 1}, "unknown_attribute", "/usedCount"),
    ],
)
def test_a_value_is_refused(
    staff_api: Api, rent: Wallet, attributes: dict[str, Any], code: str, member: str | None
) -> None:
    answer = staff_api.post("/api/limits", _document(rent, **attributes))
    assert answer.status_code == 422
    assert errors(answer) == [(code, f"/data/attributes{member}" if member else "/data")]
    assert not Limit.objects.exists()


def test_wallet_direction_and_window_are_required(staff_api: Api) -> None:
    answer = staff_api.post("/api/limits", {"data": {"type": "limits", "attributes": {}}})
    assert answer.status_code == 422
    assert [code for code, _ in errors(answer)] == ["required"] * 3


def test_a_limit_stays_its_wallets(
    staff_api: Api, rent: Wallet, open_wallet: Callable[..., Wallet]
) -> None:
    document = update("limits", _limit(rent).pk, maxCount=1)
    linkage = {"type": "wallets", "id": str(open_wallet(label="Other").pk)}
    document["data"]["relationships"] = {"wallet": {"data": linkage}}
    answer = staff_api.patch(f"/api/limits/{document['data']['id']}", document)
    assert (answer.status_code, errors(answer)[0][0]) == (403, "relationship_fixed")


def test_a_closed_wallet_is_past_limiting(staff_api: Api, open_wallet: Any) -> None:
    wallet = open_wallet("1.00")
    wallets.edit(wallet_id=wallet.pk, changes={"floor": Decimal(0)})
    wallet.transactions.get().delete()
    wallets.edit(wallet_id=wallet.pk, changes={"status": "closed"})
    answer = staff_api.post("/api/limits", _document(wallet, maxCount=1))
    assert (answer.status_code, errors(answer)[0][0]) == (409, "wallet_closed")
