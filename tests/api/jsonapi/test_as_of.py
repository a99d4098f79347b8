"""`asOf`: a wallet's balance at a moment, and only what is known of that moment."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from tests.api.jsonapi.conftest import errors, post, update
from tests.conftest import Answer, Api
from wallet_transaction_api.ledger import amending
from wallet_transaction_api.models import Wallet


def _text(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def _at(api: Api, wallet: Wallet, moment: datetime, more: str = "") -> Answer:
    return api.get(f"/api/wallets/{wallet.pk}?asOf={_text(moment)}{more}")


def _balance(answer: Answer) -> str:
    shown: str = answer.json()["data"]["attributes"]["balance"]
    return shown


def test_each_moment_has_its_balance(api: Api, rent: Wallet) -> None:
    key = post(rent, "-30.25").transaction_id
    amending.reverse(transaction_id=key)
    moments = list(rent.entries.order_by("sequence").values_list("created_at", flat=True))
    assert [_balance(_at(api, rent, moment)) for moment in moments] == ["100.00", "69.75", "100.00"]
    assert _balance(_at(api, rent, moments[1] - timedelta(microseconds=1))) == "100.00"
    assert _balance(_at(api, rent, rent.created_at)) == "0.00"


def test_shows_what_is_known_of_the_moment(api: Api, rent: Wallet) -> None:
    moment = timezone.now()
    post(rent, "1.00")
    api.patch(f"/api/wallets/{rent.pk}", update("wallets", rent.pk, label="Renamed"))
    document = _at(api, rent, moment).json()
    url = f"http://testserver/api/wallets/{rent.pk}"
    assert document["meta"] == {"asOf": _text(moment)}
    assert document["data"] == {
        "type": "wallets",
        "id": str(rent.pk),
        "attributes": {
            "currency": "USD",
            "balance": "100.00",
            "uuid": str(rent.uuid),
            "createdAt": _text(rent.created_at),
        },
        "relationships": {
            "entries": {
                "links": {"self": f"{url}/relationships/entries", "related": f"{url}/entries"}
            }
        },
        "links": {"self": url},
    }


def test_fields_choose_among_them(api: Api, rent: Wallet) -> None:
    answer = _at(api, rent, timezone.now(), "&fields[wallets]=balance,available")
    assert answer.json()["data"]["attributes"] == {"balance": "100.00"}
    answer = _at(api, rent, timezone.now(), "&fields[wallets]=uuid")
    assert answer.json()["data"]["attributes"] == {"uuid": str(rent.uuid)}


def test_its_tag_admits_no_change(api: Api, rent: Wallet) -> None:
    tag = _at(api, rent, timezone.now())["ETag"]
    body = update("wallets", rent.pk, label="New")
    answer = api.send("PATCH", f"/api/wallets/{rent.pk}", body, headers={"If-Match": tag})
    assert answer.status_code == 412


def test_an_offset_is_taken(api: Api, rent: Wallet) -> None:
    moment = timezone.now().astimezone(UTC) + timedelta(hours=2)
    text = f"{moment:%Y-%m-%dT%H:%M:%S.%f}%2B02:00"
    assert _balance(api.get(f"/api/wallets/{rent.pk}?asOf={text}")) == "100.00"


@pytest.mark.parametrize("step", [timedelta(days=1), timedelta(seconds=30)])
def test_the_future_is_refused(api: Api, rent: Wallet, step: timedelta) -> None:
    answer = _at(api, rent, timezone.now() + step)
    assert (answer.status_code, errors(answer)) == (400, [("invalid_parameter", "asOf")])


@pytest.mark.parametrize("step", [timedelta(days=4000), timedelta(microseconds=1)])
def test_a_moment_before_the_wallet_is_refused(api: Api, rent: Wallet, step: timedelta) -> None:
    answer = _at(api, rent, rent.created_at - step)
    assert (answer.status_code, errors(answer)) == (400, [("invalid_parameter", "asOf")])


@pytest.mark.parametrize(
    "text", ["", "now", "2026-13-01", "2026-11-25T10:00:00+02:00", "1764000000", "0", "9" * 99]
)
def test_no_moment_is_refused(api: Api, rent: Wallet, text: str) -> None:
    answer = api.get(f"/api/wallets/{rent.pk}?asOf={text}")
    assert (answer.status_code, errors(answer)) == (400, [("invalid_parameter", "asOf")])


@pytest.mark.parametrize(
    "path",
    ["wallets", "transactions", "entries", "transactions/{0}", "transactions/{0}/wallet",
     "entries/{1}", "wallets/{2}/entries"],
)  # fmt: skip
def test_nothing_else_has_a_past(api: Api, rent: Wallet, path: str) -> None:
    keys = (rent.transactions.get().pk, rent.entries.get().pk, rent.pk)
    answer = api.get(f"/api/{path.format(*keys)}?asOf={_text(timezone.now())}")
    assert (answer.status_code, errors(answer)) == (400, [("unknown_parameter", "asOf")])


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ("&include=entries", ("invalid_parameter", "include")),
        ("&asOf=2026-01-01", ("repeated_parameter", "asOf")),
        ("&asOf[x]=2026-01-01", ("unknown_parameter", "asOf[x]")),
    ],
)
def test_what_makes_no_sense_beside_it_is_refused(
    api: Api, rent: Wallet, more: str, refusal: Any
) -> None:
    answer = _at(api, rent, timezone.now(), more)
    assert (answer.status_code, errors(answer)) == (400, [refusal])


def test_somebody_elses_wallet_is_missing(rent: Wallet, bob: User, as_user: type[Api]) -> None:
    for moment in (timezone.now(), rent.created_at - timedelta(days=1)):
        assert _at(as_user(bob), rent, moment).status_code == 404
