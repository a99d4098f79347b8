"""A currency leaves the list: what is there can leave, through every API; nothing new enters."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User

from tests.books import assert_in_order
from tests.conftest import Answer, Api
from wallet_transaction_api.ledger import holds, posting, transfers, wallets
from wallet_transaction_api.ledger.legs import Order
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import Hold, Transaction, Wallet

JSON = "application/json"
Open = Callable[..., Wallet]


@pytest.fixture
def api(alice: User) -> Api:
    """Return alice's client; she may exchange."""
    alice.user_permissions.add(Permission.objects.get(codename="exchange"))
    return Api(alice)


@pytest.fixture(params=["BGN", "GOLD"])
def lev(open_wallet: Open, settings: Any, request: pytest.FixtureRequest) -> Wallet:
    """Return alice's wallet with 100.50 of what has just left the list.

    Of BGN the decimals are known, as ISO 4217 had it; of GOLD they are not.
    """
    settings.ASSETS = {request.param: 2}
    wallet = open_wallet("100.50", label="Lev", currency=request.param)
    settings.ASSETS = {}
    return wallet


def _linked(kind: str, wallet: Wallet, **attributes: Any) -> dict[str, Any]:
    linkage = {"data": {"type": "wallets", "id": str(wallet.pk)}}
    relationships = {"wallet": linkage}
    return {"data": {"type": kind, "attributes": attributes, "relationships": relationships}}


def _transfer(source: Wallet, destination: Wallet, **attributes: Any) -> dict[str, Any]:
    ends = {"source": source, "destination": destination}
    relationships = {
        name: {"data": {"type": "wallets", "id": str(wallet.pk)}} for name, wallet in ends.items()
    }
    return {"data": {"type": "transfers", "attributes": attributes, "relationships": relationships}}


def _update(kind: str, key: Any, **attributes: Any) -> dict[str, Any]:
    return {"data": {"type": kind, "id": str(key), "attributes": attributes}}


def _operate(api: Api, wallet: Wallet, operation: str, amount: str) -> Answer:
    body = {"operationType": operation, "amount": amount}
    return api.post(f"/api/v1/wallets/{wallet.uuid}/operation", body, JSON)


def _balance(wallet: Wallet) -> Decimal:
    balance: Decimal = Wallet.objects.get(pk=wallet.pk).balance
    return balance


