"""P. Atomic operations: https://jsonapi.org/ext/atomic/."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.api.jsonapi.conformance.conftest import Household, sources
from tests.api.jsonapi.conftest import balance_of, errors
from tests.api.jsonapi.test_operations import (
    ATOMIC,
    URL,
    add_transaction,
    add_wallet,
    perform,
    remove,
    update_wallet,
)
from tests.conftest import JSONAPI, Answer, Api
from wallet_transaction_api.models import Wallet


def _results(answer: Answer) -> list[Any]:
    assert answer.status_code == 200, answer.content
    return list(answer.json()["atomic:results"])


def _relationship(op: str, kind: str, key: Any, name: str, **data: Any) -> dict[str, Any]:
    return {"op": op, "ref": {"type": kind, "id": str(key), "relationship": name}, **data}


def test_j300_adding(api: Api, db: None) -> None:
    """M · An addition answers with the resource as its result, in the extension's media type."""
    answer = perform(api, add_wallet("New", balance="5.00"))
    assert answer["Content-Type"] == ATOMIC
    (result,) = _results(answer)
    assert result["data"] == api.get(f"/api/wallets/{result['data']['id']}").json()["data"]
    assert not {"data", "errors", "included"} & answer.json().keys()


def test_j301_only_with_the_extension(api: Api, db: None) -> None:
    """M · Operations in the plain media type are refused with 415 and not done."""
    answer = api.post(URL, {"atomic:operations": [add_wallet("New")]}, JSONAPI)
    assert answer.status_code == 415
    assert not Wallet.objects.filter(label="New").exists()


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE", "PUT"])
def test_j302_only_by_post(api: Api, db: None, method: str) -> None:
    """M · Other methods are refused with 405."""
    answer = api.send(method, URL, {"atomic:operations": [add_wallet("New")]}, ATOMIC)
    assert (answer.status_code, answer["Allow"]) == (405, "POST, OPTIONS")


@pytest.mark.django_db(transaction=True)
def test_j303_all_or_nothing(api: Api, home: Household) -> None:
    """M · A failing operation undoes those before it."""
    operations = [add_wallet("New"), add_transaction({"id": str(home.rent.pk)}, "-1000")]
    assert perform(api, *operations).status_code == 422
    assert not Wallet.objects.filter(label="New").exists()


def test_j304_one_result_each(api: Api, home: Household) -> None:
    """M · There is one result per operation, in their order."""
    results = _results(
        perform(
            api,
            add_wallet("New"),
            remove("transactions", home.first.pk),
            update_wallet(home.rent.pk, label="Home"),
        )
    )
    labels = [item.get("data", {}).get("attributes", {}).get("label") for item in results]
    assert labels == ["New", None, "Home"]
    assert results[1] == {}


def test_j305_in_order(api: Api, db: None) -> None:
    """M · Each operation sees what those before it did."""
    data = {"type": "wallets", "lid": "a", "attributes": {"label": "Newer"}}
    results = _results(perform(api, add_wallet("New", lid="a"), {"op": "update", "data": data}))
    assert results[0]["data"]["id"] == results[1]["data"]["id"]
    assert results[1]["data"]["attributes"]["label"] == "Newer"


def test_j306_only_removals(api: Api, home: Household) -> None:
    """M · Removals alone are answered with empty results."""
    keys = home.food.transactions.values_list("pk", flat=True)
    assert _results(perform(api, *[remove("transactions", key) for key in keys])) == [{}, {}]


def test_j307_local_ids_link(api: Api, db: None) -> None:
    """M · Linkage by local id reaches what was added under it."""
    results = _results(perform(api, add_wallet("New", lid="a"), add_transaction({"lid": "a"}, "5")))
    linkage = results[1]["data"]["relationships"]["wallet"]["data"]
    assert linkage == {"type": "wallets", "id": results[0]["data"]["id"]}


def test_j308_local_ids_end_with_the_request(api: Api, db: None) -> None:
    """M · A local id of an earlier request is unknown."""
    perform(api, add_wallet("New", lid="a"))
    answer = perform(api, add_transaction({"lid": "a"}, "5"))
    assert (answer.status_code, errors(answer)[0][0]) == (400, "unknown_lid")


