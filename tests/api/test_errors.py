"""One code per refusal, a status in each dialect, and a page that lists them all."""

import re

import pytest

from tests.live.conftest import ROOT
from wallet_transaction_api.api.errors import JSONAPI, PLAIN, status_of
from wallet_transaction_api.api.jsonapi import problems, refusals
from wallet_transaction_api.api.plain.answers import REFUSALS, answer
from wallet_transaction_api.api.plain.refusals import refuse
from wallet_transaction_api.ledger import errors

_ROW = re.compile(r"^\| `(\w+)` \| (\d{3}|-) \| (\d{3}|-) \| (.+?) \|", re.MULTILINE)
_NONE = "-"


def _family(kind: type[errors.LedgerError]) -> list[type[errors.LedgerError]]:
    return [kind, *(item for child in kind.__subclasses__() for item in _family(child))]


FAMILY = sorted(set(_family(errors.LedgerError)), key=lambda kind: kind.__name__)
#: What is really raised; the others are families of them.
RAISED = [kind for kind in FAMILY if not kind.__subclasses__()]


@pytest.fixture(scope="module")
def page() -> dict[str, tuple[str, str]]:
    """Return the documented statuses by code."""
    rows = _ROW.findall((ROOT / "docs" / "errors.md").read_text())
    assert len(rows) == len({code for code, *_ in rows}), "a code is listed twice"
    return {code: (jsonapi, plain) for code, jsonapi, plain, _ in rows}


@pytest.mark.parametrize("kind", RAISED)
def test_every_refusal_is_answered_in_both_dialects(
    kind: type[errors.LedgerError], page: dict[str, tuple[str, str]]
) -> None:
    plain = refuse(kind("Because."))
    assert plain is not None
    document = refusals.answer(kind("Because."), {"view": None})
    assert document is not None
    error = document.data["errors"][0]
    assert (error["code"], error["title"]) == (kind.code, problems.title_of(kind.code))
    assert (error["status"], plain.status_code) == (
        str(status_of(kind(), JSONAPI)),
        status_of(kind(), PLAIN),
    )
    assert page[kind.code] == (error["status"], str(plain.status_code))


@pytest.mark.parametrize("kind", _family(errors.Unavailable))
def test_trouble_says_when_to_come_again(kind: type[errors.LedgerError]) -> None:
    plain, document = refuse(kind()), refusals.answer(kind(), {"view": None})
    assert plain is not None
    assert document is not None
    assert (plain["Retry-After"], document["Retry-After"]) == ("1", "1")


def test_a_title_is_said_once_and_a_detail_only_where_it_says_more() -> None:
    plain = refuse(errors.InsufficientFunds())
    assert plain is not None
    expected = answer({"error": "Insufficient funds", "code": "insufficient_funds"}, status=400)
    assert plain.content == expected.content


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_every_code_of_the_plain_faces_is_listed(
    code: str, page: dict[str, tuple[str, str]]
) -> None:
    assert page[code][1] == str(REFUSALS[code][0])


@pytest.mark.parametrize("code", sorted(problems.TITLES))
def test_every_code_of_the_jsonapi_face_is_listed(
    code: str, page: dict[str, tuple[str, str]]
) -> None:
    assert page[code][0] != _NONE


def test_the_page_lists_nothing_else(page: dict[str, tuple[str, str]]) -> None:
    ledger = {kind.code for kind in FAMILY}
    for code, (jsonapi, plain) in page.items():
        assert (jsonapi == _NONE) or code in ledger | problems.TITLES.keys()
        assert (plain == _NONE) or code in ledger | REFUSALS.keys()
