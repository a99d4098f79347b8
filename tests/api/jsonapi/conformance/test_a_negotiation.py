"""A. Media type and negotiation: https://jsonapi.org/format/#content-negotiation."""

import pytest

from tests.api.jsonapi.conformance.conftest import Household, sources
from tests.api.jsonapi.conftest import update, wallet_document
from tests.conftest import JSONAPI, Answer, Api
from wallet_transaction_api.models import Wallet

UNKNOWN = '"https://example.com/unknown"'
ATOMIC = "https://jsonapi.org/ext/atomic"
CURSOR = "http://jsonapi.org/profiles/ethanresnick/cursor-pagination/"


def _create(api: Api, content_type: str) -> Answer:
    return api.post("/api/wallets", wallet_document(label="New"), content_type)


def _accepting(api: Api, accept: str, path: str = "wallets") -> Answer:
    return api.get(f"/api/{path}", headers={"Accept": accept})


def _nothing_new() -> bool:
    return not Wallet.objects.filter(label="New").exists()


def test_j001_answers_are_plain_json_api(api: Api, home: Household) -> None:
    """M · Every answer with a body has the bare media type."""
    document = wallet_document(label="New")
    answers = [api.get("/api/wallets"), api.post("/api/wallets", document), api.get("/api/nosuch")]
    assert [answer.status_code for answer in answers] == [200, 201, 404]
    assert {answer["Content-Type"] for answer in answers} == {JSONAPI}


def test_j002_a_charset_is_refused(api: Api, db: None) -> None:
    """M · A creation sent with a charset parameter is refused with 415."""
    assert _create(api, f"{JSONAPI}; charset=utf-8").status_code == 415
    assert _nothing_new()


def test_j003_another_parameter_is_refused(api: Api, home: Household) -> None:
    """M · An update sent with a foreign parameter is refused with 415 and changes nothing."""
    document = update("wallets", home.rent.pk, label="New")
    answer = api.patch(f"/api/wallets/{home.rent.pk}", document, f"{JSONAPI}; foo=bar")
    assert answer.status_code == 415
    assert _nothing_new()


def test_j004_an_unknown_extension_is_refused(api: Api, db: None) -> None:
    """M · A request that applies an unknown extension is refused with 415."""
    assert _create(api, f"{JSONAPI};ext={UNKNOWN}").status_code == 415
    assert _nothing_new()


def test_j005_an_unknown_profile_is_ignored(api: Api, db: None) -> None:
    """M · A request that names an unknown profile is taken as if it named none."""
    assert _create(api, f"{JSONAPI};profile={UNKNOWN}").status_code == 201


def test_j006_one_unknown_extension_of_two_is_refused(api: Api, db: None) -> None:
    """M · At the operations endpoint a known extension does not excuse an unknown one."""
    kind = f'{JSONAPI};ext="{ATOMIC} https://example.com/unknown"'
    body = {"atomic:operations": [{"op": "add", **wallet_document(label="New")}]}
    assert api.post("/api/operations", body, kind).status_code == 415
    assert _nothing_new()


@pytest.mark.parametrize("parameter", ["charset=utf-8", "indent=4", "foo=1"])
def test_j007_accepting_only_modified_forms_is_refused(api: Api, db: None, parameter: str) -> None:
    """M · Who accepts the media type only with foreign parameters gets 406."""
    assert _accepting(api, f"{JSONAPI}; {parameter}").status_code == 406


def test_j008_one_plain_form_is_enough(api: Api, db: None) -> None:
    """M · A plain instance beside a modified one is answered plainly."""
    answer = _accepting(api, f"{JSONAPI};foo=1, {JSONAPI}")
    assert (answer.status_code, answer["Content-Type"]) == (200, JSONAPI)


def test_j009_accepting_only_an_unknown_extension_is_refused(api: Api, db: None) -> None:
    """M · Who accepts only an unknown extension gets 406."""
    assert _accepting(api, f"{JSONAPI};ext={UNKNOWN}").status_code == 406


def test_j010_an_unknown_extension_beside_plain_is_not_claimed(api: Api, db: None) -> None:
    """M · Beside a plain instance an unknown extension is passed over and not claimed."""
    answer = _accepting(api, f"{JSONAPI};ext={UNKNOWN}, {JSONAPI}")
    assert (answer.status_code, answer["Content-Type"]) == (200, JSONAPI)


def test_j011_an_unknown_profile_is_not_claimed(api: Api, db: None) -> None:
    """M · An unknown profile in Accept is answered without claiming it."""
    answer = _accepting(api, f"{JSONAPI};profile={UNKNOWN}")
    assert (answer.status_code, answer["Content-Type"]) == (200, JSONAPI)


