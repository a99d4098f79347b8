"""The requests of a storm, each with what it does to the books if it passes."""

from decimal import Decimal
from typing import Any, NamedTuple

from tests.conftest import JSONAPI
from tests.history import Effect
from wallet_transaction_api.models import Wallet


class Ask(NamedTuple):
    """A request as it is sent, each time the same."""

    method: str
    path: str
    body: Any
    content_type: str = JSONAPI


#: A request, and what it moves.
Meant = tuple[Ask, tuple[Effect, ...]]


def _document(kind: str, amount: Decimal, **wallets: Wallet) -> dict[str, Any]:
    ends = {name: {"data": {"type": "wallets", "id": str(w.pk)}} for name, w in wallets.items()}
    return {"data": {"type": kind, "attributes": {"amount": str(amount)}, "relationships": ends}}


def posted(wallet: Wallet, amount: Decimal) -> Meant:
    """Post to the wallet."""
    body = _document("transactions", amount, wallet=wallet)
    return Ask("POST", "/api/transactions", body), ((wallet.pk, amount),)


def transferred(source: Wallet, destination: Wallet, amount: Decimal) -> Meant:
    """Transfer from one to the other."""
    body = _document("transfers", amount, source=source, destination=destination)
    return Ask("POST", "/api/transfers", body), ((source.pk, -amount), (destination.pk, amount))


def operated(wallet: Wallet, amount: Decimal) -> Meant:
    """Deposit or withdraw at the operations face."""
    kind = "DEPOSIT" if amount > 0 else "WITHDRAW"
    body = {"operationType": kind, "amount": str(abs(amount))}
    path = f"/api/v1/wallets/{wallet.uuid}/operation"
    return Ask("POST", path, body, "application/json"), ((wallet.pk, amount),)


def held(wallet: Wallet, amount: Decimal) -> Meant:
    """Set an amount aside."""
    body = _document("holds", amount, wallet=wallet)
    return Ask("POST", "/api/holds", body), ((wallet.pk, "pending", amount),)


def captured(key: str, wallet: int, taken: Decimal) -> Meant:
    """Take an amount out of a stored hold."""
    ask = _ended(key, status="captured", captureAmount=str(taken))
    return ask, ((wallet, -taken), (wallet, "captured", taken))


def voided(key: str, wallet: int, placed: Decimal) -> Meant:
    """Release a stored hold."""
    return _ended(key, status="voided"), ((wallet, "voided", placed),)


def _ended(key: str, **attributes: str) -> Ask:
    body = {"data": {"type": "holds", "id": key, "attributes": attributes}}
    return Ask("PATCH", f"/api/holds/{key}", body)


def amended(key: str, wallet: int, stored: Decimal, difference: Decimal) -> Meant:
    """Amend a stored transaction by the difference."""
    attributes = {"amount": str(stored + difference)}
    body = {"data": {"type": "transactions", "id": key, "attributes": attributes}}
    effects = ((wallet, difference),) if stored + difference else ()
    return Ask("PATCH", f"/api/transactions/{key}", body), effects


def deleted(key: str, wallet: int, stored: Decimal) -> Meant:
    """Take a stored transaction back."""
    return Ask("DELETE", f"/api/transactions/{key}", None), ((wallet, -stored),)
