"""`/api/transfers`: documents, refusals and their pointers; who may do what."""

import json
from collections.abc import Callable
from typing import Any
from unittest.mock import ANY

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.jsonapi.conftest import balance_of, errors, ids, post, update
from tests.api.jsonapi.test_operations import ATOMIC
from tests.conftest import JSONAPI, Answer, Api
from wallet_transaction_api.ledger import wallets
from wallet_transaction_api.models import Entry, Transaction, Transfer, Wallet

BASE = "http://testserver/api"
Open = Callable[..., Wallet]


@pytest.fixture
def savings(open_wallet: Open) -> Wallet:
    """Return alice's other wallet."""
    return open_wallet(label="Savings")


@pytest.fixture
def euros(open_wallet: Open) -> Wallet:
    """Return alice's wallet in another currency."""
    return open_wallet(label="Euros", currency="EUR")


@pytest.fixture
def shop(open_wallet: Open, bob: User) -> Wallet:
    """Return bob's wallet."""
    return open_wallet(label="Shop", owner=bob)


@pytest.fixture
def exchanger(alice: User) -> User:
    """Return alice with the permission to exchange."""
    alice.user_permissions.add(Permission.objects.get(codename="exchange"))
    return alice


def document(source: Any, destination: Any = None, /, **attributes: Any) -> dict[str, Any]:
    """Return a document that orders a transfer between wallets or ids."""
    linkage = {
        name: {"data": {"type": "wallets", "id": str(getattr(wallet, "pk", wallet))}}
        for name, wallet in (("source", source), ("destination", destination))
        if wallet is not None
    }
    return {"data": {"type": "transfers", "attributes": attributes, "relationships": linkage}}


def _pay(api: Api, source: Wallet, destination: Wallet, amount: str = "30.00") -> Any:
    answer = api.post(
        "/api/transfers", document(source, amount=amount, destinationUuid=str(destination.uuid))
    )
    assert answer.status_code == 201, answer.content
    return answer.json()["data"]


def _refused(answer: Answer, status: int, *expected: tuple[str, Any]) -> None:
    assert (answer.status_code, errors(answer)) == (status, list(expected))


def _object(row: Transfer, source: Wallet, destination: Wallet, *, hidden: str = "") -> Any:
    url = f"{BASE}/transfers/{row.pk}"
    relationships: dict[str, Any] = {
        name: {"data": None if name == hidden else {"type": "wallets", "id": str(wallet.pk)}}
        for name, wallet in (("source", source), ("destination", destination))
    }
    relationships["transactions"] = {}
    for name, relationship in relationships.items():
        links = {"self": f"{url}/relationships/{name}", "related": f"{url}/{name}"}
        relationship["links"] = links
    attributes = {
        "txid": "t-1",
        "amount": "30.00",
        "destinationAmount": "30.00",
        "rate": None,
        "sourceUuid": str(source.uuid),
        "destinationUuid": str(destination.uuid),
        "description": "Put aside",
        "metadata": {"a": 1},
        "createdAt": f"{row.created_at:%Y-%m-%dT%H:%M:%S.%f}Z",
        "updatedAt": f"{row.updated_at:%Y-%m-%dT%H:%M:%S.%f}Z",
    }
    return {
        "type": "transfers",
        "id": str(row.pk),
        "attributes": attributes,
        "relationships": relationships,
        "links": {"self": url},
    }


def test_transfers_between_own_wallets(api: Api, rent: Wallet, savings: Wallet) -> None:
    order = document(
        rent, savings, txid="t-1", amount="30", description="Put aside", metadata={"a": 1}
    )
    answer = api.post("/api/transfers/", order)
    assert answer.status_code == 201
    row = Transfer.objects.get()
    url = f"{BASE}/transfers/{row.pk}"
    assert answer["Location"] == url
    assert answer.json() == {
        "jsonapi": {"version": "1.1"},
        "links": {"self": url, "describedby": f"{BASE}/openapi.json"},
        "data": _object(row, rent, savings),
    }
    assert api.get(url).json() == answer.json()
    assert (balance_of(rent), balance_of(savings)) == ("70.00", "30.00")


def test_lists_what_moved(api: Api, rent: Wallet, savings: Wallet) -> None:
    for amount in ("1.00", "3.00", "2.00"):
        api.post("/api/transfers", document(rent, savings, amount=amount))
    answer = api.get("/api/transfers?sort=-amount&filter[amount.gt]=1&page[size]=1")
    assert answer.json()["meta"]["total"] == 2
    assert answer.json()["data"][0]["attributes"]["amount"] == "3.00"


