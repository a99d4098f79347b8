"""Q. The cursor pagination profile: https://jsonapi.org/profiles/ethanresnick/cursor-pagination/."""

from typing import Any

import pytest

from tests.api.jsonapi.conformance.conftest import Household, sources, walk
from tests.api.jsonapi.conftest import ids, post
from tests.conftest import JSONAPI, Api
from wallet_transaction_api.api.jsonapi import reading
from wallet_transaction_api.ledger import amending

URL = "http://testserver/api/transactions"
PROFILE = "http://jsonapi.org/profiles/ethanresnick/cursor-pagination/"
TYPES = "https://jsonapi.org/profiles/ethanresnick/cursor-pagination"
ASKING = {"Accept": f'{JSONAPI};profile="{PROFILE}"'}


def _ask(api: Api, query: str = "") -> Any:
    return api.get(f"{URL}?{query}", headers=ASKING).json()


def _cursors(api: Api, query: str = "") -> list[str]:
    return [item["meta"]["page"]["cursor"] for item in _ask(api, query)["data"]]


def _all(api: Api, query: str = "") -> list[str]:
    return ids(api.get(f"{URL}?{query}&page[size]=200"))


def test_j400_ties_are_broken(api: Api, home: Household) -> None:
    """P · A sort with ties is completed by the id: a walk meets every resource once."""
    pages = walk(api, f"{URL}?sort=amount&page[size]=2", headers=ASKING)
    assert [key for page in pages for key in ids(page)] == _all(api, "sort=amount")


def test_j401_linkage_has_an_order(api: Api, home: Household) -> None:
    """P · Linkage, which has no order of its own, is walked by id."""
    url = f"http://testserver/api/wallets/{home.rent.pk}/relationships/transactions"
    pages = walk(api, f"{url}?page[size]=2", headers=ASKING)
    assert [key for page in pages for key in ids(page)] == ids(api.get(url))


def test_j402_an_order_that_cannot_be_followed(api: Api, home: Household) -> None:
    """P · A sort that cursors cannot follow is refused with the profile's error."""
    answer = api.get(f"/api/wallets/{home.rent.pk}/entries?sort=amount", headers=ASKING)
    assert (answer.status_code, sources(answer)) == (400, [{"parameter": "sort"}])
    assert answer.json()["errors"][0]["links"] == {"type": f"{TYPES}/unsupported-sort"}


@pytest.mark.parametrize("size", ["0", "-1", "abc", "1.5", "%2B5", ""])
def test_j403_sizes_are_whole_numbers(api: Api, db: None, size: str) -> None:
    """P · A size that is no positive whole number is refused and named."""
    answer = api.get(f"{URL}?page[size]={size}", headers=ASKING)
    assert (answer.status_code, sources(answer)) == (400, [{"parameter": "page[size]"}])


def test_j404_the_largest_size(api: Api, db: None) -> None:
    """P · A size above the maximum is refused with the maximum and the profile's error."""
    answer = api.get(f"{URL}?page[size]=201", headers=ASKING)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["source"]) == (400, {"parameter": "page[size]"})
    assert error["meta"] == {"page": {"maxSize": 200}}
    assert error["links"] == {"type": f"{TYPES}/max-size-exceeded"}


def test_j405_the_default_size(api: Api, home: Household) -> None:
    """P · Without a size a page has twenty items, if there are so many."""
    for _ in range(20):
        post(home.rent, "1")
    assert len(_ask(api)["data"]) == 20


def test_j406_after_a_cursor(api: Api, home: Household) -> None:
    """P · After a cursor comes the very next item; behind the last one nothing."""
    cursors, every = _cursors(api), _all(api)
    for index, cursor in enumerate(cursors):
        assert ids(api.get(f"{URL}?page[after]={cursor}")) == every[index + 1 :]


def test_j407_before_a_cursor(api: Api, home: Household) -> None:
    """P · Before a cursor come the items right before it, in the list's order, if there are any."""
    cursors, every = _cursors(api), _all(api)
    for index, cursor in enumerate(cursors):
        page = ids(api.get(f"{URL}?page[before]={cursor}&page[size]=2"))
        assert page == every[max(0, index - 2) : index]


def test_j408_without_a_cursor(api: Api, alice: Any) -> None:
    """P · Without a cursor a page starts with the first item; an empty list is an empty array."""
    assert _ask(api)["data"] == []
    post(alice.default_wallet, "1")
    assert len(_ask(api)["data"]) == 1


@pytest.mark.parametrize("member", ["after", "before"])
def test_j409_foreign_cursors(api: Api, home: Household, member: str) -> None:
    """P · Garbage, altered cursors and those of another sort or filter are refused and named."""
    cursor = _cursors(api)[2]
    for query in (f"page[{member}]=garbage", f"page[{member}]={cursor[:-3]}",
                  f"sort=-id&page[{member}]={cursor}",
                  f"filter[id.gt]=0&page[{member}]={cursor}"):  # fmt: skip
        answer = api.get(f"{URL}?{query}")
        assert (answer.status_code, sources(answer)) == (400, [{"parameter": f"page[{member}]"}])