def _refusal(answer: Answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["code"]


RETIRED = (422, "currency_retired")


def test_a_withdrawal_leaves_exactly(api: Api, lev: Wallet) -> None:
    answer = api.post("/api/transactions", _linked("transactions", lev, amount="-100.49"))
    assert answer.status_code == 201
    attributes = answer.json()["data"]["attributes"]
    assert (attributes["amount"], attributes["balanceAfter"]) == ("-100.49", "0.01")
    assert _operate(api, lev, "WITHDRAW", "0.01").status_code == 200
    assert _balance(lev) == 0
    assert api.delete(f"/api/wallets/{lev.pk}").status_code == 204
    assert_in_order()


def test_more_than_there_is_does_not_leave(api: Api, lev: Wallet) -> None:
    document = _linked("transactions", lev, amount="-100.51")
    assert _refusal(api.post("/api/transactions", document)) == (422, "insufficient_funds")


def test_nothing_new_enters(api: Api, lev: Wallet) -> None:
    document = _linked("transactions", lev, amount="1.00")
    answer = api.post("/api/transactions", document)
    assert _refusal(answer) == RETIRED
    assert f"{lev.currency} is no longer listed" in answer.json()["errors"][0]["detail"]
    plain = _operate(api, lev, "DEPOSIT", "1.00")
    assert (plain.status_code, plain.json()["code"]) == (400, "currency_retired")
    assert _balance(lev) == Decimal("100.50")


def test_the_users_own_wallet_pays_out_and_takes_nothing(alice: User, settings: Any) -> None:
    settings.ASSETS, settings.DEFAULT_CURRENCY = {"BGN": 2}, "BGN"
    bulgarian = User.objects.create_user("ivan", password="x")
    wallet = Wallet.objects.get(owner=bulgarian)
    posting.post_one(Posting(wallet_id=wallet.pk, amount=Decimal("20.00")))
    settings.ASSETS, settings.DEFAULT_CURRENCY = {}, "EUR"
    own = Api(bulgarian)
    refused = own.post("/api/wallet/credit/", {"amount": "1.00"}, JSON)
    assert (refused.status_code, refused.json()["code"]) == (400, "currency_retired")
    paid = own.post("/api/wallet/debit/", {"amount": "19.50"}, JSON)
    assert (paid.status_code, paid.json()["balance"]) == (200, "0.50")
    assert own.get("/api/wallet/balance/").json() == {"balance": "0.50", "currency": "BGN"}
    assert own.get("/api/wallet/transactions/").json()["results"][0]["amount"] == "-19.50"


def test_no_wallet_is_opened(api: Api, lev: Wallet) -> None:
    attributes = {"label": "Second", "currency": lev.currency}
    answer = api.post("/api/wallets", {"data": {"type": "wallets", "attributes": attributes}})
    assert _refusal(answer) == (422, "invalid")
    assert answer.json()["errors"][0]["source"] == {"pointer": "/data/attributes/currency"}


def test_it_is_exchanged_out_and_not_in(api: Api, lev: Wallet, open_wallet: Open) -> None:
    euros = open_wallet("10.00", label="Euros", currency="EUR")
    into = _transfer(euros, lev, amount="1.00", destinationAmount="1.95")
    assert _refusal(api.post("/api/transfers", into)) == RETIRED
    out = _transfer(lev, euros, amount="100.50", destinationAmount="51.38")
    answer = api.post("/api/transfers", out)
    assert answer.status_code == 201, answer.json()
    assert (_balance(lev), _balance(euros)) == (0, Decimal("61.38"))
    assert_in_order()


def test_a_transfer_between_two_wallets_of_it_is_rejected(
    api: Api, lev: Wallet, open_wallet: Open, settings: Any
) -> None:
    settings.ASSETS = {lev.currency: 2}
    other = open_wallet(label="Other", currency=lev.currency)
    settings.ASSETS = {}
    answer = api.post("/api/transfers", _transfer(lev, other, amount="1.00"))
    assert _refusal(answer) == RETIRED


def test_of_somebody_elses_wallet_nothing_is_told(
    api: Api, lev: Wallet, open_wallet: Open, bob: User, settings: Any
) -> None:
    settings.ASSETS = {lev.currency: 2}
    shop = open_wallet(label="Shop", owner=bob, currency=lev.currency)
    settings.ASSETS = {}
    document = _transfer(lev, lev, amount="1.00", destinationUuid=str(shop.uuid))
    del document["data"]["relationships"]["destination"]
    assert _refusal(api.post("/api/transfers", document)) == (422, "destination_unavailable")


@pytest.mark.parametrize(("taken", "left"), [(None, "70.50"), ("12.25", "88.25")])
def test_a_hold_is_captured(
    api: Api, lev: Wallet, settings: Any, taken: str | None, left: str
) -> None:
    settings.ASSETS = {lev.currency: 2}
    hold = holds.place(wallet_id=lev.pk, amount=Decimal("30.00"))
    settings.ASSETS = {}
    attributes = {"status": "captured"} | ({"captureAmount": taken} if taken else {})
    answer = api.patch(f"/api/holds/{hold.pk}", _update("holds", hold.pk, **attributes))
    assert answer.status_code == 200, answer.json()
    assert _balance(lev) == Decimal(left)
    assert_in_order()


def test_a_hold_is_placed_and_voided(api: Api, lev: Wallet) -> None:
    assert api.post("/api/holds", _linked("holds", lev, amount="100.50")).status_code == 201
    hold = Hold.objects.get()
    void = _update("holds", hold.pk, status="voided")
    assert api.patch(f"/api/holds/{hold.pk}", void).status_code == 200
    assert Wallet.objects.get(pk=lev.pk).available == Decimal("100.50")


def test_a_withdrawal_is_taken_back_and_a_deposit_is_not_raised(api: Api, lev: Wallet) -> None:
    api.post("/api/transactions", _linked("transactions", lev, amount="-50.00", txid="out"))
    opening, paid = Transaction.objects.filter(wallet=lev).order_by("pk")
    raised = _update("transactions", opening.pk, amount="101.00")
    assert _refusal(api.patch(f"/api/transactions/{opening.pk}", raised)) == RETIRED
    turned = _update("transactions", paid.pk, amount="1.00")
    assert _refusal(api.patch(f"/api/transactions/{paid.pk}", turned)) == RETIRED
    less = _update("transactions", paid.pk, amount="-20.00")
    assert api.patch(f"/api/transactions/{paid.pk}", less).status_code == 200
    assert api.delete(f"/api/transactions/{paid.pk}").status_code == 204
    assert _balance(lev) == Decimal("100.50")
    assert_in_order()


def test_a_transfer_out_of_it_is_taken_back(alice: User, lev: Wallet, open_wallet: Open) -> None:
    euros = open_wallet(label="Euros", currency="EUR")
    order = Order(
        source_id=lev.pk,
        destination_id=euros.pk,
        amount=Decimal("100.50"),
        destination_amount=Decimal("51.38"),
        may_exchange=True,
    )
    transfers.reverse(transfer_id=transfers.transfer(order).pk)
    assert (_balance(lev), _balance(euros)) == (Decimal("100.50"), 0)


def test_an_overdraft_is_repaid_up_to_zero(api: Api, lev: Wallet) -> None:
    wallets.edit(wallet_id=lev.pk, changes={"floor": Decimal(-10)})
    assert _operate(api, lev, "WITHDRAW", "105.50").json()["new_balance"] in {"-5.00", "-5"}
    assert _operate(api, lev, "DEPOSIT", "5.01").json()["code"] == "currency_retired"
    assert _operate(api, lev, "DEPOSIT", "5.00").status_code == 200
    assert _balance(lev) == 0


def test_it_is_read_as_before(api: Api, lev: Wallet, staff: User) -> None:
    def shown(path: str) -> Any:
        answer = api.get(path)
        assert answer.status_code == 200, (path, answer.content)
        return answer.json()

    whole = "100.50" if lev.currency == "BGN" else "100.5"
    assert shown(f"/api/wallets/{lev.pk}")["data"]["attributes"]["balance"] == whole
    assert shown(f"/api/v1/wallets/{lev.uuid}")["balance"] == whole
    listed = shown(f"/api/transactions?filter[wallet]={lev.pk}&withStats[amount]=sum")
    assert listed["data"][0]["attributes"]["amount"] == whole
    assert listed["meta"]["stats"]["amount"]["sum"] == whole
    for path in ("entries", "transactions"):
        assert shown(f"/api/wallets/{lev.pk}/{path}")["data"]
    for path in (f"/api/wallets?filter[currency]={lev.currency}", "/api/holds", "/api/transfers"):
        shown(path)


def test_an_answer_that_is_kept_is_replayed(api: Api, lev: Wallet) -> None:
    def pay(amount: str) -> Answer:
        return api.send(
            "POST",
            "/api/transactions",
            _linked("transactions", lev, amount=amount),
            headers={"Idempotency-Key": f"key {amount}"},
        )

    for amount, status in (("-1.00", 201), ("1.00", 422)):
        first, second = pay(amount), pay(amount)
        assert (first.status_code, second.status_code) == (status, status)
        assert second["Idempotent-Replayed"] == "true"
    assert _balance(lev) == Decimal("99.50")


def test_the_admin_shows_and_pays_out(lev: Wallet, staff: User, client: Any) -> None:
    client.force_login(staff)
    page = client.get(f"/admin/wallet_transaction_api/wallet/{lev.pk}/change/")
    assert "100.5" in page.content.decode()
    form = {"wallet": lev.pk, "amount": "-0.50", "txid": "", "description": "", "metadata": "{}"}
    add = "/admin/wallet_transaction_api/transaction/add/"
    assert client.post(add, form).status_code == 302
    assert _balance(lev) == 100
    refused = client.post(add, {**form, "amount": "1"})
    assert "no longer listed" in refused.content.decode()
