"""I. Query parameters in general: https://jsonapi.org/format/#query-parameters."""

import pytest

from tests.api.jsonapi.conformance.conftest import Household, sources, txids
from tests.api.jsonapi.conftest import post, update, wallet_document
from tests.conftest import Api
from wallet_transaction_api.models import Wallet


@pytest.mark.parametrize("name", ["foo", "include2", "sorts", "filters[txid]"])
def test_j170_unknown_parameters(api: Api, db: None, name: str) -> None:
    """M · An unknown parameter is refused with 400."""
    assert api.get(f"/api/wallets?{name}=1").status_code == 400


def test_j171_unknown_parameters_of_our_own_style(api: Api, db: None) -> None:
    """M · An unknown parameter in the form of an implementation's own is refused as well."""
    assert api.get("/api/wallets?fooBar=1").status_code == 400


@pytest.mark.parametrize(
    "path", ["wallets/{0}", "wallets/{0}/transactions", "wallets/{0}/relationships/transactions"]
)
def test_j172_on_every_read(api: Api, home: Household, path: str) -> None:
    """M · Unknown parameters are refused on every kind of read."""
    assert api.get(f"/api/{path.format(home.rent.pk)}?foo=1").status_code == 400


def test_j173_on_every_write(api: Api, home: Household) -> None:
    """M · Unknown parameters are refused on writes, and nothing is done."""
    url = f"/api/wallets/{home.rent.pk}"
    body = wallet_document(label="New")
    assert api.post("/api/wallets?foo=1", body).status_code == 400
    assert (
        api.patch(f"{url}?foo=1", update("wallets", home.rent.pk, label="New")).status_code == 400
    )
    assert api.delete(f"/api/transactions/{home.first.pk}?foo=1").status_code == 400
    assert not Wallet.objects.filter(label="New").exists()
    assert home.rent.transactions.visible().count() == 5


@pytest.mark.parametrize(
    "name", ["filter[_]", "filter[-a]", "page[]", "sort[x]", "include[]", "fields[]", "filter[a"]
)
def test_j174_illegal_family_members(api: Api, db: None, name: str) -> None:
    """M · Illegal names within a family are refused with 400."""
    assert api.get(f"/api/wallets?{name}=1").status_code == 400


@pytest.mark.parametrize("name", ["foo", "sort[x]", "fooBar", "page[foo]"])
def test_j175_the_parameter_is_named(api: Api, db: None, name: str) -> None:
    """S · The refusal names the parameter exactly."""
    assert sources(api.get(f"/api/wallets?{name}=1")) == [{"parameter": name}]


@pytest.mark.parametrize("pair", ["sort=id", "include=", "fields[wallets]=label", "page[size]=2"])
def test_j176_repeated_parameters(api: Api, db: None, pair: str) -> None:
    """I · A repeated parameter is refused with 400."""
    assert api.get(f"/api/wallets?{pair}&{pair}").status_code == 400


@pytest.mark.parametrize(
    "query", ["filter[label]=%FF", "filter[label]=%00", "%FF=1", "sort=%ED%A0%80"]
)
def test_j177_what_is_not_text(api: Api, db: None, query: str) -> None:
    """I · Invalid UTF-8 and NUL are refused with 400."""
    assert api.get(f"/api/wallets?{query}").status_code == 400


def test_j178_form_encoding(api: Api, home: Household) -> None:
    """M · Plus and %20 are spaces, and %2C is a comma."""
    post(home.rent, "1", txid="a b")
    for text in ("a+b", "a%20b"):
        assert txids(api.get(f"/api/transactions?filter[txid]={text}")) == ["a b"]
    document = api.get("/api/wallets?fields[wallets]=label%2Cstatus").json()
    assert set(document["data"][0]["attributes"]) == {"label", "status"}