def test_the_legs_are_included(api: Api, rent: Wallet, savings: Wallet) -> None:
    key = api.post("/api/transfers", document(rent, savings, amount="30")).json()["data"]["id"]
    got = api.get(f"/api/transfers/{key}?include=transactions,source,destination").json()
    legs = Transaction.objects.filter(transfer=key).order_by("pk")
    linkage = [{"type": "transactions", "id": str(leg.pk)} for leg in legs]
    assert got["data"]["relationships"]["transactions"]["data"] == linkage
    assert {(item["type"], item["id"]) for item in got["included"]} == {
        ("wallets", str(rent.pk)),
        ("wallets", str(savings.pk)),
        *(("transactions", str(leg.pk)) for leg in legs),
    }
    assert ids(api.get(f"/api/transfers/{key}/transactions")) == [str(leg.pk) for leg in legs]
    assert api.get(f"/api/transfers/{key}/source").json()["data"]["id"] == str(rent.pk)


def test_a_payment_shows_each_side_its_own(
    api: Api, as_user: type[Api], bob: User, rent: Wallet, shop: Wallet
) -> None:
    order = document(
        rent,
        txid="t-1",
        amount="30",
        destinationUuid=str(shop.uuid),
        description="Put aside",
        metadata={"a": 1},
    )
    answer = api.post("/api/transfers", order)
    row, receiver = Transfer.objects.get(), as_user(bob)
    assert answer.json()["data"] == _object(row, rent, shop, hidden="destination")
    url = f"/api/transfers/{row.pk}"
    assert api.get(url).json()["data"] == _object(row, rent, shop, hidden="destination")
    assert receiver.get(url).json()["data"] == _object(row, rent, shop, hidden="source")
    for caller, wallet, hidden in ((api, rent, "destination"), (receiver, shop, "source")):
        leg = Transaction.objects.get(transfer=row, wallet=wallet)
        assert ids(caller.get(f"{url}/transactions")) == [str(leg.pk)]
        assert caller.get(f"{url}/{hidden}").json()["data"] is None
        assert caller.get(f"{url}/relationships/{hidden}").json()["data"] is None
        included = caller.get(f"{url}?include=source,destination,transactions.wallet").json()
        assert {(item["type"], item["id"]) for item in included["included"]} == {
            ("wallets", str(wallet.pk)),
            ("transactions", str(leg.pk)),
        }
        assert caller.get(f"/api/transactions/{leg.pk}").json()["data"]["attributes"]["kind"] == (
            "payment"
        )


def test_filters_find_no_more_than_documents_show(
    api: Api, as_user: type[Api], bob: User, rent: Wallet, shop: Wallet
) -> None:
    key, receiver = _pay(api, rent, shop)["id"], as_user(bob)
    assert ids(api.get(f"/api/transfers?filter[source]={rent.pk}")) == [key]
    assert ids(api.get(f"/api/transfers?filter[destination]={shop.pk}")) == []
    assert ids(api.get("/api/transfers?filter[destination.isnull]=true")) == [key]
    for other in (rent.pk, shop.pk):
        assert ids(api.get(f"/api/transfers?filter[destination.ne]={other}")) == [key]
    assert ids(receiver.get(f"/api/transfers?filter[source]={rent.pk}")) == []
    assert ids(receiver.get(f"/api/transfers?filter[destination]={shop.pk}")) == [key]
    assert ids(api.get(f"/api/transfers?filter[destinationUuid]={shop.uuid}")) == [key]
    for path in ("destination.label", "destination.balance.gt", "source.ownerName", "source.uuid"):
        answer = api.get(f"/api/transfers?filter[{path}]=1")
        _refused(answer, 400, ("invalid_filter", f"filter[{path}]"))
    for member in ("destination", "source", "destination.balance", "rate"):
        _refused(api.get(f"/api/transfers?sort={member}"), 400, ("invalid_sort", "sort"))
    for parameter in ("withStats[amount]=sum", "withStats[destinationAmount]=sum"):
        answer = api.get(f"/api/transfers?{parameter}")
        _refused(answer, 400, ("invalid_stats", parameter.partition("=")[0]))


