"""https://jsonapi.org/profiles/ethanresnick/cursor-pagination/."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.jsonapi.conftest import errors, ids, post
from tests.conftest import JSONAPI, Answer, Api
from wallet_transaction_api.ledger import amending
from wallet_transaction_api.models import Transaction, Wallet

URL = "http://testserver/api/transactions"
PROFILE = "http://jsonapi.org/profiles/ethanresnick/cursor-pagination/"
ASKING = {"Accept": f'{JSONAPI};profile="{PROFILE}"'}


def _ask(api: Api, query: str = "") -> Answer:
    return api.get(f"{URL}?{query}", headers=ASKING)


def _walk(api: Api, answer: Answer, link: str) -> Iterator[list[str]]:
    for _ in range(30):
        yield ids(answer)
        url = answer.json()["links"][link]
        if url is None:
            return
        answer = api.get(url)
    raise AssertionError("the walk does not end")


SORTS = [
    "", "sort=id", "sort=-id", "sort=amount", "sort=-amount", "sort=-amount,txid",
    "sort=amount,-txid", "sort=-createdAt", "sort=wallet.label,-amount", "sort=txid",
    "sort=-wallet,amount", "filter[amount.gte]=2&sort=amount",
]  # fmt: skip


@pytest.mark.parametrize("query", SORTS)
@pytest.mark.parametrize("size", [1, 3, 12])
def test_walks_the_same_list_forth_and_back(api: Api, busy: Wallet, query: str, size: int) -> None:
    whole = ids(api.get(f"{URL}?{query}&page[size]=200"))
    first = _ask(api, f"{query}&page[size]={size}")
    forth = list(_walk(api, first, "next"))
    assert [key for page in forth for key in page] == whole
    back = list(_walk(api, api.get(first.json()["links"]["last"]), "prev"))
    assert [key for page in reversed(back) for key in page] == whole
    assert ids(api.get(first.json()["links"]["first"])) == forth[0]


def test_a_first_page_is_this_document(api: Api, busy: Wallet) -> None:
    answer = _ask(api, "page[size]=2&fields[transactions]=amount&sort=-amount")
    document = answer.json()
    kind = f'{JSONAPI};profile="{PROFILE}"'
    assert answer["Content-Type"] == kind
    assert document["jsonapi"] == {"version": "1.1", "profile": [PROFILE]}
    assert document["meta"] == {"page": {"size": 2}}
    own = f"{URL}?page%5Bsize%5D=2&fields%5Btransactions%5D=amount&sort=-amount"
    assert document["links"]["self"] == {"href": own, "type": kind}
    assert document["links"]["prev"] is None
    cursors = [item["meta"]["page"]["cursor"] for item in document["data"]]
    assert document["links"]["next"] == f"{own}&page%5Bafter%5D={cursors[-1]}"
    assert [item["attributes"] for item in document["data"]] == [
        {"amount": "100.00"}, {"amount": "5.00"}
    ]  # fmt: skip


@pytest.mark.parametrize(
    "uri",
    [PROFILE, PROFILE.rstrip("/"), PROFILE.replace("http:", "https:"), f"https://x.y {PROFILE}"],
)
def test_answers_with_the_profile_as_the_client_spells_it(api: Api, db: None, uri: str) -> None:
    answer = api.get(URL, headers={"Accept": f'{JSONAPI};profile="{uri}"'})
    assert answer.json()["jsonapi"]["profile"] == [uri.rsplit(maxsplit=1)[-1]]


def test_every_item_has_its_cursor(api: Api, busy: Wallet) -> None:
    document = _ask(api, "sort=amount").json()
    for item, following in zip(document["data"], document["data"][1:], strict=False):
        cursor = item["meta"]["page"]["cursor"]
        answer = api.get(f"{URL}?sort=amount&page[after]={cursor}&page[size]=1")
        assert ids(answer) == [following["id"]]


def test_a_range_lies_between_its_cursors(api: Api, busy: Wallet) -> None:
    items = _ask(api).json()["data"]
    cursors = [item["meta"]["page"]["cursor"] for item in items]
    whole = f"{URL}?page[after]={cursors[1]}&page[before]={cursors[8]}"
    answer = api.get(whole)
    assert ids(answer) == [item["id"] for item in items[2:8]]
    assert answer.json()["meta"] == {"page": {"size": 200}}
    cut = api.get(f"{whole}&page[size]=4")
    assert ids(cut) == [item["id"] for item in items[2:6]]
    assert cut.json()["meta"] == {"page": {"size": 4, "rangeTruncated": True}}
    assert ids(api.get(cut.json()["links"]["next"])) == [item["id"] for item in items[6:8]]
    nothing = api.get(f"{URL}?page[after]={cursors[3]}&page[before]={cursors[4]}")
    assert ids(nothing) == []
    assert ids(api.get(nothing.json()["links"]["next"]))[0] == items[4]["id"]
    assert ids(api.get(nothing.json()["links"]["prev"]))[-1] == items[3]["id"]


def test_a_range_may_begin_and_end_where_the_list_does(api: Api, busy: Wallet) -> None:
    items = _ask(api).json()["data"]
    cursor = items[5]["meta"]["page"]["cursor"]
    links = _ask(api).json()["links"]
    start = parse_qs(urlsplit(links["first"]).query)["page[after]"][0]
    end = parse_qs(urlsplit(links["last"]).query)["page[before]"][0]
    for after, before, rows in ((start, cursor, items[:5]), (cursor, end, items[6:])):
        query = f"{after}&page[before]={before}"
        whole = api.get(f"{URL}?page[size]=200&page[after]={query}").json()
        assert (whole["data"], whole["meta"]) == (rows, {"page": {"size": 200}})
        cut = api.get(f"{URL}?page[size]=2&page[after]={query}").json()
        assert cut["data"] == rows[:2]
        assert cut["meta"]["page"] == {"size": 2, "rangeTruncated": True}
        assert api.get(cut["links"]["next"]).json()["data"] == rows[2:4]


def test_beyond_the_ends_is_nothing_and_leads_back(api: Api, busy: Wallet) -> None:
    document = _ask(api, "page[size]=5").json()
    items = _ask(api).json()["data"]
    first, last = (item["meta"]["page"]["cursor"] for item in (items[0], items[-1]))
    after = api.get(f"{URL}?page[size]=5&page[after]={last}")
    assert ids(after) == []
    assert after.json()["links"]["next"] is None
    assert ids(api.get(after.json()["links"]["prev"])) == [item["id"] for item in items[-5:]]
    before = api.get(f"{URL}?page[size]=5&page[before]={first}")
    assert ids(before) == []
    assert before.json()["links"]["prev"] is None
    assert ids(api.get(before.json()["links"]["next"])) == [item["id"] for item in items[:5]]
    assert ids(api.get(document["links"]["last"])) == [item["id"] for item in items[-5:]]


def test_rows_that_come_and_go_move_no_others(api: Api, busy: Wallet) -> None:
    whole = ids(_ask(api, "sort=amount"))
    page = _ask(api, "sort=amount&page[size]=4")
    seen = ids(page)
    amending.reverse(transaction_id=int(seen[-1]))
    amending.reverse(transaction_id=int(seen[0]))
    post(busy, "-7")
    rest = list(_walk(api, api.get(page.json()["links"]["next"]), "next"))
    assert seen + [key for some in rest for key in some] == whole


def test_an_empty_list(api: Api, db: None) -> None:
    document = _ask(api).json()
    assert document["data"] == []
    assert (document["links"]["prev"], document["links"]["next"]) == (None, None)
    assert ids(api.get(document["links"]["last"])) == []


def test_counts_only_if_asked(api: Api, busy: Wallet) -> None:
    assert _ask(api, "page[totals]=true&page[size]=2").json()["meta"] == {
        "page": {"size": 2, "total": 12}, "total": 12
    }  # fmt: skip
    with CaptureQueriesContext(connection) as queries:
        _ask(api, "page[size]=2")
    assert not [query for query in queries.captured_queries if "COUNT" in query["sql"]]


def test_by_number_without_counting(api: Api, busy: Wallet) -> None:
    document = api.get(f"{URL}?page[totals]=false&page[size]=5&page[number]=2").json()
    assert document["meta"] == {"page": {"number": 2, "size": 5}}
    assert document["links"]["last"] is None
    last = api.get(document["links"]["next"])
    assert len(ids(last)) == 2
    assert last.json()["links"]["next"] is None


def test_seeks_and_never_skips(api: Api, busy: Wallet) -> None:
    page = _ask(api, "sort=-amount&page[size]=3")
    with CaptureQueriesContext(connection) as queries:
        api.get(page.json()["links"]["next"])
    pages = [item["sql"] for item in queries.captured_queries if "ORDER BY" in item["sql"]]
    assert pages
    assert not [text for text in pages if "OFFSET" in text]


def test_a_linkage_has_cursors_too(api: Api, busy: Wallet) -> None:
    url = f"http://testserver/api/wallets/{busy.pk}/relationships/transactions"
    answer = api.get(f"{url}?page[size]=5", headers=ASKING)
    pages = list(_walk(api, answer, "next"))
    assert [len(page) for page in pages] == [5, 5, 2]
    cursor = answer.json()["data"][2]["meta"]["page"]["cursor"]
    related = api.get(f"/api/wallets/{busy.pk}/transactions?page[after]={cursor}&page[size]=1")
    assert ids(related) == pages[0][3:4]


def next_cursor(api: Api, query: str) -> str:
    """Return the cursor of the second row."""
    return str(_ask(api, f"{query}&page[size]=2").json()["data"][1]["meta"]["page"]["cursor"])


def test_a_cursor_shows_nobody_elses_rows(
    api: Api, as_user: Callable[..., Api], bob: User, busy: Wallet
) -> None:
    cursor = next_cursor(api, "")
    assert ids(as_user(bob).get(f"{URL}?page[after]={cursor}")) == []


def test_refuses_an_order_that_cannot_be_followed(staff_api: Api, rent: Wallet) -> None:
    answer = staff_api.get(f"/api/wallets/{rent.pk}/entries?sort=actor", headers=ASKING)
    assert answer.status_code == 400
    assert errors(answer) == [("invalid_sort", "sort")]
    kind = "https://jsonapi.org/profiles/ethanresnick/cursor-pagination/unsupported-sort"
    assert answer.json()["errors"][0]["links"] == {"type": kind}


def test_refuses_too_large_a_page_as_the_profile_wants(api: Api, db: None) -> None:
    error = _ask(api, "page[size]=201").json()["errors"][0]
    assert error["meta"] == {"page": {"maxSize": 200}}
    kind = "https://jsonapi.org/profiles/ethanresnick/cursor-pagination/max-size-exceeded"
    assert error["links"] == {"type": kind}
    assert error["source"] == {"parameter": "page[size]"}


@pytest.mark.parametrize("member", ["after", "before"])
def test_refuses_numbers_beside_cursors(api: Api, db: None, member: str) -> None:
    answer = api.get(f"{URL}?page[number]=1&page[{member}]=x")
    assert errors(answer) == [("invalid_page", "page[number]")]


@pytest.mark.parametrize("text", ["", "1", "yes", "True"])
def test_refuses_other_words_about_totals(api: Api, db: None, text: str) -> None:
    answer = api.get(f"{URL}?page[totals]={text}")
    assert errors(answer) == [("invalid_page", "page[totals]")]


def test_includes_along_the_way(api: Api, busy: Wallet) -> None:
    document: Any = _ask(api, "include=wallet&page[size]=2").json()
    assert [item["type"] for item in document["included"]] == ["wallets"]
    assert "include=wallet" in document["links"]["next"]
    assert Transaction.objects.count() == 12
