"""M. Deleting resources: https://jsonapi.org/format/#crud-deleting."""

from tests.api.jsonapi.conformance.conftest import Household
from tests.api.jsonapi.conftest import errors
from tests.conftest import Api


def test_j250_a_deletion_says_nothing(api: Api, home: Household) -> None:
    """M · A deletion is answered with 204 and no body; then there is nothing."""
    url = f"/api/transactions/{home.first.pk}"
    answer = api.delete(url)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "Content-Type" not in answer
    assert api.get(url).status_code == 404


def test_j251_deleting_what_is_missing(api: Api, home: Household) -> None:
    """S · A deletion of what is not there is answered with 404."""
    assert api.delete("/api/wallets/999999").status_code == 404
    assert api.delete(f"/api/wallets/{home.other.pk}").status_code == 404


def test_j252_deleting_what_is_in_use(api: Api, home: Household) -> None:
    """I · A wallet with money in it is not deleted: 409."""
    answer = api.delete(f"/api/wallets/{home.rent.pk}")
    assert (answer.status_code, errors(answer)) == (409, [("wallet_not_empty", None)])