def test_nobody_else_sees_it(
    api: Api, as_user: type[Api], rent: Wallet, shop: Wallet, savings: Wallet
) -> None:
    key = _pay(api, rent, shop)["id"]
    stranger = as_user(User.objects.create_user("carol"))
    for path in ("", "/source", "/transactions", "/relationships/destination"):
        there = stranger.get(f"/api/transfers/{key}{path}")
        assert there.status_code == 404
        assert there.content == stranger.get(f"/api/transfers/999999{path}").content
    assert ids(stranger.get("/api/transfers")) == []
    _refused(
        stranger.patch(f"/api/transfers/{key}", update("transfers", key, description="x")),
        404,
        ("not_found", None),
    )
    assert stranger.delete(f"/api/transfers/{key}").status_code == 404
    assert as_user(None).get(f"/api/transfers/{key}").status_code == 401


def test_staff_see_both_sides_and_who_did_it(
    api: Api, staff_api: Api, rent: Wallet, shop: Wallet, alice: User
) -> None:
    key = _pay(api, rent, shop)["id"]
    data = staff_api.get(f"/api/transfers/{key}").json()["data"]
    assert data["attributes"]["actor"] == "alice"
    assert data["relationships"]["source"]["data"]["id"] == str(rent.pk)
    assert data["relationships"]["destination"]["data"]["id"] == str(shop.pk)
    assert ids(staff_api.get(f"/api/transfers?filter[source]={rent.pk}")) == [key]


def test_a_closed_wallet_hides_its_end(api: Api, open_wallet: Open, rent: Wallet) -> None:
    purse = open_wallet("30", label="Purse")
    key = api.post("/api/transfers", document(purse, rent, amount="30")).json()["data"]["id"]
    wallets.close(wallet_id=purse.pk)
    data = api.get(f"/api/transfers/{key}").json()["data"]
    assert data["relationships"]["source"]["data"] is None
    assert data["attributes"]["sourceUuid"] == str(purse.uuid)


def test_with_its_source_closed_it_stays_as_it_is(
    api: Api, staff_api: Api, open_wallet: Open, rent: Wallet
) -> None:
    purse = open_wallet("30", label="Purse")
    key = api.post("/api/transfers", document(purse, rent, amount="30")).json()["data"]["id"]
    wallets.close(wallet_id=purse.pk)
    description = update("transfers", key, description="x")
    for client, status, code in ((api, 404, "not_found"), (staff_api, 409, "wallet_closed")):
        _refused(client.patch(f"/api/transfers/{key}", description), status, (code, ANY))
        _refused(client.delete(f"/api/transfers/{key}"), status, (code, ANY))
    assert balance_of(rent) == "130.00"


def test_exchanges_with_the_permission(
    as_user: type[Api], exchanger: User, rent: Wallet, euros: Wallet
) -> None:
    api = as_user(exchanger)
    order = document(rent, euros, amount="3", destinationAmount="2.78")
    attributes = api.post("/api/transfers", order).json()["data"]["attributes"]
    assert (attributes["amount"], attributes["destinationAmount"]) == ("3.00", "2.78")
    assert attributes["rate"] == "0.926666666666666667"
    assert (balance_of(rent), balance_of(euros)) == ("97.00", "2.78")
    assert ids(api.get("/api/transfers?filter[rate.between]=0.92,0.93"))


def test_each_amount_has_its_own_currencys_decimals(
    as_user: type[Api], exchanger: User, rent: Wallet, open_wallet: Open
) -> None:
    yen, api = open_wallet(label="Yen", currency="JPY"), as_user(exchanger)
    order = document(rent, yen, amount="2", destinationAmount="310")
    created = api.post("/api/transfers", order).json()["data"]
    attributes = created["attributes"]
    assert (attributes["amount"], attributes["destinationAmount"]) == ("2.00", "310")
    assert attributes["rate"] == "155"
    read = api.get(f"/api/transfers/{created['id']}?fields[transfers]=destinationAmount").json()
    assert read["data"]["attributes"] == {"destinationAmount": "310"}
    order = document(rent, yen, amount="2", destinationAmount="310.5")
    pointer = "/data/attributes/destinationAmount"
    _refused(api.post("/api/transfers", order), 422, ("amount_precision", pointer))


def test_other_currencies_are_refused(api: Api, rent: Wallet, euros: Wallet) -> None:
    pointer = "/data/relationships/destination/data"
    answer = api.post("/api/transfers", document(rent, euros, amount="3"))
    _refused(answer, 422, ("currency_mismatch", pointer))
    order = document(rent, euros, amount="3", destinationAmount="2.78")
    pointer = "/data/attributes/destinationAmount"
    _refused(api.post("/api/transfers", order), 403, ("permission_denied", pointer))
    assert balance_of(rent) == "100.00"


