"""Texts in any script: found, told apart and sorted alike on every database."""

# Letters that look like others are the point.
# ruff: noqa: RUF001

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User

from tests.api.jsonapi.conftest import errors, post, transaction_document, wallet_document
from tests.api.jsonapi.test_cursors import ASKING
from tests.conftest import Api
from wallet_transaction_api.ledger import holds
from wallet_transaction_api.models import Wallet

#: No two of them are the same, on any database.
SPELLINGS = [
    *("ärger", "Ärger", "ÄRGER", "arger", "a\u0308rger", "ärger ", "ärger\u00a0"),
    *("s", "S", "ſ", "ß", "ss", "SS", "ı", "i", "İ", "I", "σ", "ς", "Σ", "k", "\u212a", "𐐀", "𐐨"),
    *("москва", "МОСКВА", "\uffee", "\U0001f600", "a", "a\x01", "ａ", "ǆ", "ǅ", "Ǆ"),
]


def found(api: Api, path: str, member: str, **filters: str) -> list[str]:
    """Return the members of a list, in its order."""
    query = "&".join(f"filter[{name}]={quote(text)}" for name, text in filters.items())
    answer = api.get(f"{path}{'&' if '?' in path else '?'}{query}&page[size]=200")
    return [item["attributes"][member] for item in answer.json()["data"]]


@pytest.fixture
def labels(alice: User, open_wallet: Callable[..., Wallet]) -> list[str]:
    """Return the labels of alice's wallets."""
    for label in SPELLINGS:
        open_wallet("1.00", label=label)
    return [*SPELLINGS, alice.default_wallet.label]


@pytest.mark.parametrize("operator", ["contains", "icontains"])
@pytest.mark.parametrize("text", ["Österreich", "reich", "Ö"])
def test_a_search_without_case_finds_and_sums_what_one_with_case_does(
    api: Api, open_wallet: Callable[..., Wallet], operator: str, text: str
) -> None:
    open_wallet("7.00", label="Österreich")
    query = f"filter[label.{operator}]={quote(text)}&withStats[balance]=sum,count"
    document = api.get(f"/api/wallets?{query}").json()
    assert [item["attributes"]["label"] for item in document["data"]] == ["Österreich"]
    figures = document["meta"]["stats"]["balance"]
    assert (figures["sum"], figures["count"]) == ("7.00", 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ÄRGER", {"ärger", "Ärger", "ÄRGER", "ärger ", "ärger\u00a0"}),
        ("arger", {"arger"}),
        ("МОСКВА", {"москва", "МОСКВА"}),
        ("ς", {"σ", "ς", "Σ"}),
        ("ß", {"ß"}),
        ("SS", {"ss", "SS"}),
        ("𐐀", {"𐐀", "𐐨"}),
        ("ǅ", {"ǆ", "ǅ", "Ǆ"}),
        ("\u212a", {"k", "\u212a"}),
        ("İ", {"i", "İ", "I"}),
        ("r ", {"ärger "}),
        ("%", set()),
        ("_", set()),
    ],
)
def test_a_search_without_case_keeps_accents(
    api: Api, labels: list[str], text: str, expected: set[str]
) -> None:
    searched = {"balance": "1", "label.icontains": text}
    assert set(found(api, "/api/wallets", "label", **searched)) == expected


def test_equal_is_the_same_text(api: Api, labels: list[str]) -> None:
    for label in labels:
        assert found(api, "/api/wallets", "label", label=label) == [label]
        others = found(api, "/api/wallets", "label", **{"label.ne": label})
        assert sorted([*others, label]) == sorted(labels)


def test_order_is_that_of_code_points(api: Api, labels: list[str]) -> None:
    assert found(api, "/api/wallets?sort=label", "label") == sorted(labels)
    assert found(api, "/api/wallets?sort=-label", "label") == sorted(labels, reverse=True)
    for label in labels:
        above = found(api, "/api/wallets?sort=label", "label", **{"label.gt": label})
        assert above == [each for each in sorted(labels) if each > label]
        starting = found(api, "/api/wallets", "label", **{"label.prefix": label})
        assert set(starting) == {each for each in labels if each.startswith(label)}


def test_pages_by_cursor_follow_that_order(api: Api, labels: list[str]) -> None:
    assert _walk(api, "/api/wallets?sort=label&page[size]=3", "label") == sorted(labels)


@pytest.mark.parametrize("letter", ["a", "я", "𐐀"])
def test_long_texts_are_sorted_to_their_end(
    api: Api, open_wallet: Callable[..., Wallet], letter: str
) -> None:
    wallet = open_wallet("100.00")
    texts = [letter * 999 + end for end in ("b", "a", "", "\uffee", "\U0001f600", "B")]
    for text in texts:
        holds.place(wallet_id=wallet.pk, amount=Decimal(1), description=text)
    assert found(api, "/api/holds?sort=description", "description") == sorted(texts)
    walked = _walk(api, "/api/holds?sort=description&page[size]=2", "description")
    assert walked == sorted(texts)


def _walk(api: Api, url: str | None, member: str) -> list[str]:
    seen: list[str] = []
    while url and len(seen) < 100:
        document = api.get(url, headers=ASKING).json()
        seen += [item["attributes"][member] for item in document["data"]]
        url = document["links"]["next"]
    return seen


