"""G. Pagination, by number: https://jsonapi.org/format/#fetching-pagination."""

import pytest

from tests.api.jsonapi.conformance.conftest import Household, sources, walk
from tests.api.jsonapi.conftest import amounts, ids
from tests.conftest import Api
from wallet_transaction_api.api.jsonapi import reading

URL = "http://testserver/api/transactions"


def test_j140_page_links(api: Api, home: Household) -> None:
    """M · Page links are first, last, prev and next; null at the edges."""
    first = api.get(f"{URL}?page[size]=4").json()["links"]
    assert first["prev"] is None
    assert first.keys() == {"self", "describedby", "first", "last", "prev", "next"}
    last = api.get(first["last"]).json()["links"]
    assert last["next"] is None
    assert last["prev"] == first["first"]


def test_j141_links_keep_the_other_parameters(api: Api, home: Household) -> None:
    """M · Page links carry every other parameter along."""
    query = "filter%5Bamount.gt%5D=0&sort=-amount&include=wallet&fields%5Bwallets%5D=label"
    links = api.get(f"{URL}?{query}&page%5Bsize%5D=2").json()["links"]
    assert links["next"] == f"{URL}?{query}&page%5Bsize%5D=2&page%5Bnumber%5D=2"


def test_j142_walks_meet_every_resource_once(api: Api, home: Household) -> None:
    """I · Walking to the end and back meets every resource exactly once."""
    pages = list(walk(api, f"{URL}?page[size]=3"))
    forth = [key for page in pages for key in ids(page)]
    assert len(forth) == len(set(forth)) == 7
    back = [ids(page) for page in walk(api, pages[-1].json()["links"]["self"], "prev")]
    assert [key for page in reversed(back) for key in page] == forth


def test_j143_an_empty_list(api: Api, db: None) -> None:
    """I · An empty list is an empty array whose links work."""
    document = api.get(URL).json()
    assert document["data"] == []
    links = [url for name, url in document["links"].items() if url and name != "describedby"]
    assert all(api.get(url).status_code == 200 for url in links)


@pytest.mark.parametrize("size", ["0", "-1", "abc", "1e3", "", "1.5"])
def test_j144_sizes_are_whole_numbers(api: Api, db: None, size: str) -> None:
    """I · A size that is no positive whole number is refused with 400 naming it."""
    answer = api.get(f"{URL}?page[size]={size}")
    assert answer.status_code == 400
    assert sources(answer) == [{"parameter": "page[size]"}]


def test_j145_the_largest_size(api: Api, db: None) -> None:
    """I · A size above the maximum is refused, not cut."""
    assert api.get(f"{URL}?page[size]=200").status_code == 200
    assert api.get(f"{URL}?page[size]=201").status_code == 400


@pytest.mark.parametrize("number", ["0", "-1", "abc", ""])
def test_j146_numbers_are_whole(api: Api, db: None, number: str) -> None:
    """I · A page number that is no positive whole number is refused with 400 naming it."""
    answer = api.get(f"{URL}?page[number]={number}")
    assert answer.status_code == 400
    assert sources(answer) == [{"parameter": "page[number]"}]


@pytest.mark.parametrize(
    "name", ["page[foo]", "page[cursor]", "page", "page[offset]", "page[limit]"]
)
def test_j147_other_members_of_the_family(api: Api, db: None, name: str) -> None:
    """M · Members of the page family that are not supported are refused with 400."""
    assert api.get(f"{URL}?{name}=1").status_code == 400


def test_j148_the_total(api: Api, home: Household) -> None:
    """I · The count is in the meta, twice, and agrees with a walk."""
    document = api.get(f"{URL}?page[size]=3").json()
    assert document["meta"] == {"page": {"number": 1, "size": 3, "total": 7}, "total": 7}
    assert sum(len(ids(page)) for page in walk(api, f"{URL}?page[size]=3")) == 7


def test_j149_links_in_a_relationship_page_the_linkage(
    api: Api, home: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M · Page links of a relationship object lead through identifiers."""
    monkeypatch.setattr(reading, "MOST_INCLUDED", 2)
    item = api.get(f"/api/wallets/{home.rent.pk}?include=transactions").json()["data"]
    relationship = item["relationships"]["transactions"]
    following = api.get(relationship["links"]["next"]).json()["data"]
    assert [set(identifier) for identifier in following] == [{"type", "id"}] * 2


def test_j150_beyond_the_end(api: Api, home: Household) -> None:
    """I · A page beyond the end is empty."""
    answer = api.get(f"{URL}?page[number]=1000000000000")
    assert (answer.status_code, answer.json()["data"]) == (200, [])


def test_j151_pages_follow_the_order(api: Api, home: Household) -> None:
    """M · The pages one after another are in the order asked for."""
    pages = walk(api, f"{URL}?page[size]=2&sort=-amount")
    every = [amount for page in pages for amount in amounts(page)]
    assert every == ["100.00", "20.00", "7.00", "3.00", "3.00", "2.00", "-5.00"]
