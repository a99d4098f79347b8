"""https://jsonapi.org/format/#fetching: collections, resources, related resources."""

import pytest
from django.contrib.auth.models import User
from django.urls import set_script_prefix

from tests.api.jsonapi.conftest import DESCRIBED, errors, ids, post
from tests.conftest import Api
from wallet_transaction_api.ledger import amending
from wallet_transaction_api.models import Transaction, Wallet

BASE = "http://testserver/api"
MALFORMED_IDS = [
    "abc",
    "%00",
    "%FF",
    "1" * 31,
    "-1",
    "0",
    "01",
    "+1",
    "1.0",
    "%20",
    "1%0A",
    "\uff11",
]


def _instant(moment: object) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"


def _links(url: str, name: str) -> object:
    return {"self": f"{url}/relationships/{name}", "related": f"{url}/{name}"}


def _wallet_object(wallet: Wallet) -> object:
    url = f"{BASE}/wallets/{wallet.pk}"
    return {
        "type": "wallets",
        "id": str(wallet.pk),
        "attributes": {
            "label": "Rent",
            "currency": "USD",
            "balance": "100.00",
            "available": "100.00",
            "held": "0.00",
            "overdraftLimit": "0.00",
            "status": "active",
            "metadata": {},
            "uuid": str(wallet.uuid),
            "createdAt": _instant(wallet.created_at),
            "updatedAt": _instant(wallet.updated_at),
            "version": 2,
        },
        "relationships": {
            name: {"links": _links(url, name)} for name in ("transactions", "entries")
        },
        "links": {"self": url},
    }


def _transaction_object(transaction: Transaction) -> object:
    url = f"{BASE}/transactions/{transaction.pk}"
    return {
        "type": "transactions",
        "id": str(transaction.pk),
        "attributes": {
            "txid": "opening",
            "amount": "100.00",
            "kind": "deposit",
            "description": "",
            "metadata": {},
            "balanceAfter": "100.00",
            "createdAt": _instant(transaction.created_at),
            "updatedAt": _instant(transaction.updated_at),
        },
        "relationships": {
            "wallet": {
                "links": {"self": f"{url}/relationships/wallet", "related": f"{url}/wallet"},
                "data": {"type": "wallets", "id": str(transaction.wallet_id)},
            }
        },
        "links": {"self": url},
    }


def test_a_resource_is_this_document(api: Api, rent: Wallet) -> None:
    answer = api.get(f"/api/wallets/{rent.pk}")
    assert answer.status_code == 200
    assert answer.json() == {
        "jsonapi": {"version": "1.1"},
        "links": {"self": f"{BASE}/wallets/{rent.pk}", **DESCRIBED},
        "data": _wallet_object(rent),
    }


def test_a_collection_is_this_document(api: Api, rent: Wallet) -> None:
    url = f"{BASE}/transactions"
    assert api.get("/api/transactions").json() == {
        "jsonapi": {"version": "1.1"},
        "links": {
            "self": url,
            **DESCRIBED,
            "first": f"{url}?page%5Bnumber%5D=1",
            "last": f"{url}?page%5Bnumber%5D=1",
            "prev": None,
            "next": None,
        },
        "data": [_transaction_object(rent.transactions.get())],
        "meta": {"page": {"number": 1, "size": 20, "total": 1}, "total": 1},
    }


def test_an_empty_collection_is_an_array(api: Api) -> None:
    answer = api.get("/api/transactions")
    assert answer.json()["data"] == []
    assert answer.json()["meta"]["total"] == 0


def test_related_to_one(api: Api, rent: Wallet) -> None:
    key = rent.transactions.get().pk
    document = api.get(f"/api/transactions/{key}/wallet").json()
    assert document["data"] == _wallet_object(rent)
    assert document["links"] == {"self": f"{BASE}/transactions/{key}/wallet", **DESCRIBED}


def test_related_to_many(api: Api, rent: Wallet) -> None:
    document = api.get(f"/api/wallets/{rent.pk}/transactions").json()
    assert document["data"] == [_transaction_object(rent.transactions.get())]
    assert document["meta"]["total"] == 1


def test_related_to_many_of_an_empty_wallet(api: Api, alice: User) -> None:
    key = alice.default_wallet.pk
    assert api.get(f"/api/wallets/{key}/transactions").json()["data"] == []


def test_related_to_many_takes_the_parameters_of_a_collection(api: Api, rent: Wallet) -> None:
    for amount in ("5", "7", "2"):
        post(rent, amount)
    url = f"/api/wallets/{rent.pk}/transactions"
    answer = api.get(f"{url}?page[size]=2&sort=-amount&filter[amount.lt]=100")
    assert [item["attributes"]["amount"] for item in answer.json()["data"]] == ["7.00", "5.00"]
    assert answer.json()["meta"]["total"] == 3
    assert (
        api.get(answer.json()["links"]["next"]).json()["data"][0]["attributes"]["amount"] == "2.00"
    )


def test_the_journal_of_a_wallet(api: Api, rent: Wallet) -> None:
    answer = api.get(f"/api/wallets/{rent.pk}/entries")
    entry = rent.entries.get()
    url = f"{BASE}/entries/{entry.pk}"
    assert answer.json()["data"] == [
        {
            "type": "entries",
            "id": str(entry.pk),
            "attributes": {
                "amount": "100.00",
                "balanceAfter": "100.00",
                "sequence": 1,
                "reason": "posted",
                "createdAt": _instant(entry.created_at),
            },
            "relationships": {
                "wallet": {
                    "data": {"type": "wallets", "id": str(rent.pk)},
                    "links": _links(url, "wallet"),
                },
                "transaction": {
                    "data": {"type": "transactions", "id": str(entry.transaction_id)},
                    "links": _links(url, "transaction"),
                },
            },
            "links": {"self": url},
        }
    ]