def test_within_a_currency_what_leaves_arrives(api: Api, rent: Wallet, savings: Wallet) -> None:
    order = document(rent, savings, amount="3", destinationAmount="3.01")
    pointer = "/data/attributes/destinationAmount"
    _refused(api.post("/api/transfers", order), 422, ("amount_invalid", pointer))
    order = document(rent, savings, amount="3", destinationAmount="3.00")
    assert api.post("/api/transfers", order).status_code == 201


@pytest.mark.parametrize("by_handle", [True, False])
def test_a_transfer_to_itself_is_refused(api: Api, rent: Wallet, by_handle: bool) -> None:
    order = document(rent, rent, amount="1")
    pointer = "/data/relationships/destination/data"
    if by_handle:
        order = document(rent, amount="1", destinationUuid=str(rent.uuid))
        pointer = "/data/attributes/destinationUuid"
    _refused(api.post("/api/transfers", order), 422, ("self_transfer", pointer))


def test_an_overdraft_is_refused_whole(api: Api, rent: Wallet, savings: Wallet) -> None:
    answer = api.post("/api/transfers", document(rent, savings, amount="100.01"))
    assert answer.status_code == 422
    detail = "Insufficient funds: 100.00 USD is available."
    assert answer.json()["errors"] == [
        {
            "status": "422",
            "code": "insufficient_funds",
            "title": "Insufficient funds",
            "detail": detail,
            "source": {"pointer": "/data/attributes/amount"},
            "meta": {
                "attribute": "amount",
                "message": detail,
                "available": "100.00",
                "currency": "USD",
            },
        }
    ]
    assert not Transfer.objects.exists()


@pytest.mark.parametrize("hindrance", ["frozen", "closed", "full"])
def test_another_persons_wallet_is_just_unavailable(
    api: Api, rent: Wallet, shop: Wallet, hindrance: str
) -> None:
    if hindrance == "full":
        post(shop, "999999999999999999.99")
    else:
        wallets.edit(wallet_id=shop.pk, changes={"status": hindrance})
    answer = api.post("/api/transfers", document(rent, amount="1", destinationUuid=str(shop.uuid)))
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {
            "status": "422",
            "code": "destination_unavailable",
            "title": "Destination unavailable",
            "detail": "Destination unavailable",
            "source": {"pointer": "/data/attributes/destinationUuid"},
            "meta": {"attribute": "destinationUuid", "message": "Destination unavailable"},
        }
    ]
    assert balance_of(rent) == "100.00"


@pytest.mark.parametrize("side", ["source", "destination"])
def test_ones_own_frozen_wallet_is_named(
    api: Api, rent: Wallet, savings: Wallet, side: str
) -> None:
    frozen = rent if side == "source" else savings
    wallets.edit(wallet_id=frozen.pk, changes={"status": "frozen"})
    answer = api.post("/api/transfers", document(rent, savings, amount="1"))
    _refused(answer, 409, ("wallet_frozen", f"/data/relationships/{side}/data"))


def test_wallets_that_do_not_exist_for_the_caller(
    api: Api, rent: Wallet, savings: Wallet, shop: Wallet
) -> None:
    for source, destination, name in (
        (999999, savings, "source"),
        (shop, savings, "source"),
        (rent, 999999, "destination"),
        (rent, shop, "destination"),
    ):
        answer = api.post("/api/transfers", document(source, destination, amount="1"))
        _refused(answer, 404, ("not_found", f"/data/relationships/{name}/data"))
    unknown = "00000000-0000-4000-8000-000000000000"
    answer = api.post("/api/transfers", document(rent, amount="1", destinationUuid=unknown))
    _refused(answer, 404, ("not_found", "/data/attributes/destinationUuid"))