def test_j410_cursors_keep_their_place(api: Api, home: Household) -> None:
    """P · A cursor outlives its row, and rows that come and go move no others."""
    cursor, every = _cursors(api, "sort=amount")[3], _all(api, "sort=amount")
    amending.reverse(transaction_id=int(every[3]))
    post(home.rent, "-1")
    assert ids(api.get(f"{URL}?sort=amount&page[after]={cursor}")) == every[4:]


def test_j411_ranges_are_served(api: Api, home: Household) -> None:
    """P · Both cursors together answer with what lies between them."""
    cursors, every = _cursors(api), _all(api)
    answer = api.get(f"{URL}?page[after]={cursors[0]}&page[before]={cursors[4]}")
    assert ids(answer) == every[1:4]


def test_j412_long_ranges_are_cut(api: Api, home: Household) -> None:
    """P · A range has the largest size by default; a cut one says so and is as without its end."""
    cursors = _cursors(api)
    query = f"page[after]={cursors[0]}&page[before]={cursors[6]}"
    assert api.get(f"{URL}?{query}").json()["meta"]["page"] == {"size": 200}
    cut = api.get(f"{URL}?{query}&page[size]=2").json()
    assert cut["meta"]["page"]["rangeTruncated"] is True
    assert cut["data"] == api.get(f"{URL}?page[after]={cursors[0]}&page[size]=2").json()["data"]


def test_j413_both_links_are_always_there(
    api: Api, home: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P · Every page has both links beside it, that of a cut linkage as well."""
    assert {"prev", "next"} <= _ask(api, "page[size]=2")["links"].keys()
    monkeypatch.setattr(reading, "MOST_INCLUDED", 2)
    document = api.get(f"/api/wallets/{home.rent.pk}?include=transactions", headers=ASKING).json()
    links = document["data"]["relationships"]["transactions"]["links"]
    assert {"prev", "next"} <= links.keys()


def test_j414_links_end_with_the_list(api: Api, home: Household) -> None:
    """P · Next is null exactly at the end, prev exactly at the start."""
    pages = [page.json() for page in walk(api, f"{URL}?page[size]=3", headers=ASKING)]
    assert [page["links"]["next"] is None for page in pages] == [False, False, True]
    assert pages[0]["links"]["prev"] is None
    back = [page.json() for page in walk(api, pages[0]["links"]["last"], "prev")]
    assert [page["links"]["prev"] is None for page in back] == [False, False, True]


def test_j415_first_and_last(api: Api, home: Household) -> None:
    """R · First and last are given, and links keep the other parameters."""
    links = _ask(api, "sort=-amount&page[size]=2&include=wallet")["links"]
    every = _all(api, "sort=-amount")
    assert ids(api.get(links["first"])) == every[:2]
    assert ids(api.get(links["last"])) == every[-2:]
    assert all("include=wallet" in links[name] for name in ("first", "last", "next"))


def test_j416_items_have_cursors(api: Api, home: Household) -> None:
    """P · Each item's cursor falls on it, and meta.page is always an object."""
    document = _ask(api)
    assert isinstance(document["meta"]["page"], dict)
    for item, following in zip(document["data"], document["data"][1:], strict=False):
        url = f"{URL}?page[size]=1&page[after]={item['meta']['page']['cursor']}"
        assert ids(api.get(url)) == [following["id"]]


def test_j417_totals_are_exact(api: Api, home: Household) -> None:
    """P · The total, where asked for, is the exact count of the filtered list."""
    query = "filter[amount.gt]=2&page[size]=1"
    assert "total" not in _ask(api, query)["meta"]["page"]
    assert _ask(api, f"{query}&page[totals]=true")["meta"]["page"]["total"] == 5


def test_j418_the_profile_is_named(api: Api, home: Household) -> None:
    """M · The applied profile is named in the media type, in the document and by its own link."""
    answer = api.get(URL, headers=ASKING)
    kind = f'{JSONAPI};profile="{PROFILE}"'
    assert (answer["Content-Type"], answer["Vary"].split(",")[0]) == (kind, "Accept")
    assert answer.json()["jsonapi"]["profile"] == [PROFILE]
    assert answer.json()["links"]["self"] == {"href": URL, "type": kind}


@pytest.mark.parametrize("member", ["after", "before"])
def test_j419_not_with_numbers(api: Api, home: Household, member: str) -> None:
    """I · A page number beside a cursor is refused with 400."""
    cursor = _cursors(api)[0]
    answer = api.get(f"{URL}?page[number]=1&page[{member}]={cursor}")
    assert (answer.status_code, sources(answer)) == (400, [{"parameter": "page[number]"}])


def test_j420_error_types_are_strings(api: Api, db: None) -> None:
    """I · The profile's error types are single strings, as links have to be."""
    (error,) = api.get(f"{URL}?page[size]=201").json()["errors"]
    assert isinstance(error["links"]["type"], str)
