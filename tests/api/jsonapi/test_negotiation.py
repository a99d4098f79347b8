"""https://jsonapi.org/format/#content-negotiation."""

import time

import pytest

from tests.api.jsonapi.conftest import errors, update, wallet_document
from tests.conftest import JSONAPI, Api
from wallet_transaction_api.api.jsonapi.negotiation import is_acceptable
from wallet_transaction_api.models import Wallet

UNKNOWN = '"https://example.com/unknown"'
FOREIGN = [
    f"{JSONAPI}; charset=utf-8",
    f"{JSONAPI}; foo=bar",
    f"{JSONAPI};q=1",  # a weight, which only Accept has
    f"{JSONAPI}; profile={UNKNOWN}; Q=0.5",
    f"{JSONAPI}; ext={UNKNOWN}",
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain",
    "nonsense",
]


@pytest.mark.parametrize("content_type", FOREIGN)
def test_refuses_to_create_from_another_media_type(api: Api, content_type: str) -> None:
    answer = api.post("/api/wallets", wallet_document(label="Rent"), content_type)
    assert answer.status_code == 415
    assert errors(answer) == [("unsupported_media_type", "Content-Type")]
    assert not Wallet.objects.filter(label="Rent").exists()


def test_refuses_form_bodies(api: Api, rent: Wallet) -> None:
    body, form = b"amount=5&wallet=%d" % rent.pk, "application/x-www-form-urlencoded"
    assert api.post("/api/transactions", body, form).status_code == 415
    assert rent.transactions.count() == 1


def test_refuses_to_update_from_another_media_type(api: Api, rent: Wallet) -> None:
    document = update("wallets", rent.pk, label="Other")
    answer = api.patch(f"/api/wallets/{rent.pk}", document, f"{JSONAPI}; foo=bar")
    assert answer.status_code == 415
    rent.refresh_from_db()
    assert rent.label == "Rent"


@pytest.mark.parametrize(
    "content_type",
    [JSONAPI, "Application/VND.API+JSON", f"{JSONAPI};profile={UNKNOWN}", f'{JSONAPI}; ext=""'],
)
def test_takes_plain_json_api_with_any_profile(api: Api, content_type: str) -> None:
    answer = api.post("/api/wallets", wallet_document(label="Rent"), content_type)
    assert answer.status_code == 201


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_refuses_a_forbidden_parameter_without_a_body_too(
    api: Api, rent: Wallet, method: str
) -> None:
    headers = {"Content-Type": f"{JSONAPI}; charset=utf-8"}
    answer = api.request(method, f"/api/wallets/{rent.pk}", headers=headers)
    assert answer.status_code == 415


def test_tolerates_a_content_type_on_a_read(api: Api) -> None:
    for content_type in (JSONAPI, "application/json", "text/plain"):
        headers = {"Content-Type": content_type}
        assert api.get("/api/wallets", headers=headers).status_code == 200


ACCEPTED = [
    "",
    "*/*",
    "application/*",
    JSONAPI,
    f"{JSONAPI};q=0.5, text/html;q=0.1",
    f"{JSONAPI};foo=1, {JSONAPI}",
    f"{JSONAPI};ext={UNKNOWN}, {JSONAPI}",
    f"{JSONAPI};profile={UNKNOWN}",
    f'{JSONAPI};profile="https://a.example/one,two https://b.example/"',
]
REFUSED = [
    f"{JSONAPI}; charset=utf-8",
    f"{JSONAPI}; indent=4",
    f"{JSONAPI}; ext={UNKNOWN}",
    f"{JSONAPI}; foo=1, {JSONAPI}; bar=2",
    f"{JSONAPI}; charset=utf-8, */*",
    f"{JSONAPI};q=0",
    f"{JSONAPI};q=0.000, text/html",
    "*/*;q=0",
    "application/json",
    "text/html",
]


@pytest.mark.parametrize("accept", ACCEPTED)
def test_answers_whoever_accepts_plain_json_api(api: Api, accept: str) -> None:
    assert api.get("/api/wallets", headers={"Accept": accept}).status_code == 200


@pytest.mark.parametrize("accept", REFUSED)
def test_refuses_whoever_does_not(api: Api, accept: str) -> None:
    answer = api.get("/api/wallets", headers={"Accept": accept})
    assert answer.status_code == 406
    assert errors(answer) == [("not_acceptable", "Accept")]


def test_refuses_before_anything_is_done(api: Api) -> None:
    headers = {"Accept": "text/html"}
    body = '{"data": {"type": "wallets", "attributes": {"label": "Rent"}}}'
    answer = api.request("POST", "/api/wallets", data=body, content_type=JSONAPI, headers=headers)
    assert answer.status_code == 406
    assert not Wallet.objects.filter(label="Rent").exists()


@pytest.mark.parametrize("accept", ["a" * 20_000, ";;;,", '"', f'{JSONAPI};profile="', "\x00"])
def test_survives_any_header(accept: str) -> None:
    assert is_acceptable(accept) in {True, False}


def test_no_parameter_of_the_query_names_a_format(api: Api) -> None:
    answer = api.get("/api/wallets?format=json")
    assert errors(answer) == [("unknown_parameter", "format")]


@pytest.mark.parametrize(
    "item",
    [r"\"", '"', ";", ",", '",', '";', "a=", ' "'],
)
def test_a_long_accept_header_costs_what_it_is_long(item: str) -> None:
    started = time.process_time()
    for opening in ("", JSONAPI + ';a="', f"{JSONAPI};a=", f"{JSONAPI}, "):
        is_acceptable(opening + item * 20_000)
    assert time.process_time() - started < 5  # it was a minute


def test_a_comma_in_quotes_parts_nothing() -> None:
    assert not is_acceptable(f'{JSONAPI};a="x, {JSONAPI}"')
    assert not is_acceptable(f'{JSONAPI};a="x\\", {JSONAPI}"')
    assert is_acceptable(f'{JSONAPI};a="x\\"", {JSONAPI}')
