"""Metadata in the admin's forms: what the API refuses is refused there, in the same words."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.admin.conftest import Browser
from wallet_transaction_api.models import Entry, Transaction, Wallet

REFUSED = [
    ("null", "not be null"),
    ("[]", "JSON object"),
    ('"x"', "JSON object"),
    ("5", "JSON object"),
    ("true", "JSON object"),
    ("{", "valid JSON"),
    ('{"a":NaN}', "NaN is not a JSON number"),
    ('{"a":-Infinity}', "-Infinity is not a JSON number"),
    ('{"a":1e400}', "finite"),
    ('{"a":12345678901234567890123}', "64 bits"),
    ('{"a":' + "1" * 5000 + "}", "valid JSON"),
    (r'{"a":"\u0000"}', "no NUL"),
    (r'{"\u0000":1}', "no NUL"),
    (r'{"a":"\ud800"}', "surrogates"),
    (r'{"\ud800":1}', "surrogates"),
    ('{"a":1,"a":2}', "twice"),
    ('{"a":' + "[" * 20 + "]" * 20 + "}", "20 levels"),
    ("[" * 100_000, "nested too deeply"),
    ('{"a":"' + "x" * 16_384 + '"}', "16384 bytes"),
]
NAMES = [text[:24] for text, _ in REFUSED]


def _new(model: str, owner: User, wallet: Wallet, metadata: str) -> dict[str, Any]:
    given: dict[str, dict[str, Any]] = {
        "wallet": {"owner": owner.pk, "label": "Holidays", "currency": "USD", "balance": ""},
        "transaction": {"wallet": wallet.pk, "amount": "1.00", "txid": "admin-1"},
    }
    return {**given[model], "metadata": metadata}


def _assert_refused(page: Any, typed: str, said: str) -> None:
    assert page.status_code == 200, "the form was taken"
    form = page.context["adminform"].form
    assert list(form.errors) == ["metadata"]
    assert said in form.errors["metadata"][0]
    assert form["metadata"].value() == typed


@pytest.mark.parametrize("model", ["wallet", "transaction"])
@pytest.mark.parametrize("refused", REFUSED, ids=NAMES)
def test_a_new_row_is_refused_what_the_api_refuses(
    browser: Browser, alice: User, wallet: Wallet, model: str, refused: tuple[str, str]
) -> None:
    wallets = Wallet.objects.count()
    page = browser.submit(model, "add", **_new(model, alice, wallet, refused[0]))
    _assert_refused(page, *refused)
    assert (Wallet.objects.count(), Entry.objects.count()) == (wallets, 1)


@pytest.mark.parametrize("model", ["wallet", "transaction"])
@pytest.mark.parametrize("refused", REFUSED, ids=NAMES)
def test_a_stored_row_is_refused_it_too(
    browser: Browser, opening: Transaction, model: str, refused: tuple[str, str]
) -> None:
    row: Any = opening.wallet if model == "wallet" else opening
    version = row.version
    form = {**browser.kept_open(model, row), "metadata": refused[0]}
    _assert_refused(browser.submit(model, "change", row.pk, **form), *refused)
    row.refresh_from_db()
    assert (row.metadata, row.version) == ({}, version)


@pytest.mark.parametrize("model", ["wallet", "transaction"])
@pytest.mark.parametrize("box", ["", " "])
def test_an_empty_box_is_an_empty_object(
    browser: Browser, alice: User, wallet: Wallet, model: str, box: str
) -> None:
    assert browser.submit(model, "add", **_new(model, alice, wallet, box)).status_code == 302
    rows: Any = Wallet.objects if model == "wallet" else Transaction.objects
    assert rows.latest("pk").metadata == {}


@pytest.mark.parametrize("model", ["wallet", "transaction"])
def test_an_emptied_box_empties_the_metadata(
    browser: Browser, opening: Transaction, model: str
) -> None:
    row: Any = opening.wallet if model == "wallet" else opening
    for metadata, stored in (('{"ä": [1, 2.5, "€"]}', {"ä": [1, 2.5, "€"]}), ("", {})):
        form = {**browser.kept_open(model, row), "metadata": metadata}
        assert browser.submit(model, "change", row.pk, **form).status_code == 302
        row.refresh_from_db()
        assert row.metadata == stored


def test_metadata_that_was_not_json_when_the_form_was_opened_counts_as_changed(
    browser: Browser, wallet: Wallet
) -> None:
    form = {**browser.kept_open("wallet", wallet), "initial-metadata": "[" * 100_000}
    assert browser.submit("wallet", "change", wallet.pk, **form).status_code == 302