def test_j012_a_quality_is_no_parameter(api: Api, db: None) -> None:
    """M · Quality values are HTTP's and modify nothing."""
    answer = _accepting(api, f"{JSONAPI};q=0.5, text/html;q=0.1")
    assert (answer.status_code, answer["Content-Type"]) == (200, JSONAPI)


@pytest.mark.parametrize("accept", ["", "*/*", "application/*"])
def test_j013_wildcards_are_answered(api: Api, db: None, accept: str) -> None:
    """I · No Accept header, or a wildcard, is answered in JSON:API."""
    answer = _accepting(api, accept)
    assert (answer.status_code, answer["Content-Type"]) == (200, JSONAPI)


def test_j014_a_quality_of_zero_is_a_refusal(api: Api, db: None) -> None:
    """I · Who gives JSON:API the quality 0 gets 406."""
    assert _accepting(api, f"{JSONAPI};q=0").status_code == 406


def test_j015_plain_json_is_not_offered(api: Api, db: None) -> None:
    """I · Who accepts only plain JSON gets 406, as a JSON:API document."""
    answer = _accepting(api, "application/json")
    assert answer.status_code == 406
    assert answer.json()["errors"]


def test_j016_case_does_not_matter(api: Api, db: None) -> None:
    """I · The media type is recognised in any case."""
    assert _create(api, "Application/VND.API+JSON").status_code == 201


def test_j017_plain_json_is_not_taken(api: Api, db: None) -> None:
    """I · A plain JSON body is refused with 415, as a JSON:API document."""
    answer = _create(api, "application/json")
    assert answer.status_code == 415
    assert answer.json()["errors"]


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_j018_forms_are_not_taken(api: Api, db: None, kind: str) -> None:
    """M · Form bodies are refused with 415."""
    assert api.post("/api/wallets", b"label=New", kind).status_code == 415
    assert _nothing_new()


def test_j019_the_header_at_fault_is_named(api: Api, db: None) -> None:
    """S · A 415 names Content-Type as its source and a 406 names Accept."""
    assert sources(_create(api, "text/plain")) == [{"header": "Content-Type"}]
    assert sources(_accepting(api, "text/plain")) == [{"header": "Accept"}]


def test_j020_answers_vary_by_accept(api: Api, home: Household) -> None:
    """S · Reads, creations and errors all vary by Accept, and by Authorization."""
    document = wallet_document(label="New")
    for answer in (
        api.get("/api/wallets"), api.post("/api/wallets", document), api.get("/api/wallets/0")
    ):  # fmt: skip
        assert {"Accept", "Authorization"} <= set(answer["Vary"].split(", "))


def test_j021_what_is_applied_is_named(api: Api, home: Household) -> None:
    """M · An applied profile or extension is named in Content-Type and in the document."""
    answer = _accepting(api, f'{JSONAPI};profile="{CURSOR}"')
    assert answer["Content-Type"] == f'{JSONAPI};profile="{CURSOR}"'
    assert answer.json()["jsonapi"] == {"version": "1.1", "profile": [CURSOR]}
    kind = f'{JSONAPI};ext="{ATOMIC}"'
    body = {"atomic:operations": [{"op": "add", **wallet_document(label="New")}]}
    answer = api.post("/api/operations", body, kind)
    assert answer["Content-Type"] == kind
    assert answer.json()["jsonapi"] == {"version": "1.1", "ext": [ATOMIC]}


def test_j022_the_body_negotiates_nothing(api: Api, db: None) -> None:
    """M · An extension named in the body's jsonapi object does not count."""
    body = {"jsonapi": {"ext": [ATOMIC]}, **wallet_document(label="New")}
    assert api.post("/api/wallets", body).status_code == 201
    operations = {"jsonapi": {"ext": [ATOMIC]}, "atomic:operations": [{"op": "add", **body}]}
    assert api.post("/api/operations", operations).status_code == 415


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_j023_parameters_are_refused_without_a_body_too(
    api: Api, home: Household, method: str
) -> None:
    """M · A forbidden parameter is refused on requests without a body as well."""
    headers = {"Content-Type": f"{JSONAPI}; charset=utf-8"}
    answer = api.request(method, f"/api/wallets/{home.food.pk}", headers=headers)
    assert answer.status_code == 415


def test_j024_negotiation_comes_before_processing(api: Api, db: None) -> None:
    """I · A creation whose answer nobody accepts is refused before anything is created."""
    document, headers = wallet_document(label="New"), {"Accept": "text/html"}
    answer = api.send("POST", "/api/wallets", document, headers=headers)
    assert answer.status_code == 406
    assert _nothing_new()
