"""The terms of a transfer: pure decisions on currencies and amounts."""

from decimal import Decimal
from typing import Any

import pytest

from wallet_transaction_api.ledger import errors, exchange
from wallet_transaction_api.ledger.exchange import Terms, Unit

USD, EUR, JPY, ETH = Unit("USD", 2), Unit("EUR", 2), Unit("JPY", 0), Unit("ETH", 18)


def _agree(source: Unit, destination: Unit, amount: object, arriving: object = None) -> Terms:
    return exchange.agree(
        source, destination, amount=amount, destination_amount=arriving, may_exchange=True
    )


@pytest.mark.parametrize("arriving", [None, "7.5", "7.50", Decimal("7.5")])
def test_within_a_currency_what_leaves_arrives(arriving: object) -> None:
    amount = Decimal("7.50")
    assert _agree(USD, USD, "7.5", arriving) == Terms(amount=amount, destination_amount=amount)


@pytest.mark.parametrize("arriving", ["7.51", "7.49", "750"])
def test_within_a_currency_another_amount_cannot_arrive(arriving: str) -> None:
    with pytest.raises(errors.DestinationAmountInvalid) as refused:
        _agree(USD, USD, "7.5", arriving)
    assert (refused.value.code, refused.value.attribute) == ("amount_invalid", "destinationAmount")


@pytest.mark.parametrize(
    ("source", "destination", "amount", "arriving", "rate"),
    [
        (USD, EUR, "100.00", "92.5", "0.925"),
        (USD, JPY, "1", "155", "155"),
        (JPY, USD, "155", "1", "0.006451612903225806"),
        (USD, EUR, "3.00", "2.00", "0.666666666666666667"),
    ],
)
def test_the_rate_is_derived_from_both_amounts(
    source: Unit, destination: Unit, amount: str, arriving: str, rate: str
) -> None:
    terms = _agree(source, destination, amount, arriving)
    assert terms.rate == Decimal(rate)
    assert (terms.amount, terms.destination_amount) == (Decimal(amount), Decimal(arriving))


@pytest.mark.parametrize(
    ("source", "destination", "amount", "arriving"),
    [(ETH, JPY, "0.000000000000000001", "1"), (JPY, ETH, "3", "0.000000000000000001")],
)
def test_refuses_a_rate_that_cannot_be_stored(
    source: Unit, destination: Unit, amount: str, arriving: str
) -> None:
    with pytest.raises(errors.DestinationAmountInvalid, match="range"):
        _agree(source, destination, amount, arriving)


def test_between_currencies_both_amounts_are_needed() -> None:
    with pytest.raises(errors.CurrencyMismatch) as refused:
        _agree(USD, EUR, "1")
    assert "EUR" not in refused.value.detail


def test_between_currencies_a_permission_is_needed_before_anything_is_told() -> None:
    with pytest.raises(errors.ExchangeNotPermitted):
        exchange.agree(USD, JPY, amount="1", destination_amount="0.005", may_exchange=False)


@pytest.mark.parametrize(
    ("amount", "arriving", "refusal", "attribute"),
    [
        ("0", "1", errors.AmountInvalid, "amount"),
        ("-1", "1", errors.AmountInvalid, "amount"),
        ("1.001", "1", errors.AmountPrecision, "amount"),
        ("NaN", "1", errors.AmountInvalid, "amount"),
        (True, "1", errors.AmountInvalid, "amount"),
        ("1", "0", errors.AmountInvalid, "destinationAmount"),
        ("1", "-1", errors.AmountInvalid, "destinationAmount"),
        ("1", "0.5", errors.AmountPrecision, "destinationAmount"),
        ("1", "1e3", errors.AmountInvalid, "destinationAmount"),
    ],
)
def test_refuses_an_amount_that_is_none(
    amount: Any, arriving: Any, refusal: type[errors.LedgerError], attribute: str
) -> None:
    with pytest.raises(refusal) as refused:
        _agree(USD, JPY, amount, arriving)
    assert refused.value.attribute == attribute
