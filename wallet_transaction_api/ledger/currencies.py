"""The currencies of this installation: ISO 4217 and the configured assets."""

from decimal import Decimal

from django.conf import settings

from wallet_transaction_api import money
from wallet_transaction_api.ledger import errors


def exponent(code: str) -> int:
    """Return the currency's number of decimals; raise `CurrencyUnknown`."""
    digits = _known(code)
    if digits is None:
        raise errors.CurrencyUnknown(f"{code!r} is neither ISO 4217 nor a configured asset.")
    return digits


def format_amount(amount: Decimal | str, code: str) -> str:
    """Write an amount as on the wire; one of an asset no longer configured in full.

    Plain digits, as databases write a number, serve as well.
    """
    text = amount if isinstance(amount, str) else f"{amount:f}"
    return money.format_digits(text, _known(code) or 0)


def _known(code: str) -> int | None:
    """Look in ISO 4217 first: no asset has a code of its, and settings are slow to ask."""
    digits = money.ISO_4217.get(code)
    return settings.ASSETS.get(code) if digits is None else digits
