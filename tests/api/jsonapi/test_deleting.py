"""https://jsonapi.org/format/#crud-deleting: transactions are reversed, wallets closed."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from tests.api.jsonapi.conftest import balance_of, errors, ids, post
from tests.conftest import JSONAPI, Api
from wallet_transaction_api.ledger import wallets
from wallet_transaction_api.models import Entry, Transaction, Wallet


def test_deleting_a_transaction_reverses_it(api: Api, rent: Wallet, alice: User) -> None:
    key = rent.transactions.get().pk
    answer = api.delete(f"/api/transactions/{key}/")
    assert (answer.status_code, answer.content) == (204, b"")
    assert api.get(f"/api/transactions/{key}").status_code == 404
    assert balance_of(rent) == "0.00"
    entry = Entry.objects.latest("pk")
    assert (entry.reason, entry.actor) == ("reversal", alice)


def test_deleting_it_again_is_not_found(api: Api, rent: Wallet) -> None:
    key = post(rent, "-5.00").transaction_id
    assert api.delete(f"/api/transactions/{key}").status_code == 204
    assert api.delete(f"/api/transactions/{key}").status_code == 404
    assert balance_of(rent) == "100.00"


def test_a_reversal_that_would_overdraw_is_refused(api: Api, rent: Wallet) -> None:
    post(rent, "-80.00")
    key = rent.transactions.get(txid="opening").pk
    answer = api.delete(f"/api/transactions/{key}")
    assert answer.status_code == 422
    assert errors(answer) == [("insufficient_funds", None)]
    assert rent.transactions.visible().count() == 2


def test_a_wallet_with_money_is_not_deleted(api: Api, rent: Wallet) -> None:
    answer = api.delete(f"/api/wallets/{rent.pk}")
    assert answer.status_code == 409
    assert errors(answer) == [("wallet_not_empty", None)]
    assert balance_of(rent) == "100.00"


def test_a_wallet_without_history_is_erased(api: Api, open_wallet: Callable[..., Wallet]) -> None:
    wallet = open_wallet()
    assert api.delete(f"/api/wallets/{wallet.pk}").status_code == 204
    assert not Wallet.objects.filter(pk=wallet.pk).exists()
    assert api.delete(f"/api/wallets/{wallet.pk}").status_code == 404


def test_a_wallet_with_history_is_closed_and_hidden(api: Api, staff_api: Api, rent: Wallet) -> None:
    post(rent, "-100.00")
    assert api.delete(f"/api/wallets/{rent.pk}").status_code == 204
    assert api.get(f"/api/wallets/{rent.pk}").status_code == 404
    assert str(rent.pk) not in ids(api.get("/api/wallets"))
    assert api.get("/api/transactions").json()["data"] == []
    assert api.delete(f"/api/wallets/{rent.pk}").status_code == 404
    seen = staff_api.get(f"/api/wallets/{rent.pk}").json()["data"]
    assert seen["attributes"]["status"] == "closed"
    assert Transaction.objects.filter(wallet=rent).count() == 2


def test_a_frozen_wallet_keeps_its_transactions(api: Api, rent: Wallet) -> None:
    wallets.edit(wallet_id=rent.pk, changes={"status": "frozen"})
    answer = api.delete(f"/api/transactions/{rent.transactions.get().pk}")
    assert answer.status_code == 409
    assert errors(answer) == [("wallet_frozen", None)]


@pytest.mark.parametrize("kind", ["wallets", "transactions"])
@pytest.mark.parametrize("key", ["999999", "abc", "-1"])
def test_a_missing_resource_is_not_found(api: Api, kind: str, key: str) -> None:
    assert api.delete(f"/api/{kind}/{key}").status_code == 404


def test_somebody_elses_resource_is_not_found(rent: Wallet, as_user: type[Api], bob: User) -> None:
    stranger = as_user(bob)
    assert stranger.delete(f"/api/wallets/{rent.pk}").status_code == 404
    assert stranger.delete(f"/api/transactions/{rent.transactions.get().pk}").status_code == 404
    assert rent.transactions.visible().count() == 1


def test_a_body_is_tolerated(api: Api, rent: Wallet) -> None:
    key = rent.transactions.get().pk
    body = '{"data": {"type": "transactions", "id": "1"}}'
    answer = api.request("DELETE", f"/api/transactions/{key}", data=body, content_type=JSONAPI)
    assert answer.status_code == 204


@pytest.mark.parametrize("name", ["delete", "save"])
def test_only_the_method_deletes(api: Api, rent: Wallet, name: str) -> None:
    key = rent.transactions.get().pk
    assert api.get(f"/api/transactions/{key}/{name}").status_code == 404
    assert rent.transactions.visible().count() == 1
