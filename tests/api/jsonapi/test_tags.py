"""Entity tags: https://www.rfc-editor.org/rfc/rfc9110#section-13."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from tests.api.jsonapi.conftest import errors, post, transaction_document, update, wallet_document
from tests.conftest import JSONAPI, Api
from wallet_transaction_api.api.jsonapi import kinds
from wallet_transaction_api.ledger import holds
from wallet_transaction_api.models import Hold, Transaction, Wallet


def _tag(api: Api, url: str, **headers: str) -> str:
    return str(api.get(url, headers=headers)["ETag"])


def _patch(api: Api, row: Wallet | Transaction | Hold, tag: str, **attributes: Any) -> Any:
    kind = row._meta.db_table
    body = update(kind, row.pk, **attributes)
    return api.send("PATCH", f"/api/{kind}/{row.pk}", body, JSONAPI, headers={"If-Match": tag})


@pytest.mark.parametrize(
    "path",
    ["wallets", "wallets/{0}", "transactions", "wallets/{0}/transactions", "wallets/{0}/entries",
     "wallets/{0}/relationships/transactions", "wallets?include=transactions"],
)  # fmt: skip
def test_what_is_unchanged_is_not_sent_again(api: Api, rent: Wallet, path: str) -> None:
    url = f"/api/{path.format(rent.pk)}"
    tag = _tag(api, url)
    assert tag == _tag(api, url)
    for known in (tag, f'W/{tag}, "other"', "*"):
        for method in ("GET", "HEAD"):
            answer = api.request(method, url, headers={"If-None-Match": known})
            assert (answer.status_code, answer.content) == (304, b"")
            assert answer["ETag"] == tag
            assert "Content-Type" not in answer
    assert api.get(url, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_posting_changes_the_tags_of_what_shows_it(api: Api, rent: Wallet) -> None:
    urls = [
        f"/api/wallets/{rent.pk}",
        "/api/wallets",
        "/api/transactions",
        "/api/wallets?include=transactions",
    ]
    before = [_tag(api, url) for url in urls]
    post(rent, "1.00")
    after = [_tag(api, url) for url in urls]
    assert not set(before) & set(after)


def test_tags_differ_per_representation(api: Api, staff_api: Api, rent: Wallet) -> None:
    url = f"/api/wallets/{rent.pk}"
    tags = [
        _tag(api, url),
        _tag(api, f"{url}?fields[wallets]=label"),
        _tag(api, f"{url}?include=transactions"),
        _tag(api, f"{url}?include="),
        _tag(staff_api, url),
    ]
    assert len(set(tags)) == len(tags)
    profile = f'{JSONAPI};profile="http://jsonapi.org/profiles/ethanresnick/cursor-pagination/"'
    assert _tag(api, "/api/wallets") != _tag(api, "/api/wallets", Accept=profile)


def test_a_write_answers_with_the_tag_of_what_it_made(api: Api, rent: Wallet) -> None:
    made = api.post("/api/wallets", wallet_document(label="New"))
    assert made["ETag"] == _tag(api, made["Location"])
    made = api.post("/api/transactions", transaction_document(rent, amount="1.00"))
    assert made["ETag"] == _tag(api, made["Location"])
    url = f"/api/wallets/{rent.pk}"
    changed = api.patch(url, update("wallets", rent.pk, label="Home"))
    assert changed["ETag"] == _tag(api, url)


METADATA = {"b": [1.5, {"z": None, "a": "é \U0001f600"}], "ab": {}, "a": True, "é": 12.25}


def test_a_related_resource_has_the_tags_of_its_version(api: Api, rent: Wallet) -> None:
    paid = rent.transactions.get().pk
    tag = _tag(api, f"/api/transactions/{paid}/wallet")
    assert _patch(api, rent, tag, label="Home").status_code == 200
    assert _patch(api, rent, tag, label="Other").status_code == 412


def test_metadata_has_one_spelling(api: Api, rent: Wallet) -> None:
    made = api.post("/api/wallets", wallet_document(label="New", metadata=METADATA))
    assert made["ETag"] == _tag(api, made["Location"])
    paid = transaction_document(rent, amount="1.00", metadata=METADATA)
    made = api.post("/api/transactions", paid)
    assert made["ETag"] == _tag(api, made["Location"])
    assert api.get(made["Location"]).json()["data"]["attributes"]["metadata"] == METADATA
    url = f"/api/wallets/{rent.pk}"
    changed = api.patch(url, update("wallets", rent.pk, metadata=METADATA))
    assert changed["ETag"] == _tag(api, url)


@pytest.mark.parametrize("text", ['{"n":1e400}', r'{"s":"\ud800"}'])
def test_metadata_that_only_the_database_can_hold_is_shown_as_it_is(text: str) -> None:
    assert kinds.JSON.write(text) == text


@pytest.mark.parametrize("query", ["", "?include=transactions", "?fields[wallets]=label"])
def test_a_change_of_the_version_seen_goes_through_once(api: Api, rent: Wallet, query: str) -> None:
    tag = _tag(api, f"/api/wallets/{rent.pk}{query}")
    first = _patch(api, rent, tag, label="Home")
    assert first.status_code == 200
    second = _patch(api, rent, tag, label="Second")
    assert second.status_code == 412
    assert errors(second) == [("precondition_failed", "If-Match")]
    rent.refresh_from_db()
    assert rent.label == "Home"
    assert _patch(api, rent, f'"x", {first["ETag"]}', label="Third").status_code == 200


#: What proxies that compress make of a tag: nginx, Varnish, HAProxy and Django's own middleware;
#: Apache and Caddy; Jetty; several of them.
WEAKENED = ['W/"{0}"', '"{0}-gzip"', '"{0}-br"', '"{0}--gzip"', 'W/"{0}-gzip"', '"{0}-zstd"']


@pytest.mark.parametrize("form", [*WEAKENED, '"other", W/"{0}"', 'W/"other" , W/"{0}","x"'])
def test_a_tag_that_a_proxy_weakened_names_its_version(api: Api, rent: Wallet, form: str) -> None:
    url = f"/api/wallets/{rent.pk}"
    tag = form.format(_tag(api, url).strip('"'))
    assert _patch(api, rent, tag, label="Home").status_code == 200
    assert _patch(api, rent, tag, label="Second").status_code == 412
    assert api.delete(url, headers={"If-Match": tag}).status_code == 412
    rent.refresh_from_db()
    assert rent.label == "Home"


@pytest.mark.parametrize("form", WEAKENED)
def test_a_tag_that_a_proxy_weakened_spares_the_answer(api: Api, rent: Wallet, form: str) -> None:
    for path in ("wallets", f"wallets/{rent.pk}"):
        tag = _tag(api, f"/api/{path}")
        weakened = form.format(tag.strip('"'))
        answer = api.get(f"/api/{path}", headers={"If-None-Match": weakened})
        assert (answer.status_code, answer["ETag"]) == (304, tag)
        assert api.get(f"/api/{path}", headers={"If-Match": weakened}).status_code == 200
    body = update("wallets", rent.pk, label="Home")
    unwanted = {"If-None-Match": weakened}
    assert api.send("PATCH", f"/api/{path}", body, JSONAPI, headers=unwanted).status_code == 412


@pytest.mark.parametrize("form", WEAKENED)
def test_operations_are_on_no_version(api: Api, rent: Wallet, form: str) -> None:
    tag = form.format(_tag(api, f"/api/wallets/{rent.pk}").strip('"'))
    body = {"atomic:operations": [{"op": "update", **update("wallets", rent.pk, label="Home")}]}
    kind = f'{JSONAPI};ext="https://jsonapi.org/ext/atomic"'
    sent = [
        api.send("POST", "/api/operations", body, kind, headers={"If-Match": wanted}).status_code
        for wanted in (tag, "*")
    ]
    assert sent == [412, 200]


def test_a_change_may_be_of_what_is_not_that(api: Api, rent: Wallet) -> None:
    url = f"/api/wallets/{rent.pk}"
    tag, body = _tag(api, url), update("wallets", rent.pk, label="Home")
    for unwanted in ("*", tag, f'"other", W/{tag}'):
        answer = api.send("PATCH", url, body, JSONAPI, headers={"If-None-Match": unwanted})
        assert errors(answer) == [("precondition_failed", "If-None-Match")]
        assert api.delete(url, headers={"If-None-Match": unwanted}).status_code == 412
    answer = api.send("PATCH", url, body, JSONAPI, headers={"If-None-Match": '"other"'})
    assert answer.status_code == 200
    again = api.send("PATCH", url, body, JSONAPI, headers={"If-None-Match": tag})
    assert again.status_code == 200


def test_any_version_will_do_for_a_star(api: Api, rent: Wallet) -> None:
    assert _patch(api, rent, "*", label="Home").status_code == 200


def test_a_stale_amount_is_not_overwritten(api: Api, rent: Wallet) -> None:
    row = rent.transactions.get()
    tag = _tag(api, f"/api/transactions/{row.pk}")
    assert _patch(api, row, tag, amount="90.00").status_code == 200
    assert _patch(api, row, tag, amount="80.00").status_code == 412
    rent.refresh_from_db()
    assert rent.balance == 90


@pytest.fixture
def due(rent: Wallet, monkeypatch: pytest.MonkeyPatch) -> Hold:
    """Return a hold that has expired, which nobody has written yet."""
    later = timezone.now() + timedelta(hours=2)
    moment = later - timedelta(hours=1)
    hold = holds.place(wallet_id=rent.pk, amount=Decimal(60), expires_at=moment)
    monkeypatch.setattr(timezone, "now", lambda: later)
    return hold


def test_what_was_seen_of_a_hold_that_is_due_is_no_stale_version(
    api: Api, rent: Wallet, due: Hold
) -> None:
    tag = _tag(api, f"/api/wallets/{rent.pk}")
    assert _patch(api, rent, tag, label="Other").status_code == 200
    assert _patch(api, rent, tag, label="Third").status_code == 412


def test_a_hold_that_is_due_has_ended_for_who_saw_that(api: Api, rent: Wallet, due: Hold) -> None:
    answer = _patch(api, due, _tag(api, f"/api/holds/{due.pk}"), status="captured")
    assert errors(answer) == [("hold_expired", "/data/attributes/status")]


@pytest.mark.parametrize(
    "form",
    ['"nonsense"', "", '"{1}"', "nonsense", 'W/"{1}"', 'W/"nonsense"', '"nonsense", W/"{1}"',
     '"{1}-gzip"', 'W/"{2}"', '"{2}x"', "{0}-gzip", "W/"],
)  # fmt: skip
def test_refuses_a_foreign_tag(api: Api, rent: Wallet, form: str) -> None:
    row = rent.transactions.get()
    tag = _tag(api, f"/api/transactions/{row.pk}")
    beginning = tag.strip('"').rpartition(".")[0]
    foreign = form.format(
        tag.strip('"'), _tag(api, f"/api/wallets/{rent.pk}").strip('"'), beginning
    )
    assert _patch(api, row, foreign, amount="90.00").status_code == 412
    answer = api.delete(f"/api/transactions/{row.pk}", headers={"If-Match": foreign})
    assert answer.status_code == 412
    assert rent.transactions.visible().count() == 1


def test_deletes_the_version_seen(api: Api, rent: Wallet) -> None:
    row = rent.transactions.get()
    url = f"/api/transactions/{row.pk}"
    tag = _tag(api, url)
    api.patch(url, update("transactions", row.pk, description="New"))
    assert api.delete(url, headers={"If-Match": tag}).status_code == 412
    assert api.delete(url, headers={"If-Match": _tag(api, url)}).status_code == 204


def test_a_strangers_object_is_missing_not_stale(
    api: Api, as_user: type[Api], bob: User, rent: Wallet
) -> None:
    tag = _tag(api, f"/api/wallets/{rent.pk}")
    assert _patch(as_user(bob), rent, tag, label="Mine").status_code == 404
    assert _patch(as_user(bob), rent, "*", label="Mine").status_code == 404


def test_a_read_may_be_conditional_too(api: Api, rent: Wallet) -> None:
    url = f"/api/wallets/{rent.pk}"
    assert api.get(url, headers={"If-Match": _tag(api, url)}).status_code == 200
    assert api.get(url, headers={"If-Match": '"other"'}).status_code == 412


def test_nothing_is_created_on_a_condition(api: Api, db: None) -> None:
    document, headers = wallet_document(label="New"), {"If-Match": '"other"'}
    answer = api.send("POST", "/api/wallets", document, JSONAPI, headers=headers)
    assert answer.status_code == 412
    assert not Wallet.objects.filter(label="New").exists()
