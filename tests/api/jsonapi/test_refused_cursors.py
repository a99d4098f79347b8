"""What is no cursor of a list is refused, whoever made it up and however near it comes."""

from string import ascii_letters, digits
from urllib.parse import quote

import pytest

from tests.api.jsonapi.conftest import errors
from tests.api.jsonapi.test_cursors import URL, next_cursor
from tests.conftest import Api
from wallet_transaction_api.models import Wallet

BAD = ["", "x", "garbage", "AAAA", "ü", "a" * 5000, "=", "_-_-", "eyJhIjoxfQ"]


@pytest.mark.parametrize("member", ["after", "before"])
@pytest.mark.parametrize("cursor", BAD)
def test_refuses_what_is_no_cursor(api: Api, db: None, member: str, cursor: str) -> None:
    answer = api.get(f"{URL}?page[{member}]={quote(cursor, safe='%')}")
    assert answer.status_code == 400
    assert errors(answer) == [("invalid_cursor", f"page[{member}]")]


def test_refuses_a_cursor_of_another_list(api: Api, busy: Wallet) -> None:
    cursor = next_cursor(api, "sort=amount")
    for path, query in (
        ("transactions", ""),
        ("transactions", "sort=-amount&"),
        ("transactions", "sort=amount&filter[amount.gt]=1&"),
        (f"wallets/{busy.pk}/transactions", "sort=amount&"),
    ):
        answer = api.get(f"/api/{path}?{query}page[after]={cursor}")
        assert errors(answer) == [("invalid_cursor", "page[after]")], (path, query)
    assert api.get(f"{URL}?sort=amount&page[after]={cursor}").status_code == 200


def test_refuses_a_truncated_or_altered_cursor(api: Api, busy: Wallet) -> None:
    cursor = next_cursor(api, "")
    other = "A" if cursor[-2] != "A" else "B"
    for text in (cursor[:-4], cursor[4:], f"{cursor[:-2]}{other}{cursor[-1]}", f"{cursor}AAAA"):
        answer = api.get(f"{URL}?page[after]={text}")
        assert errors(answer) == [("invalid_cursor", "page[after]")], text


@pytest.mark.parametrize("sort", ["id", "amount", "-createdAt", "txid"])
def test_a_cursor_has_one_spelling(api: Api, busy: Wallet, sort: str) -> None:
    cursor = next_cursor(api, f"sort={sort}")
    last = [cursor[:-1] + char for char in ascii_letters + digits + "-_" if char != cursor[-1]]
    foreign = [f"{cursor[:20]}{char}{cursor[20:]}" for char in ("!", ".", "%0A", "%20", "=")]
    for text in (*last, *foreign, f"{cursor}=", f"{cursor}=="):
        answer = api.get(f"{URL}?sort={sort}&page[after]={text}")
        assert errors(answer) == [("invalid_cursor", "page[after]")], text