@pytest.mark.parametrize(
    ("attributes", "refusal"),
    [
        ({}, (422, "required", "/data/attributes")),
        ({"amount": "0"}, (422, "amount_invalid", "/data/attributes/amount")),
        ({"amount": "-1"}, (422, "amount_invalid", "/data/attributes/amount")),
        ({"amount": "NaN"}, (422, "amount_invalid", "/data/attributes/amount")),
        ({"amount": 1e400}, (400, "malformed_json", None)),
        ({"amount": True}, (422, "amount_invalid", "/data/attributes/amount")),
        ({"amount": []}, (422, "amount_invalid", "/data/attributes/amount")),
        ({"amount": "1.001"}, (422, "amount_precision", "/data/attributes/amount")),
        ({"amount": "1" * 19}, (422, "amount_invalid", "/data/attributes/amount")),
        (
            {"destinationAmount": "-1"},
            (422, "amount_invalid", "/data/attributes/destinationAmount"),
        ),
        (
            {"destinationAmount": None},
            (422, "amount_invalid", "/data/attributes/destinationAmount"),
        ),
        ({"txid": ""}, (422, "invalid", "/data/attributes/txid")),
        ({"txid": "x" * 256}, (422, "invalid", "/data/attributes/txid")),
        ({"description": 1}, (422, "invalid", "/data/attributes/description")),
        ({"metadata": []}, (422, "invalid", "/data/attributes/metadata")),
        ({"kind": "transfer"}, (422, "unknown_attribute", "/data/attributes/kind")),
        ({"rate": "1"}, (403, "read_only", "/data/attributes/rate")),
        ({"sourceUuid": "1"}, (403, "read_only", "/data/attributes/sourceUuid")),
    ],
)
def test_a_bad_attribute_is_refused(
    api: Api, rent: Wallet, savings: Wallet, attributes: dict[str, Any], refusal: Any
) -> None:
    status, *expected = refusal
    amount = {} if not attributes or "amount" in attributes else {"amount": "1"}
    answer = api.post("/api/transfers", document(rent, savings, **amount, **attributes))
    _refused(answer, status, tuple(expected))
    assert balance_of(rent) == "100.00"


@pytest.mark.parametrize("handle", ["", "x", 7, None, True, [], {}, "1" * 5000])
def test_a_bad_handle_is_refused(api: Api, rent: Wallet, handle: Any) -> None:
    answer = api.post("/api/transfers", document(rent, amount="1", destinationUuid=handle))
    _refused(answer, 422, ("invalid", "/data/attributes/destinationUuid"))


def test_both_ends_are_required_and_each_named_once(
    api: Api, rent: Wallet, savings: Wallet
) -> None:
    answer = api.post("/api/transfers", document(None, amount="1"))
    _refused(answer, 422, ("required", "/data/relationships"), ("required", "/data/relationships"))
    order = document(rent, savings, amount="1", destinationUuid=str(savings.uuid))
    pointer = "/data/attributes/destinationUuid"
    _refused(api.post("/api/transfers", order), 422, ("invalid", pointer))
    order = document(rent, amount="1")
    order["data"]["relationships"]["destination"] = {"data": None}
    pointer = "/data/relationships/destination/data"
    _refused(api.post("/api/transfers", order), 422, ("required", pointer))


def test_legs_cannot_be_given(api: Api, rent: Wallet, savings: Wallet) -> None:
    order = document(rent, savings, amount="1")
    linkage = {"data": [{"type": "transactions", "id": "1"}]}
    order["data"]["relationships"]["transactions"] = linkage
    pointer = "/data/relationships/transactions/data"
    _refused(api.post("/api/transfers", order), 403, ("relationship_fixed", pointer))


def test_a_txid_is_taken_once(api: Api, rent: Wallet, savings: Wallet) -> None:
    order = document(rent, savings, txid="opening", amount="1")
    _refused(api.post("/api/transfers", order), 409, ("txid_taken", "/data/attributes/txid"))


def test_amends_the_words(api: Api, rent: Wallet, savings: Wallet) -> None:
    order = document(rent, savings, txid="t-1", amount="30")
    created = api.post("/api/transfers", order).json()["data"]
    key = created["id"]
    changes = update("transfers", key, description="Put aside", metadata={"a": 1})
    changes["data"]["relationships"] = {
        name: {"data": created["relationships"][name]["data"]} for name in ("source", "destination")
    }
    answer = api.patch(f"/api/transfers/{key}", changes)
    assert answer.status_code == 200
    assert answer.json()["data"] == _object(Transfer.objects.get(), rent, savings)
    assert api.get(f"/api/transfers/{key}").json() == answer.json()
    unchanged = api.patch(f"/api/transfers/{key}", update("transfers", key))
    assert unchanged.json() == answer.json()
    assert Transfer.objects.get().version == 2


