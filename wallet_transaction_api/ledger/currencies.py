"""The currencies of this installation: ISO 4217 and the configured assets."""

from decimal import Decimal

from django.conf import settings

from wallet_transaction_api import money
from wallet_transaction_api.ledger import errors


def exponent(code: str) -> int:
    """Return the currency's number of decimals; raise `CurrencyUnknown`."""
    digits = settings.ASSETS.get(code, money.ISO_4217.get(code))
    if digits is None:
        raise errors.CurrencyUnknown(f"{code!r} is neither ISO 4217 nor a configured asset.")
    return int(digits)


def format_amount(amount: Decimal | str, code: str) -> str:
    """Write an amount as on the wire; one of an asset no longer configured in full.

    Plain digits, as databases write a number, serve as well.
    """
    digits = settings.ASSETS.get(code, money.ISO_4217.get(code, 0))
    text = amount if isinstance(amount, str) else f"{amount:f}"
    return money.format_digits(text, digits)
