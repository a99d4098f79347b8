"""The terms of a transfer: what leaves, what arrives, at which rate. Pure decisions."""

from dataclasses import dataclass
from decimal import Decimal

from wallet_transaction_api import money
from wallet_transaction_api.ledger import errors, rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Both amounts, each in its wallet's currency; they are the exact rate.

    `rate` is the destination's units per unit of the source, rounded half even to 18 decimals;
    None between wallets of one currency.
    """

    amount: Decimal
    destination_amount: Decimal
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """A wallet's currency and its number of decimals."""

    currency: str
    exponent: int


def agree(
    source: Unit,
    destination: Unit,
    *,
    amount: object,
    destination_amount: object = None,
    may_exchange: bool = False,
) -> Terms:
    """Return the terms; both amounts are positive and no finer than their currencies.

    Between currencies it takes both amounts (`CurrencyMismatch`) and the permission to exchange
    (`ExchangeNotPermitted`). Within one currency what leaves arrives: another
    `destination_amount` is refused.
    """
    leaving = _positive(amount, source.exponent)
    if source.currency == destination.currency:
        _refuse_difference(leaving, destination_amount, source.exponent)
        return Terms(amount=leaving, destination_amount=leaving)
    if destination_amount is None:
        raise errors.CurrencyMismatch("The wallets' currencies differ: give destinationAmount.")
    if not may_exchange:
        raise errors.ExchangeNotPermitted
    arriving = _arriving(destination_amount, destination.exponent)
    return Terms(amount=leaving, destination_amount=arriving, rate=_rate(leaving, arriving))


def _positive(value: object, exponent: int) -> Decimal:
    amount = rules.exact_amount(value, exponent)
    if amount < 0:
        raise errors.AmountInvalid("Amount is negative.")
    return amount


def _arriving(value: object, exponent: int) -> Decimal:
    try:
        return _positive(value, exponent)
    except errors.InvalidInput as refusal:
        raise refusal.at("destinationAmount") from None


def _refuse_difference(leaving: Decimal, destination_amount: object, exponent: int) -> None:
    if destination_amount is not None and _arriving(destination_amount, exponent) != leaving:
        detail = "The wallets have one currency: what leaves is what arrives."
        raise errors.DestinationAmountInvalid(detail)


def _rate(leaving: Decimal, arriving: Decimal) -> Decimal:
    rate = money.quotient(arriving, leaving)
    if not rate or not money.in_range(rate):
        raise errors.DestinationAmountInvalid("The rate leaves the range that can be stored.")
    return rate