@pytest.mark.parametrize("name", ["txid", "amount", "destinationAmount", "destinationUuid"])
def test_the_terms_are_fixed(api: Api, rent: Wallet, savings: Wallet, name: str) -> None:
    created = api.post("/api/transfers", document(rent, savings, amount="30")).json()["data"]
    key = created["id"]
    changes = update("transfers", key, **{name: created["attributes"][name]})
    answer = api.patch(f"/api/transfers/{key}", changes)
    _refused(answer, 403, ("read_only", f"/data/attributes/{name}"))


@pytest.mark.parametrize("name", ["source", "destination"])
def test_an_end_that_is_missing_is_not_found(
    api: Api, rent: Wallet, savings: Wallet, shop: Wallet, name: str
) -> None:
    key = api.post("/api/transfers", document(rent, savings, amount="30")).json()["data"]["id"]
    changes = update("transfers", key, description="x")
    for missing in (shop.pk, 999999):
        linkage = {"type": "wallets", "id": str(missing)}
        changes["data"]["relationships"] = {name: {"data": linkage}}
        answer = api.patch(f"/api/transfers/{key}", changes)
        _refused(answer, 404, ("not_found", f"/data/relationships/{name}/data"))


@pytest.mark.parametrize("name", ["source", "destination", "transactions"])
def test_the_ends_are_fixed(api: Api, rent: Wallet, savings: Wallet, name: str) -> None:
    key = api.post("/api/transfers", document(rent, savings, amount="30")).json()["data"]["id"]
    changes = update("transfers", key, description="x")
    linkage: Any = [] if name == "transactions" else None
    changes["data"]["relationships"] = {name: {"data": linkage}}
    answer = api.patch(f"/api/transfers/{key}", changes)
    _refused(answer, 403, ("relationship_fixed", f"/data/relationships/{name}/data"))
    url = f"/api/transfers/{key}/relationships/{name}"
    assert api.patch(url, {"data": linkage}).status_code == 403


