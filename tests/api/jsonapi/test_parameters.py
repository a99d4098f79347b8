"""https://jsonapi.org/format/#query-parameters: strict on every endpoint and method."""

import pytest

from tests.api.jsonapi.conftest import errors, update, wallet_document
from tests.conftest import Api
from wallet_transaction_api.models import Wallet

#: Endpoint, and the parameters that it takes.
_ONE = {"include=", "fields[wallets]=label"}
_LIST = {"sort=id", "filter[id]=1", "page[size]=1"}
ENDPOINTS = {
    "/api/wallets": _ONE | _LIST,
    "/api/wallets/{wallet}": _ONE,
    "/api/wallets/{wallet}/transactions": _ONE | _LIST,
    "/api/transactions/{transaction}/wallet": _ONE,
    "/api/wallets/{wallet}/relationships/transactions": _LIST,
    "/api/transactions/{transaction}/relationships/wallet": set(),
}


@pytest.mark.parametrize("parameter", sorted(_ONE | _LIST))
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_an_endpoint_honours_a_parameter_or_refuses_it(
    api: Api, rent: Wallet, endpoint: str, parameter: str
) -> None:
    url = endpoint.format(wallet=rent.pk, transaction=rent.transactions.get().pk)
    answer = api.get(f"{url}?{parameter}")
    if parameter in ENDPOINTS[endpoint]:
        assert answer.status_code == 200
    else:
        assert errors(answer) == [("unknown_parameter", parameter.partition("=")[0])]


@pytest.mark.parametrize(
    "name", ["foo", "fooBar", "FILTER[x]", "_", "", "inclúde", "sort[x]", "include[]"]
)
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_an_unknown_parameter_is_refused(api: Api, rent: Wallet, endpoint: str, name: str) -> None:
    url = endpoint.format(wallet=rent.pk, transaction=rent.transactions.get().pk)
    answer = api.get(f"{url}?{name}=1")
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["source"] == {"parameter": name}


def test_an_unknown_parameter_refuses_a_write(api: Api, rent: Wallet) -> None:
    assert api.post("/api/wallets?foo=1", wallet_document(label="New")).status_code == 400
    assert not Wallet.objects.filter(label="New").exists()
    document = update("wallets", rent.pk, label="New")
    assert api.patch(f"/api/wallets/{rent.pk}?sort=id", document).status_code == 400
    key = rent.transactions.get().pk
    answer = api.delete(f"/api/transactions/{key}?include=wallet")
    assert errors(answer) == [("unknown_parameter", "include")]
    assert rent.transactions.visible().exists()


@pytest.mark.parametrize("pair", ["sort=id", "include=", "fields[wallets]=label", "page[size]=2"])
def test_a_repeated_parameter_is_refused(api: Api, pair: str) -> None:
    answer = api.get(f"/api/wallets?{pair}&{pair}")
    assert errors(answer) == [("repeated_parameter", pair.partition("=")[0])]


@pytest.mark.parametrize("query", ["filter[label]=%FF", "filter[label]=a%00", "%FF=1", "a%00b=1"])
def test_what_is_not_utf_8_is_refused(api: Api, query: str) -> None:
    answer = api.get(f"/api/wallets?{query}")
    assert answer.status_code == 400
    assert errors(answer)[0][0] == "invalid_parameter"


def test_too_many_parameters_are_refused(api: Api) -> None:
    answer = api.get("/api/wallets?" + "&".join(["filter[id][]=1"] * 101))
    assert errors(answer) == [("invalid_parameter", "filter[id][]")]


def test_plus_and_percent_20_both_mean_space(api: Api, open_wallet: object) -> None:
    open_wallet(label="My rent")  # type: ignore[operator]
    for spelling in ("My+rent", "My%20rent"):
        assert len(api.get(f"/api/wallets?filter[label]={spelling}").json()["data"]) == 1


def test_an_encoded_comma_separates_too(api: Api, rent: Wallet) -> None:
    answer = api.get(f"/api/wallets/{rent.pk}?fields%5Bwallets%5D=label%2Cstatus")
    assert answer.json()["data"]["attributes"].keys() == {"label", "status"}
