"""What clients send comes back in errors exactly or not at all, and no error grows with it."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User

from tests.api.jsonapi.conftest import ValidatingApi
from tests.conftest import JSONAPI, Answer, Api
from wallet_transaction_api.api import client_text
from wallet_transaction_api.models import Wallet

#: No answer of these tests is longer, however long the request.
MOST = 4_000
ATOMIC = f'{JSONAPI};ext="https://jsonapi.org/ext/atomic"'
#: As bytes, since some of them are no text.
HOSTILE = {
    "NUL": b"a\0b",
    "not UTF-8": b"a\xffb",
    "a lone surrogate": b"a\xed\xa0\x80b",
    "control characters": b"a\r\n\x1b[31m\x7fb\xc2\x85",
    "unlike ASCII": "ж\U0001f4b0\u202e".encode(),
    "long": b"a" * 10_000,
    "long and split": b"a," * 5_000,
    "markup": b"<script>'\"&\\",
}
#: Where a query string holds text of the client's: the name, and the whole.
QUERIES = {
    "{0}": "{0}=1",
    "filter[{0}]": "filter[{0}]=1",
    "filter[label.{0}]": "filter[label.{0}]=1",
    "filter[amount]": "filter[amount]={0}",
    "filter[createdAt.gte]": "filter[createdAt.gte]={0}",
    "filter[kind]": "filter[kind]={0}",
    "fields[{0}]": "fields[{0}]=x",
    "fields[wallets]": "fields[wallets]={0}",
    "include": "include={0}",
    "sort": "sort={0}",
    "page[{0}]": "page[{0}]=1",
    "page[size]": "page[size]={0}",
    "page[after]": "page[after]={0}",
    "withStats[{0}]": "withStats[{0}]=sum",
    "withStats[amount]": "withStats[amount]={0}",
    "asOf": "asOf={0}",
}


@pytest.fixture
def api(alice: User) -> Api:
    """Return a client that accepts no answer that is not valid JSON:API."""
    return ValidatingApi(alice)


def _errors(answer: Answer) -> Any:
    assert 400 <= answer.status_code < 500, answer.content[:300]
    assert len(answer.content) < MOST, len(answer.content)
    return answer.json()["errors"]


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("name", QUERIES)
def test_a_parameter_is_named_as_it_was_sent_or_not(api: Api, kind: str, name: str) -> None:
    text = HOSTILE[kind]
    query = QUERIES[name].format(quote(text, safe=""))
    for path in ("/api/transactions", "/api/wallets"):
        for error in _errors(api.get(f"{path}?{query}")):
            named = error.get("source", {}).get("parameter")
            sent = name.encode().replace(b"{0}", text)
            assert named is None or named.encode() == sent
            assert (named is None) is (len(sent) > client_text.LONGEST_NAME or not _is_text(sent))


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_parameter_sent_twice_is_named_likewise(api: Api, kind: str) -> None:
    text = quote(HOSTILE[kind], safe="")
    query = f"filter[{text}]=1&filter[{text}]=2"
    assert _errors(api.get(f"/api/wallets?{query}"))


def _is_text(sent: bytes) -> bool:
    try:
        return bool(sent.decode())
    except UnicodeDecodeError:
        return False


#: The hostile texts that JSON can hold, and one that it must not.
IN_JSON = [
    *(json.dumps(text.decode()) for text in HOSTILE.values() if _is_text(text)),
    '"a\\ud800b"',
]
DOCUMENTS = [
    ("POST", "/api/wallets", '{"data":{"type":%s}}'),
    ("POST", "/api/wallets", '{"data":{"type":"wallets","id":%s}}'),
    ("POST", "/api/wallets", '{"data":{"type":"wallets","attributes":{%s:1}}}'),
    (
        "POST",
        "/api/wallets",
        '{"data":{"type":"wallets","attributes":{"label":"x","currency":%s}}}',
    ),
    ("POST", "/api/wallets", '{"data":{"type":"wallets","relationships":{%s:{"data":null}}}}'),
    ("POST", "/api/wallets", '{"data":{"type":"wallets","relationships":{%s:null}}}'),
    ("POST", "/api/transactions", '{"data":{"type":"transactions","attributes":{"amount":%s}}}'),
    ("POST", "/api/transactions", '{"data":{"type":"transactions","attributes":{"kind":%s}}}'),
    (
        "POST",
        "/api/transactions",
        '{"data":{"type":"transactions","relationships":{"wallet":{"data":{"type":%s,"id":"1"}}}}}',
    ),
    (
        "POST",
        "/api/transactions",
        (
            '{"data":{"type":"transactions","attributes":{"amount":"1.00"},"relationships":'
            '{"wallet":{"data":{"type":"wallets","id":%s}}}}}'
        ),
    ),
    ("PATCH", "/api/wallets/{0}", '{"data":{"type":"wallets","id":%s}}'),
    ("PATCH", "/api/wallets/{0}", '{"data":{"type":"wallets","id":"{0}","attributes":{%s:1}}}'),
]
OPERATIONS = [
    '{"op":%s}',
    '{"op":"add","data":{"type":%s}}',
    '{"op":"add","href":%s,"data":{}}',
    '{"op":"remove","ref":{"type":%s,"id":"1"}}',
    '{"op":"remove","ref":{"type":"wallets","id":%s}}',
    '{"op":"remove","ref":{"type":"wallets","lid":%s}}',
    '{"op":"update","ref":{"type":"wallets","id":%s},"data":{"type":"wallets","id":"1"}}',
    '{"op":"update","ref":{"type":"wallets","id":"1","relationship":%s},"data":null}',
    '{"op":"add","data":{"type":"wallets","attributes":{"label":"x",%s:1}}}',
    (
        '{"op":"add","data":{"type":"transactions","relationships":{"wallet":{"data":'
        '{"type":"wallets","lid":%s}}}}}'
    ),
    (
        '{"op":"add","data":{"type":"transactions","relationships":{"wallet":{"data":'
        '{"type":%s,"lid":"1"}}}}}'
    ),
]


@pytest.mark.parametrize("text", IN_JSON, ids=range(len(IN_JSON)))
@pytest.mark.parametrize("place", range(len(DOCUMENTS)))
def test_a_member_is_pointed_at_or_what_has_it(
    api: Api, rent: Wallet, place: int, text: str
) -> None:
    method, url, form = DOCUMENTS[place]
    body = form.replace("{0}", str(rent.pk)) % text
    for error in _errors(api.send(method, url.format(rent.pk), body)):
        attribute = error.get("meta", {}).get("attribute")
        assert attribute is None or len(attribute) <= client_text.LONGEST_NAME


@pytest.mark.parametrize("text", IN_JSON, ids=range(len(IN_JSON)))
@pytest.mark.parametrize("form", OPERATIONS)
def test_an_operation_is_pointed_at_likewise(api: Api, db: None, form: str, text: str) -> None:
    body = f'{{"atomic:operations":[{form % text}]}}'
    assert _errors(api.send("POST", "/api/operations", body, ATOMIC))


@pytest.mark.parametrize("lid", ["5", "[1]", '{"a": "%s"}' % ("x" * 5_000), "null", "true"])
def test_a_local_id_that_is_no_text_is_quoted_in_short(api: Api, db: None, lid: str) -> None:
    linkage = f'{{"wallet":{{"data":{{"type":"wallets","lid":{lid}}}}}}}'
    data = f'{{"type":"transactions","attributes":{{"amount":"1"}},"relationships":{linkage}}}'
    body = f'{{"atomic:operations":[{{"op":"add","data":{data}}}]}}'
    assert _errors(api.send("POST", "/api/operations", body, ATOMIC))


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept": "{0}"},
        {"Accept": f"{JSONAPI};{{0}}=1"},
        {"Content-Type": f"{JSONAPI};x={{0}}"},
        {"Idempotency-Key": "{0}" * 300},
        {"If-Match": '"{0}"'},
        {"Authorization": "Bearer {0}"},
        {"X-HTTP-Method-Override": "{0}"},
    ],
)
@pytest.mark.parametrize("text", ["a" * 10_000, "\xff\xed\xa0", "a\x7f\x1b"])
def test_a_header_is_never_repeated(api: Api, rent: Wallet, headers: Any, text: str) -> None:
    sent = {name: value.format(text) for name, value in headers.items()}
    body = '{"data":{"type":"wallets","id":"x"}}'
    kind = sent.pop("Content-Type", JSONAPI)
    url = "/api/wallets" if "X-HTTP-Method-Override" in sent else f"/api/wallets/{rent.pk}"
    method = "PATCH" if url != "/api/wallets" else "POST"
    answer = api.send(method, url, body, kind, headers=sent)
    assert _errors(answer)
    assert text.encode() not in answer.content


@pytest.mark.parametrize("text", [text for text in HOSTILE.values() if _is_text(text)])
def test_plain_errors_are_bounded_too(alice: User, text: bytes) -> None:
    shown, api = text.decode(), Api(alice)
    uuid = alice.default_wallet.uuid  # type: ignore[attr-defined]
    operation = f"/api/v1/wallets/{uuid}/operation"
    boundary = text.replace(b"\r\n", b"").decode("latin-1").replace("\0", "")
    answers = [
        api.post("/api/wallet/credit", {"amount": shown}, "application/json"),
        api.post(operation, {"operationType": shown, "amount": "1"}, "application/json"),
        api.post(operation, {shown: shown}, "application/json"),
        api.post("/api/register", {"username": shown, "password": shown}, "application/json"),
        api.post("/api/token/refresh", {"refresh": shown}, "application/json"),
        api.get(f"/api/wallet/transactions?cursor={quote(text)}"),
        api.post(operation, b"x", f"multipart/form-data; boundary={boundary}"),
        api.post(operation, b"x", boundary or "x"),
    ]
    for answer in answers:
        assert 400 <= answer.status_code < 500
        assert len(answer.content) < MOST
        assert answer.json()["code"]


@pytest.fixture
def rent(open_wallet: Callable[..., Wallet]) -> Wallet:
    return open_wallet("100.00", label="Rent")
