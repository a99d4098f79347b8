"""N. Errors: https://jsonapi.org/format/#errors."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from rest_framework.throttling import BaseThrottle

from tests.api.jsonapi.conformance.conftest import Household, sources
from tests.api.jsonapi.conftest import errors, transaction_document, update, wallet_document
from tests.conftest import JSONAPI, Answer, Api
from wallet_transaction_api.api.jsonapi.endpoints import JsonApiView


def _refusals(api: Api, home: Household) -> Iterator[Answer]:
    url = f"/api/wallets/{home.rent.pk}"
    for query in ("foo=1", "sort=nosuch", "include=nosuch", "filter[nosuch]=1", "page[size]=0"):
        yield api.get(f"/api/wallets?{query}")
    yield api.get("/api/wallets/999999")
    yield api.get("/api/wallets", headers={"Accept": "text/html"})
    yield api.send("PUT", url, {})
    for body in ("{", "{}", wallet_document(), wallet_document(label=5, nosuch=1)):
        yield api.post("/api/wallets", body)
    yield api.post("/api/wallets", wallet_document(label="x"), "text/plain")
    yield api.patch(url, update("transactions", home.rent.pk))
    yield api.patch(url, update("wallets", home.rent.pk, balance="1"))
    yield api.post("/api/transactions", transaction_document(home.rent, amount="-1000"))
    yield api.delete(url)


def _error_codes(answer: Answer) -> set[str]:
    return {error["code"] for error in answer.json()["errors"]}


def test_j260_error_objects_are_valid(api: Api, home: Household) -> None:
    """M · Errors are an array of objects with known members of the right type, and no data."""
    for answer in _refusals(api, home):
        document = answer.json()
        assert answer.status_code >= 400
        assert document.keys() == {"jsonapi", "errors"}
        for error in document["errors"]:
            assert error.keys() <= {"status", "code", "title", "detail", "source", "meta", "links"}


def test_j261_the_status_is_repeated(api: Api, home: Household) -> None:
    """S · Every error repeats the answer's status as a string."""
    for answer in _refusals(api, home):
        statuses = {error["status"] for error in answer.json()["errors"]}
        assert statuses == {str(answer.status_code)}


def test_j262_titles_and_details(api: Api, home: Household) -> None:
    """I · Every error has a title, one per code, and a detail of its own."""
    titles: dict[str, set[str]] = {}
    for error in [error for answer in _refusals(api, home) for error in answer.json()["errors"]]:
        titles.setdefault(error["code"], set()).add(error["title"])
        assert error["detail"]
    assert all(len(names) == 1 for names in titles.values())


def test_j263_codes_tell_refusals_apart(api: Api, home: Household) -> None:
    """I · Each kind of refusal has a code of its own."""
    queries = ("foo=1", "sort=x", "include=x", "filter[x]=1", "page[x]=1", "fields[x]=1")
    codes = [_error_codes(api.get(f"/api/wallets?{query}")).pop() for query in queries]
    codes += [_error_codes(api.post("/api/wallets", "{")).pop()]
    codes += [_error_codes(api.post("/api/wallets", {"data": {"type": "x"}})).pop()]
    assert len(set(codes)) == len(codes)


def test_j264_pointers_resolve(api: Api, home: Household) -> None:
    """M · A pointer is given only into a document that was sent, and resolves in it."""
    for answer in (
        api.get("/api/wallets?sort=x"), api.get("/api/wallets/0"),
        api.send("PUT", "/api/wallets", {}), api.delete(f"/api/wallets/{home.rent.pk}"),
    ):  # fmt: skip
        assert all("pointer" not in source for source in sources(answer))
    answer = api.post("/api/wallets", wallet_document(**{"a/b": 1, "c~d": 2, "label": "x"}))
    assert [source["pointer"] for source in sources(answer)] == [
        "/data/attributes/a~1b", "/data/attributes/c~0d"
    ]  # fmt: skip


def test_j265_parameters_are_named(api: Api, db: None) -> None:
    """S · A refused query names its parameter."""
    for parameter in ("foo", "sort", "include", "filter[x]", "page[x]", "withStats[x]"):
        assert sources(api.get(f"/api/wallets?{parameter}=x")) == [{"parameter": parameter}]


def test_j266_relationships_are_pointed_at(api: Api, home: Household) -> None:
    """I · An error about a relationship points below it."""
    document: Any = transaction_document(home.rent, amount="1.00")
    relationships = document["data"]["relationships"]
    for linkage, pointer in (
        ({"type": "x", "id": "1"}, "/data/relationships/wallet/data/type"),
        ({"type": "wallets", "id": "999"}, "/data/relationships/wallet/data"),
        ([], "/data/relationships/wallet/data"),
    ):
        relationships["wallet"]["data"] = linkage
        assert sources(api.post("/api/transactions", document)) == [{"pointer": pointer}]


def test_j267_whatever_is_wrong_is_a_document(
    api: Api, home: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I · No request is answered 5xx or in another format; a defect of ours still is a document."""
    for path in ("/api/%ff", "/api/wallets/%2e%2e", "/api//wallets", "/api/wallets;x", "/api/%00"):
        assert api.get(path)["Content-Type"] == JSONAPI
    assert api.get("/api/wallets", HTTP_HOST="evil.example").status_code == 400

    def fail(*args: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(JsonApiView, "reader", fail)
    answer = Api.request(api, "GET", "/api/wallets")
    assert answer.status_code == 500
    assert answer["Content-Type"] == JSONAPI
    assert answer.json()["errors"][0]["code"] == "internal_error"


def test_j268_what_is_hidden_is_missing(
    api: Api, as_user: Callable[..., Api], bob: User, home: Household
) -> None:
    """I · Somebody else's resource is answered exactly like a missing one, for every method."""
    for method in ("GET", "PATCH", "DELETE"):
        body = update("wallets", home.other.pk)
        hidden = api.send(method, f"/api/wallets/{home.other.pk}", body)
        missing = api.send(method, "/api/wallets/999999", update("wallets", 999999))
        assert (hidden.status_code, hidden.content) == (404, missing.content)
    assert as_user(bob).get(f"/api/wallets/{home.other.pk}").status_code == 200


def test_j268_what_is_visible_but_not_allowed(
    as_user: Callable[..., Api], bob: User, home: Household
) -> None:
    """I · Staff who may look at a wallet but not change it are told so with 403."""
    bob.is_staff = True
    bob.save()
    bob.user_permissions.set(Permission.objects.filter(codename="view_wallet"))
    watcher = as_user(User.objects.get(pk=bob.pk))
    url = f"/api/wallets/{home.rent.pk}"
    assert watcher.get(url).status_code == 200
    assert watcher.patch(url, update("wallets", home.rent.pk, label="x")).status_code == 403


class _Busy(BaseThrottle):
    def allow_request(self, request: Any, view: Any) -> bool:
        return False

    def wait(self) -> float:
        return 2.5


def test_j269_nobody_and_too_often(
    api: Api, as_user: Callable[..., Api], home: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I · 401 has WWW-Authenticate and 429 has Retry-After, both as documents."""
    answer = as_user(None).get("/api/wallets")
    assert (answer.status_code, errors(answer)) == (401, [("not_authenticated", None)])
    assert answer["WWW-Authenticate"].startswith("Bearer")
    monkeypatch.setattr(JsonApiView, "throttle_classes", [_Busy])
    answer = api.get("/api/wallets")
    assert (answer.status_code, errors(answer)) == (429, [("throttled", None)])
    assert answer["Retry-After"] == "3"
