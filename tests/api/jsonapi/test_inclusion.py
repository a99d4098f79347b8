"""https://jsonapi.org/format/#fetching-includes and sparse fieldsets."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.jsonapi.conftest import errors, post, transaction_document, update, wallet_document
from tests.conftest import Api
from wallet_transaction_api.api.jsonapi import reading
from wallet_transaction_api.models import Wallet


def _included(document: Any) -> list[tuple[str, str]]:
    return [(item["type"], item["id"]) for item in document["included"]]


def test_includes_a_to_one_once_for_many(api: Api, rent: Wallet) -> None:
    for _ in range(5):
        post(rent, "1")
    document = api.get("/api/transactions?include=wallet").json()
    assert len(document["data"]) == 6
    assert _included(document) == [("wallets", str(rent.pk))]
    assert "data" not in document["included"][0]["relationships"]["transactions"]


def test_includes_a_to_many_with_full_linkage(api: Api, rent: Wallet) -> None:
    post(rent, "1")
    keys = [str(key) for key in rent.transactions.order_by("pk").values_list("pk", flat=True)]
    document = api.get(f"/api/wallets/{rent.pk}?include=transactions").json()
    linkage = document["data"]["relationships"]["transactions"]["data"]
    assert linkage == [{"type": "transactions", "id": key} for key in keys]
    assert _included(document) == [("transactions", key) for key in keys]


def test_includes_a_path_with_its_middle_and_repeats_nothing(api: Api, rent: Wallet) -> None:
    other = post(rent, "1").transaction_id
    document = api.get("/api/transactions?filter[txid]=opening&include=wallet.transactions").json()
    assert _included(document) == [("wallets", str(rent.pk)), ("transactions", str(other))]


def test_including_nothing_says_so(api: Api, rent: Wallet) -> None:
    assert api.get(f"/api/wallets/{rent.pk}?include=").json()["included"] == []
    assert "included" not in api.get(f"/api/wallets/{rent.pk}").json()


def test_including_from_an_empty_relationship(api: Api, open_wallet: Callable[..., Wallet]) -> None:
    document = api.get(f"/api/wallets/{open_wallet().pk}?include=transactions").json()
    assert document["included"] == []
    assert document["data"]["relationships"]["transactions"]["data"] == []


def test_including_does_not_reorder(api: Api, rent: Wallet) -> None:
    for amount in ("3", "1", "2"):
        post(rent, amount)
    plain = api.get("/api/transactions?sort=amount").json()["data"]
    assert api.get("/api/transactions?sort=amount&include=wallet").json()["data"] == plain


def test_a_long_to_many_is_cut_and_continued_at_its_own_url(
    api: Api, rent: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_INCLUDED", 2)
    for _ in range(3):
        post(rent, "1")
    document = api.get(f"/api/wallets/{rent.pk}?include=transactions").json()
    relationship = document["data"]["relationships"]["transactions"]
    assert len(relationship["data"]) == len(document["included"]) == 2
    assert relationship["links"]["prev"] is None
    following = api.get(relationship["links"]["next"]).json()["data"]
    assert len(following) == 2
    assert not {item["id"] for item in following} & {item["id"] for item in relationship["data"]}


def test_each_wallet_is_cut_by_itself(
    api: Api, open_wallet: Callable[..., Wallet], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_INCLUDED", 2)
    sizes = {"few": 1, "just": 2, "many": 4}
    for label, size in sizes.items():
        wallet = open_wallet(label=label)
        for _ in range(size):
            post(wallet, "1")
    document = api.get("/api/wallets?include=transactions&filter[label]=few,just,many").json()
    linked = {
        item["attributes"]["label"]: item["relationships"]["transactions"]
        for item in document["data"]
    }
    assert {label: len(relation["data"]) for label, relation in linked.items()} == {
        "few": 1,
        "just": 2,
        "many": 2,
    }
    assert {label for label, relation in linked.items() if "next" in relation["links"]} == {"many"}


@pytest.mark.parametrize(
    "include",
    [
        "nosuch", "transactions.nosuch", "label", "Transactions", "transactions,,entries", ",",
        "transactions.", ".transactions", "transactions.wallet.transactions.wallet", "pk",
        ",".join(["transactions"] * 11),
    ],
)  # fmt: skip
def test_refuses_what_cannot_be_included(api: Api, include: str) -> None:
    answer = api.get(f"/api/wallets?include={include}&page[number]=99")
    assert answer.status_code == 400
    assert errors(answer) == [("invalid_include", "include")]


def test_writes_answer_with_what_is_included(api: Api, rent: Wallet) -> None:
    document = transaction_document(rent, amount="1.00")
    answer = api.post("/api/transactions?include=wallet&fields[wallets]=balance", document)
    assert answer.json()["included"][0]["attributes"] == {"balance": "101.00"}
    key = answer.json()["data"]["id"]
    answer = api.patch(
        f"/api/transactions/{key}?include=wallet&fields[wallets]=balance",
        update("transactions", key, amount="2.00"),
    )
    assert answer.json()["included"][0]["attributes"] == {"balance": "102.00"}


def test_related_resources_take_include(api: Api, rent: Wallet) -> None:
    document = api.get(f"/api/wallets/{rent.pk}/transactions?include=wallet").json()
    assert _included(document) == [("wallets", str(rent.pk))]
    key = document["data"][0]["id"]
    document = api.get(f"/api/transactions/{key}/wallet?include=transactions").json()
    assert _included(document) == [("transactions", key)]


def test_sparse_fieldsets_choose_attributes_and_relationships(api: Api, rent: Wallet) -> None:
    url = f"/api/wallets/{rent.pk}?fields[wallets]="
    data = api.get(f"{url}label").json()["data"]
    assert data.keys() == {"type", "id", "attributes", "links"}
    assert data["attributes"] == {"label": "Rent"}
    data = api.get(f"{url}transactions").json()["data"]
    assert "attributes" not in data
    assert data["relationships"].keys() == {"transactions"}
    assert api.get(url).json()["data"].keys() == {"type", "id", "links"}
    assert api.get(f"{url}createdAt,label").json()["data"]["attributes"].keys() == {
        "createdAt",
        "label",
    }


def test_sparse_fieldsets_trim_included_resources(api: Api, rent: Wallet) -> None:
    url = f"/api/wallets/{rent.pk}?include=transactions&fields%5Btransactions%5D=txid"
    (transaction,) = api.get(url).json()["included"]
    assert transaction["attributes"] == {"txid": "opening"}
    assert "relationships" not in transaction


def test_what_a_sparse_fieldset_leaves_out_is_still_included(api: Api, rent: Wallet) -> None:
    document = api.get("/api/transactions?include=wallet&fields[transactions]=txid").json()
    assert _included(document) == [("wallets", str(rent.pk))]


def test_sparse_fieldsets_on_writes(api: Api) -> None:
    answer = api.post("/api/wallets?fields[wallets]=label", wallet_document(label="New"))
    assert answer.json()["data"]["attributes"] == {"label": "New"}
    key = answer.json()["data"]["id"]
    url = f"/api/wallets/{key}?fields[wallets]=version"
    answer = api.patch(url, update("wallets", key, label="Newer"))
    assert answer.json()["data"]["attributes"] == {"version": 2}


@pytest.mark.parametrize(
    "parameter",
    [
        "fields", "fields[]", "fields[nosuch]", "fields[Wallet]", "fields[wallets][]",
        "fields[wallets", "fields.wallets",
    ],
)  # fmt: skip
def test_refuses_a_fieldset_of_no_type(api: Api, parameter: str) -> None:
    answer = api.get(f"/api/wallets?{parameter}=label")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["source"] == {"parameter": parameter}


@pytest.mark.parametrize("names", ["nosuch", "Label", "created_at", "label,,status", "ownerName"])
def test_refuses_members_that_do_not_exist(api: Api, names: str) -> None:
    answer = api.get(f"/api/wallets?fields[wallets]={names}")
    assert errors(answer) == [("invalid_fields", "fields[wallets]")]