def test_labels_are_unique_as_they_are_written(api: Api) -> None:
    for label in SPELLINGS:
        body = wallet_document(label=label)
        assert api.post("/api/wallets", body).status_code == 201, label
        assert errors(api.post("/api/wallets", body)) == [("label_taken", "/data/attributes/label")]


def test_txids_are_unique_as_they_are_written(api: Api, rent: Wallet) -> None:
    for txid in SPELLINGS:
        body = transaction_document(rent, txid=txid, amount="1.00")
        assert api.post("/api/transactions", body).status_code == 201, txid
        assert api.post("/api/transactions", body).json()["errors"][0]["code"] == "txid_taken"
        assert found(api, "/api/transactions", "txid", txid=txid) == [txid]


def test_idempotency_keys_are_told_apart_by_case(api: Api, rent: Wallet) -> None:
    for number, key in enumerate(("key", "KEY", "Key", "key.", "ke_", "ke%")):
        body = transaction_document(rent, txid=f"{number}", amount="1.00")
        for replayed in (False, True):
            answer = api.send("POST", "/api/transactions", body, headers={"Idempotency-Key": key})
            assert answer.status_code == 201
            assert ("Idempotent-Replayed" in answer) is replayed


@pytest.mark.parametrize("name", ["kind=Deposit", "kind=DEPOSIT", "kind=deposit%20"])
def test_words_of_ours_are_spelled_one_way(api: Api, rent: Wallet, name: str) -> None:
    assert api.get(f"/api/transactions?filter[{name.replace('=', ']=')}").status_code == 400


#: Different also where a database's own collation ignores accents and case.
NAMES = ["alicia", "ALINA", "ärne", "Zoë", "zoltan", "𐐀", "иван", "ИГОРЬ"]


class TestNamesOfUsers:
    """They are in Django's own column, which has the database's collation."""

    @pytest.fixture(autouse=True)
    def _people(self, open_wallet: Callable[..., Wallet]) -> None:
        for name in NAMES:
            owner = User.objects.create_user(name)
            wallet = open_wallet(owner=owner, label="named")
            post(wallet, "1.00", actor_id=owner.pk, txid=name)

    @pytest.mark.parametrize(
        ("operator", "text", "expected"),
        [
            ("eq", "alicia", ["alicia"]),
            ("eq", "ALICIA", []),
            ("eq", "arne", []),
            ("eq", "alicia ", []),
            ("in", "ALICIA,ALINA,ИВАН,иван", ["ALINA", "иван"]),
            ("gt", "Z", ["Zoë", "alicia", "zoltan", "ärne", "ИГОРЬ", "иван", "𐐀"]),
            ("lt", "a", ["ALINA", "Zoë"]),
            ("between", "a,ä", ["alicia", "zoltan"]),
            ("prefix", "al", ["alicia"]),
            ("prefix", "Ä", []),
            ("contains", "LI", ["ALINA"]),
            ("contains", "е", []),
            ("icontains", "li", ["ALINA", "alicia"]),
            ("icontains", "ÄR", ["ärne"]),
            ("icontains", "и", ["ИГОРЬ", "иван"]),
            ("icontains", "𐐨", ["𐐀"]),
            ("icontains", "e", ["ärne"]),
        ],
    )
    def test_are_compared_as_other_texts(
        self, staff_api: Api, operator: str, text: str, expected: list[str]
    ) -> None:
        own = f"/api/wallets?filter[label]=named&filter[ownerName.{operator}]={quote(text)}"
        assert self._names(staff_api, f"{own}&sort=ownerName", "ownerName") == expected
        far = f"filter[wallet.label]=named&filter[wallet.ownerName.{operator}]={quote(text)}"
        assert self._names(staff_api, f"/api/transactions?{far}&sort=txid", "txid") == expected
        actor = f"filter[wallet.label]=named&filter[actor.{operator}]={quote(text)}"
        assert self._names(staff_api, f"/api/entries?{actor}", "actor") == set(expected)

    def test_are_unequal_as_other_texts(self, staff_api: Api) -> None:
        for name in (*NAMES, "ALICIA", "arne"):
            url = f"/api/entries?filter[wallet.label]=named&filter[actor.ne]={quote(name)}"
            assert self._names(staff_api, url, "actor") == set(NAMES) - {name}

    def test_sort_by_code_point(self, staff_api: Api) -> None:
        url = "/api/wallets?filter[label]=named&sort="
        assert self._names(staff_api, f"{url}ownerName", "ownerName") == sorted(NAMES)
        backwards = self._names(staff_api, f"{url}-ownerName,label", "ownerName")
        assert backwards == sorted(NAMES, reverse=True)
        for order in ("ownerName", "label,ownerName"):
            assert _walk(staff_api, f"{url}{order}&page[size]=2", "ownerName") == sorted(NAMES)

    def test_of_any_length_are_looked_for(self, staff_api: Api) -> None:
        for operator in ("eq", "prefix", "contains", "icontains"):
            url = f"/api/wallets?filter[ownerName.{operator}]={'k' * 20_000}"
            assert self._names(staff_api, url, "ownerName") == []

    @staticmethod
    def _names(api: Api, url: str, member: str) -> Any:
        answer = api.get(url)
        assert answer.status_code == 200, answer.content
        names: Iterable[str] = [item["attributes"][member] for item in answer.json()["data"]]
        return set(names) if member == "actor" else names