def test_j309_an_unknown_local_id(api: Api, db: None) -> None:
    """S · An unknown local id is pointed at in its operation."""
    answer = perform(api, add_transaction({"lid": "a"}, "5"))
    pointer = "/atomic:operations/0/data/relationships/wallet/data/lid"
    assert sources(answer) == [{"pointer": pointer}]


MALFORMED: list[Any] = [
    {}, {"op": "nosuch"}, 5, None, [], {"op": None},
    {"op": "remove", "ref": {}, "href": "/wallets/1"},
]  # fmt: skip


@pytest.mark.parametrize("operation", MALFORMED)
def test_j310_malformed_operations(api: Api, db: None, operation: Any) -> None:
    """M · A malformed operation, or none at all, is refused with 400."""
    assert perform(api, operation).status_code == 400
    for operations in ([], {}, None, "x"):
        assert api.post(URL, {"atomic:operations": operations}, ATOMIC).status_code == 400


def test_j311_the_operation_is_pointed_at(api: Api, db: None) -> None:
    """S · The pointer names the operation that is malformed."""
    answer = perform(api, add_wallet("New"), {"op": "nosuch"})
    assert sources(answer) == [{"pointer": "/atomic:operations/1/op"}]


def test_j312_values_are_pointed_at(api: Api, db: None) -> None:
    """S · A refused value is pointed at inside its operation."""
    answer = perform(api, add_wallet("New"), add_wallet("Newer", balance="x"))
    assert answer.status_code == 422
    assert sources(answer) == [{"pointer": "/atomic:operations/1/data/attributes/balance"}]


def test_j313_updating_by_data(api: Api, home: Household) -> None:
    """M · An update finds its target in its data and is answered with the resource."""
    (result,) = _results(perform(api, update_wallet(home.rent.pk, label="Home")))
    assert result["data"] == api.get(f"/api/wallets/{home.rent.pk}").json()["data"]


def test_j314_updating_by_ref(api: Api, home: Household) -> None:
    """M · An update finds its target by ref; data about something else is refused with 409."""
    operation = update_wallet(home.rent.pk, label="Home")
    ref = {"type": "wallets", "id": str(home.rent.pk)}
    assert perform(api, {**operation, "ref": ref}).status_code == 200
    for other in (
        {**ref, "id": str(home.food.pk)},
        {"type": "transactions", "id": str(home.first.pk)},
    ):
        assert perform(api, {**operation, "ref": other}).status_code == 409


def test_j315_href_targets(api: Api, home: Household) -> None:
    """M · A target may be given by href."""
    operations = [
        {**add_wallet("New"), "href": "/api/wallets"},
        {**update_wallet(home.rent.pk, label="Home"), "href": f"/api/wallets/{home.rent.pk}"},
        {"op": "remove", "href": f"/api/transactions/{home.first.pk}"},
    ]
    assert len(_results(perform(api, *operations))) == 3
    assert balance_of(home.rent) == "21.00"


def test_j316_to_one_operations(api: Api, home: Household) -> None:
    """M · Operations on a to-one relationship are refused with 403 (decision 30)."""
    for data in (None, {"type": "wallets", "id": str(home.food.pk)}):
        operation = _relationship("update", "transactions", home.first.pk, "wallet", data=data)
        answer = perform(api, operation)
        assert (answer.status_code, errors(answer)[0][0]) == (403, "relationship_fixed")


@pytest.mark.parametrize("op", ["add", "update", "remove"])
def test_j317_to_many_operations(api: Api, home: Household, op: str) -> None:
    """M · Operations on a to-many relationship are refused with 403; the resource is left alone."""
    for data in ([], [{"type": "transactions", "id": str(home.first.pk)}]):
        answer = perform(api, _relationship(op, "wallets", home.rent.pk, "transactions", data=data))
        assert (answer.status_code, errors(answer)[0][0]) == (403, "relationship_fixed")
    href = f"/api/wallets/{home.rent.pk}/relationships/transactions"
    assert perform(api, {"op": op, "href": href, "data": []}).status_code == 403
    assert home.rent.transactions.visible().count() == 5


