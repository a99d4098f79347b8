"""The currencies of this installation: ISO 4217 and the configured assets.

A currency may leave the list while wallets hold it: ISO 4217 withdrew BGN, or `ASSETS` no longer
names it. Money can always leave such a wallet; nothing new enters it.
"""

from decimal import Decimal

from django.conf import settings
from django.db.models import Q

from wallet_transaction_api import money
from wallet_transaction_api.ledger import errors
from wallet_transaction_api.ledger.rules import WalletState
from wallet_transaction_api.models import Wallet


def exponent(code: str) -> int:
    """Return the currency's number of decimals.

    A currency that is no longer listed has those that it had, and as many as can be stored when
    nobody knows them.
    """
    digits = _known(code)
    return money.DECIMAL_PLACES if digits is None else digits


def refuse_unlisted(code: str) -> None:
    """Raise `CurrencyUnknown` for a currency that no wallet can be opened in."""
    if not is_listed(code):
        raise errors.CurrencyUnknown(f"{code!r} is neither ISO 4217 nor a configured asset.")


def refuse_new_money(wallet: WalletState, amount: Decimal) -> None:
    """Raise `CurrencyRetired` for a deposit in a currency that is no longer listed.

    What repays an overdraft passes, up to a balance of zero: else the wallet could never close.
    """
    if amount <= 0 or is_listed(wallet.currency):
        return
    if money.add(wallet.balance, amount) > 0:
        raise errors.CurrencyRetired(
            f"{wallet.currency} is no longer listed here: money can leave the wallet, not enter it."
        )


def is_listed(code: str) -> bool:
    """Tell whether wallets may be opened, and money paid in, in this currency."""
    return code in money.ISO_4217 or code in settings.ASSETS


def retired() -> list[str]:
    """Return the currencies that wallets hold money of and that are no longer listed."""
    held = Wallet.objects.filter(~Q(balance=money.ZERO) | ~Q(held=money.ZERO))
    codes = held.order_by("currency").values_list("currency", flat=True).distinct()
    return [code for code in codes if not is_listed(code)]


def advice(code: str) -> tuple[str, str]:
    """Return what is wrong with money in a currency that is no longer listed, and the way out."""
    again = f"ASSETS={code}:{money.WITHDRAWN.get(code, 'decimals')}"
    return (
        f"Wallets hold {code}, neither ISO 4217 nor in ASSETS: it can leave them, not enter them.",
        f"Withdraw or exchange it until they are empty, or list it again: {again}.",
    )


def format_amount(amount: Decimal | str, code: str) -> str:
    """Write an amount as on the wire; one in a currency whose decimals nobody knows in full.

    Plain digits, as databases write a number, serve as well.
    """
    text = amount if isinstance(amount, str) else f"{amount:f}"
    return money.format_digits(text, _known(code) or 0)


def _known(code: str) -> int | None:
    """Look in ISO 4217 first: no asset has a code of its, and settings are slow to ask."""
    digits = money.ISO_4217.get(code)
    if digits is None:
        digits = settings.ASSETS.get(code)
    return money.WITHDRAWN.get(code) if digits is None else digits
