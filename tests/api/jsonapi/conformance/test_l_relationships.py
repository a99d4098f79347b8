"""L. Updating relationships: https://jsonapi.org/format/#crud-updating-relationships.

No relationship here is ever assigned: a transaction's wallet is fixed, a wallet's transactions
are posted. So every update is refused with 403, as the specification allows, whatever it says.
Members are added to and removed from to-many relationships only: elsewhere POST and DELETE are 405.
"""

import json
from typing import Any

import pytest

from tests.api.jsonapi.conformance.conftest import Household
from tests.api.jsonapi.conftest import errors, ids
from tests.conftest import Answer, Api
from wallet_transaction_api.models import Transaction

METHODS = ["POST", "PATCH", "DELETE"]


def _to_one(api: Api, home: Household, body: Any, method: str = "PATCH") -> Answer:
    return api.send(method, f"/api/transactions/{home.first.pk}/relationships/wallet", body)


def _to_many(api: Api, home: Household, body: Any, method: str = "PATCH") -> Answer:
    return api.send(method, f"/api/wallets/{home.rent.pk}/relationships/transactions", body)


def _refused(answer: Answer, home: Household) -> bool:
    """Tell whether it was refused with 403, and nothing was changed, removed or made anew."""
    kept = [home.first.pk, *(home.first.pk + number for number in range(1, 5))]
    assert (
        list(home.rent.transactions.visible().order_by("pk").values_list("pk", flat=True)) == kept
    )
    assert Transaction.objects.count() == 8
    return bool(answer.status_code == 403 and errors(answer) == [("relationship_fixed", None)])


def _of(row: Any) -> dict[str, str]:
    return {"type": row._meta.db_table, "id": str(row.pk)}


def test_j230_a_to_one_is_not_replaced(api: Api, home: Household) -> None:
    """M · Replacing a to-one is refused with 403."""
    assert _refused(_to_one(api, home, {"data": _of(home.food)}), home)


def test_j231_nor_set(api: Api, home: Household) -> None:
    """M · Setting a to-one is refused with 403, to what it is as well."""
    assert _refused(_to_one(api, home, {"data": _of(home.rent)}), home)


def test_j232_nor_cleared(api: Api, home: Household) -> None:
    """M · Clearing a to-one is refused with 403."""
    assert _refused(_to_one(api, home, {"data": None}), home)


def test_j233_a_required_to_one_stays(api: Api, home: Household) -> None:
    """I · Clearing a required to-one is refused, however often."""
    for _ in range(2):
        assert _refused(_to_one(api, home, {"data": None}), home)


@pytest.mark.parametrize("key", ["999999", "abc"])
def test_j234_a_missing_target(api: Api, home: Household, key: str) -> None:
    """M · A to-one update naming nothing that exists is refused like any."""
    assert _refused(_to_one(api, home, {"data": {"type": "wallets", "id": key}}), home)


@pytest.mark.parametrize("body", [{"data": {"type": "x", "id": "1"}}, {"data": []}, {}, 5, "x", []])
def test_j235_malformed_to_one_updates(api: Api, home: Household, body: Any) -> None:
    """I · A malformed to-one update is refused like any."""
    assert _refused(_to_one(api, home, json.dumps(body)), home)


def test_j236_a_to_many_is_not_replaced(api: Api, home: Household) -> None:
    """M · Replacing a to-many is refused with 403, and no related resource is deleted."""
    assert _refused(_to_many(api, home, {"data": [_of(home.first)]}), home)


def test_j237_nor_emptied(api: Api, home: Household) -> None:
    """M · Emptying a to-many is refused with 403, and no related resource is deleted."""
    assert _refused(_to_many(api, home, {"data": []}), home)


def test_j238_present_members_are_not_added(api: Api, home: Household) -> None:
    """M · Adding a member that is there is refused with 403."""
    assert _refused(_to_many(api, home, {"data": [_of(home.first)]}, "POST"), home)


def test_j239_nor_new_ones(api: Api, home: Household) -> None:
    """M · Adding a new member is refused with 403."""
    other = home.food.transactions.first()
    assert _refused(_to_many(api, home, {"data": [_of(other)]}, "POST"), home)


def test_j240_members_are_not_removed(api: Api, home: Household) -> None:
    """M · Removing a member is refused with 403."""
    assert _refused(_to_many(api, home, {"data": [_of(home.first)]}, "DELETE"), home)


def test_j241_nor_absent_ones(api: Api, home: Household) -> None:
    """M · Removing a member that is not there is refused with 403."""
    other = home.food.transactions.first()
    assert _refused(_to_many(api, home, {"data": [_of(other)]}, "DELETE"), home)


@pytest.mark.parametrize("method", METHODS)
def test_j242_every_update_is_refused(api: Api, home: Household, method: str) -> None:
    """M · Each update of a to-many is refused with 403; a to-one has no POST or DELETE: 405."""
    assert _refused(_to_many(api, home, {"data": []}, method), home)
    if method == "PATCH":
        assert _refused(_to_one(api, home, {"data": _of(home.rent)}), home)
    else:
        answer = _to_one(api, home, {"data": _of(home.rent)}, method)
        assert (answer.status_code, answer["Allow"]) == (405, "GET, PATCH, HEAD, OPTIONS")


BODIES = [
    {"data": {}}, {"data": None}, {"data": [{"type": "transactions"}]}, {"data": [{"id": "1"}]},
    {"data": [{"type": "wallets", "id": "1"}]}, {"data": [{"type": "transactions", "id": "abc"}]},
    {"data": [1]}, {"data": "x"}, {}, [], 5, None,
]  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("body", BODIES)
def test_j243_malformed_to_many_updates(api: Api, home: Household, body: Any, method: str) -> None:
    """I · A malformed to-many update is refused like any."""
    assert _refused(_to_many(api, home, json.dumps(body), method), home)


def test_j244_one_good_one_missing(api: Api, home: Household) -> None:
    """M · A to-many update with a missing member applies nothing."""
    body = {"data": [_of(home.first), {"type": "transactions", "id": "999999"}]}
    for method in METHODS:
        assert _refused(_to_many(api, home, body, method), home)


def test_j245_the_linkage_stands(api: Api, home: Household) -> None:
    """M · After a refused update the linkage reads as before (no update answers 200)."""
    url = f"/api/wallets/{home.rent.pk}/relationships/transactions"
    before = ids(api.get(url))
    _to_many(api, home, {"data": []})
    assert ids(api.get(url)) == before


@pytest.mark.parametrize("method", METHODS)
def test_j246_below_a_missing_resource(api: Api, home: Household, method: str) -> None:
    """I · An update of a relationship of what is not there is answered with 404."""
    for key in (999999, home.other.pk):
        url = f"/api/wallets/{key}/relationships/transactions"
        assert api.send(method, url, {"data": []}).status_code == 404
