"""Currencies: ISO 4217's, and the assets that this installation has configured."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from wallet_transaction_api import money
from wallet_transaction_api.ledger import currencies, errors


@pytest.fixture(autouse=True)
def _assets(settings: Any) -> None:
    settings.ASSETS = {"BTC": 8}


@pytest.mark.parametrize(("code", "decimals"), [("USD", 2), ("JPY", 0), ("BTC", 8)])
def test_a_currency_has_its_decimals(code: str, decimals: int) -> None:
    assert currencies.exponent(code) == decimals


def test_what_is_neither_of_iso_nor_configured_is_unknown() -> None:
    with pytest.raises(errors.CurrencyUnknown, match="ETH"):
        currencies.refuse_unlisted("ETH")


@pytest.mark.parametrize(("code", "decimals"), [("BGN", 2), ("BYR", 0), ("GONE", 18)])
def test_a_currency_that_left_the_list_has_the_decimals_that_it_had(
    code: str, decimals: int
) -> None:
    assert not currencies.is_listed(code)
    assert currencies.exponent(code) == decimals


def test_no_withdrawn_code_is_in_iso_4217() -> None:
    assert not set(money.WITHDRAWN) & set(money.ISO_4217)


def test_every_code_that_was_ever_listed_is_known_still() -> None:
    """A new list may drop codes that wallets hold: move them to `money.WITHDRAWN`."""
    path = Path(__file__).with_name("iso_4217_codes.txt")
    known = {**money.ISO_4217, **money.WITHDRAWN}
    listed = dict(line.split() for line in path.read_text().splitlines())
    assert {code: int(decimals) for code, decimals in listed.items()}.items() <= known.items()


@pytest.mark.parametrize(
    ("amount", "code", "text"),
    [
        (Decimal("1.5"), "USD", "1.50"),
        (Decimal("1E+3"), "USD", "1000.00"),
        (Decimal(5), "JPY", "5"),
        (Decimal("0.5"), "BTC", "0.50000000"),
        ("1.500000000000000000", "USD", "1.50"),
        ("0.5", "BTC", "0.50000000"),
    ],
)
def test_an_amount_is_written_with_its_currencys_decimals(
    amount: Decimal | str, code: str, text: str
) -> None:
    assert currencies.format_amount(amount, code) == text


@pytest.mark.parametrize(("amount", "text"), [("5", "5"), ("5.250000", "5.25")])
def test_an_amount_of_an_asset_no_longer_configured_is_written_in_full(
    amount: str, text: str
) -> None:
    assert currencies.format_amount(Decimal(amount), "GONE") == text
