"""https://jsonapi.org/format/#fetching-pagination, by page number."""

import pytest

from tests.api.jsonapi.conftest import DESCRIBED, errors, ids, post
from tests.conftest import Api
from wallet_transaction_api.models import Wallet

URL = "http://testserver/api/transactions"


@pytest.fixture
def busy(rent: Wallet) -> Wallet:
    """Return the wallet with 25 transactions."""
    for _ in range(24):
        post(rent, "1")
    return rent


def test_a_page_has_twenty_resources_by_default(api: Api, busy: Wallet) -> None:
    document = api.get("/api/transactions").json()
    assert len(document["data"]) == 20
    assert document["meta"] == {"page": {"number": 1, "size": 20, "total": 25}, "total": 25}


def test_links_lead_through_all_pages_and_back(api: Api, busy: Wallet) -> None:
    forth, back = [], []
    url = f"{URL}?page[size]=10"
    while url:
        answer = api.get(url)
        forth.append(ids(answer))
        last, url = answer, answer.json()["links"]["next"]
    assert [len(page) for page in forth] == [10, 10, 5]
    assert len({key for page in forth for key in page}) == 25
    url = last.json()["links"]["self"]
    while url:
        answer = api.get(url)
        back.append(ids(answer))
        url = answer.json()["links"]["prev"]
    assert back == forth[::-1]


def test_links_keep_the_other_parameters(api: Api, busy: Wallet) -> None:
    query = "page[number]=2&sort=-amount&filter[amount.lt]=5&fields[transactions]=txid&page[size]=9"
    links = api.get(f"{URL}?{query}&include=wallet").json()["links"]
    kept = (
        "sort=-amount&filter%5Bamount.lt%5D=5&fields%5Btransactions%5D=txid"
        "&page%5Bsize%5D=9&include=wallet"
    )
    assert links == {
        **DESCRIBED,
        "self": f"{URL}?page%5Bnumber%5D=2&{kept}",
        "first": f"{URL}?{kept}&page%5Bnumber%5D=1",
        "last": f"{URL}?{kept}&page%5Bnumber%5D=3",
        "prev": f"{URL}?{kept}&page%5Bnumber%5D=1",
        "next": f"{URL}?{kept}&page%5Bnumber%5D=3",
    }


def test_a_page_beyond_the_end_is_empty_and_leads_back(api: Api, busy: Wallet) -> None:
    document = api.get(f"{URL}?page[number]=1000000000000").json()
    assert document["data"] == []
    assert document["links"]["next"] is None
    assert api.get(document["links"]["prev"]).json()["data"] != []


def test_an_empty_collection_has_one_page(api: Api) -> None:
    links = api.get(URL).json()["links"]
    assert (links["prev"], links["next"]) == (None, None)
    assert api.get(links["first"]).json()["data"] == []
    assert links["first"] == links["last"]


def test_the_largest_page(api: Api, busy: Wallet) -> None:
    assert len(api.get(f"{URL}?page[size]=200").json()["data"]) == 25


@pytest.mark.parametrize("name", ["page[size]", "page[number]"])
@pytest.mark.parametrize(
    "value", ["0", "-1", "abc", "1e3", "1.5", "%2B5", "", "%20", "٣", "9" * 40, "201" + "0" * 12]
)
def test_refuses_all_but_whole_numbers(api: Api, name: str, value: str) -> None:
    answer = api.get(f"{URL}?{name}={value}")
    assert answer.status_code == 400
    assert errors(answer) == [("invalid_page", name)]


def test_refuses_too_large_a_page(api: Api) -> None:
    assert errors(api.get(f"{URL}?page[size]=201")) == [("invalid_page", "page[size]")]


@pytest.mark.parametrize(
    "name",
    ["page", "page[]", "page[foo]", "page[offset]", "page[limit]", "page[cursor]", "page[size",
     "page[Size]", "page[number][x]", "page.size"],
)  # fmt: skip
def test_refuses_other_members_of_the_family(api: Api, name: str) -> None:
    answer = api.get(f"{URL}?{name}=1")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["source"] == {"parameter": name}