def test_only_staff_see_who_acted(api: Api, staff_api: Api, rent: Wallet, alice: User) -> None:
    post(rent, "1.00", actor_id=alice.pk)
    url = f"/api/wallets/{rent.pk}/entries?sort=-sequence"
    assert "actor" not in api.get(url).json()["data"][0]["attributes"]
    assert staff_api.get(url).json()["data"][0]["attributes"]["actor"] == "alice"


@pytest.mark.parametrize("kind", ["wallets", "transactions"])
@pytest.mark.parametrize("key", ["999999", *MALFORMED_IDS])
@pytest.mark.parametrize("tail", ["", "/relationships/wallet", "/transactions"])
def test_a_missing_or_malformed_id_is_not_found(api: Api, kind: str, key: str, tail: str) -> None:
    answer = api.get(f"/api/{kind}/{key}{tail}")
    assert answer.status_code == 404
    assert errors(answer) == [("not_found", None)]


def test_what_is_somebody_elses_answers_like_what_is_missing(
    api: Api, rent: Wallet, as_user: type[Api], bob: User
) -> None:
    stranger, key = as_user(bob), rent.transactions.get().pk
    for url in (f"wallets/{rent.pk}", f"wallets/{rent.pk}/transactions", f"transactions/{key}"):
        there, missing = stranger.get(f"/api/{url}"), stranger.get("/api/wallets/999999")
        assert there.status_code == 404
        assert there.content == missing.content
    assert ids(stranger.get("/api/transactions")) == []
    assert rent.pk not in ids(stranger.get("/api/wallets"))


def test_a_reversed_transaction_is_gone(api: Api, rent: Wallet) -> None:
    key = rent.transactions.get().pk
    amending.reverse(transaction_id=key)
    assert api.get(f"/api/transactions/{key}").status_code == 404
    assert api.get("/api/transactions").json()["data"] == []


NO_RELATIONSHIPS = [
    "nosuch", "label", "pk", "id", "save", "delete", "objects", "refresh_from_db", "full_clean",
    "owner", "relationships", "__class__", "Transactions",
]  # fmt: skip


@pytest.mark.parametrize("name", NO_RELATIONSHIPS)
@pytest.mark.parametrize("path", ["{name}", "relationships/{name}"])
def test_a_url_names_declared_relationships_and_nothing_else(
    api: Api, rent: Wallet, name: str, path: str
) -> None:
    before = Wallet.objects.filter(pk=rent.pk).values().get()
    answer = api.get(f"/api/wallets/{rent.pk}/{path.format(name=name)}")
    assert answer.status_code == 404
    assert errors(answer) == [("not_found", None)]
    assert Wallet.objects.filter(pk=rent.pk).values().get() == before


@pytest.mark.parametrize(
    "path", ["wallets", "wallets/{0}", "wallets/{0}/transactions", "transactions/{1}/wallet",
             "wallets/{0}/relationships/transactions", "transactions/{1}/relationships/wallet"],
)  # fmt: skip
def test_a_trailing_slash_changes_nothing(api: Api, rent: Wallet, path: str) -> None:
    url = f"/api/{path.format(rent.pk, rent.transactions.get().pk)}"
    assert api.get(f"{url}/").status_code == 200
    assert api.get(f"{url}/").content == api.get(url).content


@pytest.mark.parametrize("path", ["wallets", "wallets/{0}", "wallets/{0}/relationships/entries"])
def test_head_is_get_without_the_body(api: Api, rent: Wallet, path: str) -> None:
    url = f"/api/{path.format(rent.pk)}"
    head, get = api.request("HEAD", url), api.get(url)
    assert (head.status_code, head.content) == (200, b"")
    assert head["Content-Type"] == get["Content-Type"]


def test_every_link_leads_somewhere(api: Api, rent: Wallet) -> None:
    document = api.get("/api/wallets?include=transactions.wallet,entries").json()
    for item in [*document["data"], *document["included"]]:
        relationships = item["relationships"].values()
        links = [item.get("links", {}), *(relation.get("links", {}) for relation in relationships)]
        for url in [url for group in links for url in group.values()]:
            assert api.get(url).status_code == 200, url
    whole = {name: url for name, url in document["links"].items() if name not in DESCRIBED and url}
    assert all(api.get(url).status_code == 200 for url in whole.values())


def test_links_below_a_script_prefix(api: Api, rent: Wallet) -> None:
    set_script_prefix("/bank/")
    try:
        answer = api.get(f"/api/wallets/{rent.pk}", SCRIPT_NAME="/bank")
    finally:
        set_script_prefix("/")
    assert answer.json()["links"]["self"] == f"http://testserver/bank/api/wallets/{rent.pk}"
    assert answer.json()["data"]["links"]["self"] == f"http://testserver/bank/api/wallets/{rent.pk}"


def test_money_has_its_currencys_decimals(
    api: Api, alice: User, open_wallet: object, settings: object
) -> None:
    for currency, balance in (("JPY", "50"), ("BHD", "50.000"), ("USD", "50.00")):
        open_wallet("50", label=currency, currency=currency)  # type: ignore[operator]
        answer = api.get(f"/api/wallets?filter[currency]={currency}&filter[label]={currency}")
        (data,) = answer.json()["data"]
        assert data["attributes"]["balance"] == balance
        (opening,) = api.get(f"/api/wallets/{data['id']}/transactions").json()["data"]
        assert opening["attributes"]["amount"] == balance