def test_deleting_reverses_both_legs(api: Api, rent: Wallet, savings: Wallet) -> None:
    key = api.post("/api/transfers", document(rent, savings, amount="30")).json()["data"]["id"]
    answer = api.delete(f"/api/transfers/{key}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert (balance_of(rent), balance_of(savings)) == ("100.00", "0.00")
    assert api.get(f"/api/transfers/{key}").status_code == 404
    assert api.delete(f"/api/transfers/{key}").status_code == 404
    assert ids(api.get("/api/transfers")) == []
    assert ids(api.get(f"/api/wallets/{savings.pk}/transactions")) == []


def test_a_payment_is_taken_back_by_staff_only(
    api: Api, as_user: type[Api], staff_api: Api, rent: Wallet, shop: Wallet
) -> None:
    key = _pay(api, rent, shop)["id"]
    for party in (api, as_user(shop.owner)):
        _refused(party.delete(f"/api/transfers/{key}"), 403, ("not_reversible", None))
    assert balance_of(shop) == "30.00"
    assert staff_api.delete(f"/api/transfers/{key}").status_code == 204
    assert (balance_of(rent), balance_of(shop)) == ("100.00", "0.00")
    assert {entry.actor for entry in Entry.objects.filter(reason="reversal")} == {
        User.objects.get(username="staff")
    }


def test_the_receiver_does_not_amend(
    api: Api, as_user: type[Api], bob: User, rent: Wallet, shop: Wallet
) -> None:
    key = _pay(api, rent, shop)["id"]
    answer = as_user(bob).patch(
        f"/api/transfers/{key}", update("transfers", key, description="mine")
    )
    _refused(answer, 403, ("permission_denied", None))


def test_staff_act_by_their_permissions(
    api: Api, as_user: type[Api], rent: Wallet, savings: Wallet
) -> None:
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_wallet"))
    key = api.post("/api/transfers", document(rent, savings, amount="30")).json()["data"]["id"]
    client = as_user(reader)
    assert client.get(f"/api/transfers/{key}").status_code == 200
    for answer in (
        client.post("/api/transfers", document(rent, savings, amount="1")),
        client.patch(f"/api/transfers/{key}", update("transfers", key, description="x")),
        client.delete(f"/api/transfers/{key}"),
    ):
        _refused(answer, 403, ("permission_denied", None))
    assert balance_of(savings) == "30.00"


def test_a_leg_is_not_moved_alone(api: Api, rent: Wallet, savings: Wallet) -> None:
    api.post("/api/transfers", document(rent, savings, amount="30"))
    for leg in Transaction.objects.exclude(transfer=None):
        url = f"/api/transactions/{leg.pk}"
        _refused(api.delete(url), 409, ("part_of_transfer", None))
        answer = api.patch(url, update("transactions", leg.pk, amount="1"))
        _refused(answer, 409, ("part_of_transfer", "/data/attributes/amount"))
        answer = api.patch(url, update("transactions", leg.pk, description="mine"))
        assert answer.status_code == 200
    assert balance_of(savings) == "30.00"


def test_transfers_raise_nobodys_total(
    api: Api, rent: Wallet, savings: Wallet, shop: Wallet, settings: Any
) -> None:
    settings.SELF_CREDIT = False
    answer = api.post("/api/transfers", document(rent, savings, amount="30"))
    assert answer.status_code == 201
    _pay(api, rent, shop)
    assert api.delete(f"/api/transfers/{answer.json()['data']['id']}").status_code == 204
    assert balance_of(rent) == "70.00"


def test_in_open_mode_every_wallet_is_everybodys(
    as_user: type[Api], rent: Wallet, shop: Wallet, settings: Any
) -> None:
    settings.AUTH_REQUIRED = False
    anyone = as_user(None)
    created = anyone.post("/api/transfers", document(rent, shop, amount="30")).json()["data"]
    assert created["relationships"]["destination"]["data"]["id"] == str(shop.pk)
    assert ids(anyone.get(f"/api/transfers?filter[destination]={shop.pk}")) == [created["id"]]
    wallets.edit(wallet_id=shop.pk, changes={"status": "frozen"})
    answer = anyone.post("/api/transfers", document(rent, shop, amount="1"))
    _refused(answer, 409, ("wallet_frozen", "/data/relationships/destination/data"))
    wallets.edit(wallet_id=shop.pk, changes={"status": "active"})
    assert anyone.delete(f"/api/transfers/{created['id']}").status_code == 204
    assert (balance_of(rent), balance_of(shop)) == ("100.00", "0.00")


def test_a_page_costs_the_same_however_much_is_on_it(
    api: Api, rent: Wallet, savings: Wallet, shop: Wallet
) -> None:
    counts = []
    for _ in range(3):
        api.post("/api/transfers", document(rent, savings, amount="1"))
        _pay(api, rent, shop, "1")
        with CaptureQueriesContext(connection) as queries:
            api.get("/api/transfers?include=source,transactions.wallet")
        counts.append(len(queries))
    assert len(set(counts)) == 1


@pytest.mark.django_db(transaction=True)
def test_an_operation_transfers_from_a_wallet_that_an_earlier_one_opened(
    api: Api, savings: Wallet
) -> None:
    def operations(amount: str) -> dict[str, Any]:
        opened = {"type": "wallets", "lid": "new", "attributes": {"label": "New", "balance": "5"}}
        order = document("x", savings, amount=amount)["data"]
        order["relationships"]["source"]["data"] = {"type": "wallets", "lid": "new"}
        return {"atomic:operations": [{"op": "add", "data": item} for item in (opened, order)]}

    answer = api.post("/api/operations", operations("5.01"), ATOMIC)
    _refused(answer, 422, ("insufficient_funds", "/atomic:operations/1/data/attributes/amount"))
    assert not Wallet.objects.filter(label="New").exists()
    answer = api.post("/api/operations", operations("5"), ATOMIC)
    assert answer.status_code == 200
    transferred = answer.json()["atomic:results"][1]["data"]
    assert api.get(f"/api/transfers/{transferred['id']}").json()["data"] == transferred
    assert balance_of(savings) == "5.00"


def test_changes_are_made_to_the_version_that_was_seen(
    api: Api, rent: Wallet, savings: Wallet
) -> None:
    created = api.post("/api/transfers", document(rent, savings, amount="5"))
    url = f"/api/transfers/{created.json()['data']['id']}"
    seen = {"If-Match": api.get(url)["ETag"]}
    assert api.get(url, headers={"If-None-Match": seen["If-Match"]}).status_code == 304
    changes = json.dumps(update("transfers", url.rpartition("/")[2], description="x"))
    for status in (200, 412):
        answer = api.request("PATCH", url, data=changes, content_type=JSONAPI, headers=seen)
        assert answer.status_code == status
    assert api.delete(url, headers=seen).status_code == 412
    assert balance_of(savings) == "5.00"
