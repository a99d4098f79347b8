"""K. Updating resources: https://jsonapi.org/format/#crud-updating."""

from typing import Any

import pytest

from tests.api.jsonapi.conformance.conftest import Household, sources
from tests.api.jsonapi.conftest import balance_of, errors, update
from tests.conftest import Answer, Api


def _patch(api: Api, home: Household, data: Any) -> Answer:
    return api.patch(f"/api/wallets/{home.rent.pk}", {"data": data})


def _wallet(home: Household, **members: Any) -> Any:
    return {"type": "wallets", "id": str(home.rent.pk), **members}


def _transaction(home: Household, linkage: Any) -> Any:
    return {
        "data": {
            "type": "transactions",
            "id": str(home.first.pk),
            "attributes": {"description": "New"},
            "relationships": {"wallet": linkage},
        }
    }


def test_j210_one_attribute(api: Api, home: Household) -> None:
    """M · An update of one attribute leaves the others as they are."""
    before = api.get(f"/api/wallets/{home.rent.pk}").json()["data"]["attributes"]
    after = _patch(api, home, _wallet(home, attributes={"label": "Home"})).json()["data"][
        "attributes"
    ]
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"label", "updatedAt", "version"}


def test_j211_relationships_left_out(api: Api, home: Household) -> None:
    """M · An update without relationships touches none."""
    url = f"/api/transactions/{home.first.pk}"
    before = api.get(url).json()["data"]["relationships"]
    api.patch(url, update("transactions", home.first.pk, description="New"))
    assert api.get(url).json()["data"]["relationships"] == before


def test_j212_what_the_server_changes_is_shown(api: Api, home: Household) -> None:
    """M · An update is answered with 200 and the resource as it is now."""
    answer = _patch(api, home, _wallet(home, attributes={"label": "Home"}))
    assert answer.status_code == 200
    assert answer.json() == api.get(f"/api/wallets/{home.rent.pk}").json()


@pytest.mark.parametrize(("member", "code"), [("id", "id_mismatch"), ("type", "type_mismatch")])
def test_j213_another_identity_conflicts(api: Api, home: Household, member: str, code: str) -> None:
    """M · An id or type other than the URL's is refused with 409."""
    answer = _patch(api, home, _wallet(home, **{member: "transactions"}))
    assert (answer.status_code, errors(answer)) == (409, [(code, f"/data/{member}")])


@pytest.mark.parametrize("member", ["id", "type"])
def test_j214_identity_is_required(api: Api, home: Household, member: str) -> None:
    """I · An update without id or type is refused with 400."""
    data = _wallet(home, attributes={"label": "New"})
    del data[member]
    assert _patch(api, home, data).status_code == 400


def test_j215_a_missing_resource(api: Api, db: None) -> None:
    """M · An update of what is not there is answered with 404."""
    assert api.patch("/api/wallets/999999", update("wallets", 999999)).status_code == 404


def test_j216_a_missing_related_resource(api: Api, home: Household) -> None:
    """M · A reference to what is not there is answered with 404, and nothing changes."""
    document = _transaction(home, {"data": {"type": "wallets", "id": "999999"}})
    answer = api.patch(f"/api/transactions/{home.first.pk}", document)
    assert errors(answer) == [("not_found", "/data/relationships/wallet/data")]
    home.first.refresh_from_db()
    assert home.first.description == ""


def test_j217_a_to_one_is_fixed(api: Api, home: Household) -> None:
    """M · A transaction's wallet can be named but neither replaced nor cleared: 403."""
    url = f"/api/transactions/{home.first.pk}"
    same = {"data": {"type": "wallets", "id": str(home.rent.pk)}}
    assert api.patch(url, _transaction(home, same)).status_code == 200
    for linkage in ({"data": {"type": "wallets", "id": str(home.food.pk)}}, {"data": None}):
        answer = api.patch(url, _transaction(home, linkage))
        assert answer.status_code == 403
        assert errors(answer) == [("relationship_fixed", "/data/relationships/wallet/data")]


def test_j218_a_relationship_without_data(api: Api, home: Household) -> None:
    """M · A relationship without data is malformed and clears nothing."""
    document = _transaction(home, {"links": {}})
    assert api.patch(f"/api/transactions/{home.first.pk}", document).status_code == 400
    assert home.rent.transactions.filter(pk=home.first.pk).exists()


@pytest.mark.parametrize("linkage", [[], [{"type": "transactions", "id": "1"}]])
def test_j219_a_to_many_is_not_replaced(api: Api, home: Household, linkage: Any) -> None:
    """M · Replacing a wallet's transactions is refused with 403 as a whole."""
    relationships = {"transactions": {"data": linkage}}
    data = _wallet(home, attributes={"label": "New"}, relationships=relationships)
    assert _patch(api, home, data).status_code == 403
    home.rent.refresh_from_db()
    assert (home.rent.label, home.rent.transactions.visible().count()) == ("Rent", 5)


def test_j220_all_or_nothing(api: Api, home: Household) -> None:
    """M · One refused value refuses the whole update."""
    url = f"/api/transactions/{home.first.pk}"
    document = update("transactions", home.first.pk, description="New", amount="x")
    assert api.patch(url, document).status_code == 422
    home.first.refresh_from_db()
    assert home.first.description == ""


@pytest.mark.parametrize("name", ["balance", "createdAt", "version", "uuid", "currency", "status"])
def test_j221_read_only_attributes(api: Api, home: Household, name: str) -> None:
    """I · A read-only attribute is refused with 403, not dropped."""
    answer = _patch(api, home, _wallet(home, attributes={name: "1", "label": "New"}))
    assert answer.status_code == 403
    assert errors(answer) == [("read_only", f"/data/attributes/{name}")]
    assert balance_of(home.rent) == "121.00"


def test_j222_nothing_asked(api: Api, home: Household) -> None:
    """I · An empty update changes nothing; attributes that are no object are refused with 400."""
    before = api.get(f"/api/wallets/{home.rent.pk}").json()
    answer = _patch(api, home, _wallet(home))
    assert (answer.status_code, answer.json()) == (200, before)
    for attributes in (None, [], [1], "x"):
        assert _patch(api, home, _wallet(home, attributes=attributes)).status_code == 400


def test_j223_null_where_something_has_to_be(api: Api, home: Household) -> None:
    """I · A null label is refused and pointed at."""
    answer = _patch(api, home, _wallet(home, attributes={"label": None}))
    assert answer.status_code == 422
    assert sources(answer) == [{"pointer": "/data/attributes/label"}]
