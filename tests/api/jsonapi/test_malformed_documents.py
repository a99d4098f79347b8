"""Documents that are not JSON:API: 400, and nothing happens."""

from typing import Any

import pytest

from tests.api.jsonapi.conftest import errors
from tests.conftest import JSONAPI, Api
from wallet_transaction_api.models import Transaction, Wallet

NOT_JSON = [
    b" ", b"{", b"nonsense", b'{"data": NaN}', b'{"data": Infinity}', b'{"data": -Infinity}',
    b"\xff\xfe", b'{"data": "\xff"}', b"[" * 2000 + b"]" * 2000, b"[" * 100_000,
    b'{"data": ' + b"1" * 5000 + b"}", b"\xef\xbb\xbf{}", '{"data": 1}'.encode("utf-16"),
    rb'{"data": "\ud800"}', rb'{"\udfff": 1}', b"{'data': 1}", b'{"data": 01}', b"{}{}",
    b'{"data": 1, "data": 2}', b'{"meta": {"a": 1, "b": 2, "a": 1}}',
]  # fmt: skip


@pytest.mark.parametrize("body", NOT_JSON, ids=range(len(NOT_JSON)))
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_what_is_not_json_is_refused(api: Api, rent: Wallet, body: bytes, method: str) -> None:
    url = "/api/wallets" if method == "POST" else f"/api/wallets/{rent.pk}"
    answer = api.send(method, url, body)
    assert answer.status_code == 400
    assert errors(answer) in ([("malformed_json", None)], [("malformed_document", "")])


def test_an_empty_body_is_refused(api: Api) -> None:
    answer = api.request("POST", "/api/wallets", headers={"Content-Type": JSONAPI})
    assert answer.status_code == 400
    assert errors(answer) == [("malformed_json", None)]


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k-1"}])
@pytest.mark.parametrize(("method", "path"), [("POST", "wallets"), ("DELETE", "wallets/1")])
def test_a_huge_body_is_refused(
    api: Api, method: str, path: str, headers: dict[str, str], db: None
) -> None:
    answer = api.send(method, f"/api/{path}", b" " * 3_000_000, JSONAPI, headers=headers)
    if method == "POST" or headers:  # else nobody reads it
        assert answer.status_code == 413
        assert errors(answer) == [("request_too_large", None)]
        assert answer.json()["errors"][0]["detail"] == "A body has at most 2621440 bytes."


def _data(**members: Any) -> Any:
    return {"data": {"type": "transactions", "attributes": {"amount": "1"}, **members}}


def _wallet(value: Any) -> Any:
    return _data(relationships={"wallet": value})


MALFORMED: list[tuple[Any, str]] = [
    ({}, ""),
    ([], ""),
    ('"x"', ""),
    (5, ""),
    ({"meta": {}}, ""),
    ({"data": None}, "/data"),
    ({"data": []}, "/data"),
    ({"data": "x"}, "/data"),
    ({"data": {}}, "/data"),
    ({"data": {"attributes": {}}}, "/data"),
    (_data(type=None), "/data/type"),
    (_data(type=5), "/data/type"),
    (_data(type={}), "/data/type"),
    (_data(type=""), "/data/type"),
    (_data(id=5), "/data/id"),
    (_data(id={}), "/data/id"),
    (_data(id=""), "/data/id"),
    (_data(lid=5), "/data/lid"),
    (_data(lid={}), "/data/lid"),
    (_data(lid=""), "/data/lid"),
    (_data(attributes=None), "/data/attributes"),
    (_data(attributes=[1]), "/data/attributes"),
    (_data(attributes="x"), "/data/attributes"),
    (_data(attributes=5), "/data/attributes"),
    (_data(relationships=None), "/data/relationships"),
    (_data(relationships=[1]), "/data/relationships"),
    (_data(relationships="x"), "/data/relationships"),
    (_wallet(None), "/data/relationships/wallet"),
    (_wallet("1"), "/data/relationships/wallet"),
    (_wallet([]), "/data/relationships/wallet"),
    (_wallet({}), "/data/relationships/wallet"),
    (_wallet({"links": {"related": "/api/wallets/1"}}), "/data/relationships/wallet"),
    (_wallet({"data": []}), "/data/relationships/wallet/data"),
    (_wallet({"data": "1"}), "/data/relationships/wallet/data"),
    (_wallet({"data": 0}), "/data/relationships/wallet/data"),
    (_wallet({"data": {}}), "/data/relationships/wallet/data"),
    (_wallet({"data": {"type": "wallets"}}), "/data/relationships/wallet/data"),
    (_wallet({"data": {"id": "1"}}), "/data/relationships/wallet/data"),
    (_wallet({"data": {"type": "wallets", "id": 1}}), "/data/relationships/wallet/data"),
    (_wallet({"data": {"type": "wallets", "id": ""}}), "/data/relationships/wallet/data"),
    (_wallet({"data": {"type": "wallets", "lid": "a"}}), "/data/relationships/wallet/data"),
]


@pytest.mark.parametrize(("document", "pointer"), MALFORMED, ids=range(len(MALFORMED)))
def test_a_malformed_document_is_refused(api: Api, document: Any, pointer: str) -> None:
    answer = api.post("/api/transactions", document)
    assert answer.status_code == 400
    assert errors(answer) == [("malformed_document", pointer)]
    assert not Transaction.objects.exists()


@pytest.mark.parametrize("data", [None, {}, {"type": "transactions", "id": "1"}, "x"])
def test_a_to_many_takes_an_array(api: Api, data: Any) -> None:
    document = {"data": {"type": "wallets", "attributes": {"label": "x"}}}
    document["data"]["relationships"] = {"transactions": {"data": data}}  # type: ignore[dict-item]
    answer = api.post("/api/wallets", document)
    assert errors(answer) == [("malformed_document", "/data/relationships/transactions/data")]


@pytest.mark.parametrize("kind", ["wallets", "Wallets", "transaction", "nosuch"])
def test_another_type_is_a_conflict(api: Api, kind: str) -> None:
    answer = api.post("/api/transactions", _data(type=kind))
    assert answer.status_code == 409
    assert errors(answer) == [("type_mismatch", "/data/type")]


def test_a_linkage_of_another_type_is_a_conflict(api: Api, rent: Wallet) -> None:
    linkage = {"data": {"type": "transactions", "id": str(rent.pk)}}
    answer = api.post("/api/transactions", _wallet(linkage))
    assert answer.status_code == 409
    assert errors(answer) == [("type_mismatch", "/data/relationships/wallet/data/type")]


def test_a_clients_id_is_forbidden(api: Api, rent: Wallet) -> None:
    for key in ("42", str(rent.pk), "6e2b5a1c-0000-4000-8000-000000000000"):
        document = {"data": {"type": "wallets", "id": key, "attributes": {"label": "x"}}}
        answer = api.post("/api/wallets", document)
        assert answer.status_code == 403
        assert errors(answer) == [("client_id_forbidden", "/data/id")]
    assert not Wallet.objects.filter(label="x").exists()