@pytest.mark.django_db(transaction=True)
def test_j318_mixed_with_others(api: Api, home: Household) -> None:
    """M · A relationship operation among others refuses all of them."""
    fixed = _relationship("update", "transactions", home.first.pk, "wallet", data=None)
    assert perform(api, add_wallet("New"), fixed).status_code == 403
    assert not Wallet.objects.filter(label="New").exists()


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        ({"op": "add", "data": {"type": "nosuch"}}, 404),
        ({"op": "remove", "ref": {"type": "nosuch", "id": "1"}}, 404),
        ({"op": "add", "data": {"type": "entries", "attributes": {}}}, 403),
        ({"op": "remove", "ref": {"type": "entries", "id": "1"}}, 403),
    ],
)
def test_j319_unknown_types(api: Api, db: None, operation: Any, status: int) -> None:
    """M · An unknown type, or an operation that a type does not have, is refused with 4xx."""
    assert perform(api, operation).status_code == status


@pytest.mark.parametrize("key", ["999999", "abc", "-1"])
def test_j320_missing_targets(api: Api, db: None, key: str) -> None:
    """M · An update or removal of what is not there is answered with 404 and pointed at."""
    answer = perform(api, remove("wallets", key))
    assert (answer.status_code, sources(answer)) == (404, [{"pointer": "/atomic:operations/0/ref"}])
    answer = perform(api, update_wallet(key, label="x"))
    assert (answer.status_code, sources(answer)) == (
        404,
        [{"pointer": "/atomic:operations/0/data"}],
    )


def test_j321_ids_are_the_servers(api: Api, db: None) -> None:
    """M · A client's own id is refused with 403."""
    operation = add_wallet("New")
    operation["data"]["id"] = "12345"
    answer = perform(api, operation)
    assert (answer.status_code, sources(answer)) == (
        403, [{"pointer": "/atomic:operations/0/data/id"}]
    )  # fmt: skip


def test_j322_errors_stand_alone(api: Api, db: None) -> None:
    """M · A refusal has errors, no results, and is JSON:API."""
    answer = perform(api, remove("wallets", 999999))
    assert answer.json().keys() == {"jsonapi", "errors"}
    assert answer["Content-Type"] == JSONAPI


@pytest.mark.parametrize("key", ["999999", "abc", "", " ", "1e3"])
def test_j323_missing_related_resources(api: Api, db: None, key: str) -> None:
    """I · A reference to what is not there is refused with 404 and pointed at (an empty id 400)."""
    answer = perform(api, add_transaction({"id": key}, "1.00"))
    assert answer.status_code == (404 if key else 400)
    pointer = "/atomic:operations/0/data/relationships/wallet/data"
    assert sources(answer) == [{"pointer": pointer}]


def test_j324_a_hundred_at_most(api: Api, db: None) -> None:
    """I · More than a hundred operations are refused with 413."""
    assert perform(api, *[{"op": "nosuch"}] * 100).status_code == 400
    assert perform(api, *[{"op": "nosuch"}] * 101).status_code == 413


def test_j325_the_same_rights(
    api: Api, as_user: Callable[..., Api], bob: User, home: Household
) -> None:
    """I · Every operation obeys the rules of the plain endpoints."""
    stranger = as_user(bob)
    for operation in (
        add_transaction({"id": str(home.rent.pk)}, "-1.00"), remove("transactions", home.first.pk)
    ):  # fmt: skip
        assert perform(stranger, operation).status_code == 404
    answer = perform(api, update_wallet(home.rent.pk, status="frozen"))
    assert (answer.status_code, errors(answer)[0][0]) == (403, "read_only")


def test_j326_a_removal_from_a_relationship_needs_data(api: Api, home: Household) -> None:
    """M · A removal from a relationship without data is refused with 400; the resource stays."""
    answer = perform(api, _relationship("remove", "wallets", home.rent.pk, "transactions"))
    assert answer.status_code == 400
    assert Wallet.objects.filter(pk=home.rent.pk, status="active").exists()
