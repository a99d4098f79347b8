"""The two legs of an ordered transfer, decided on locked wallets; nothing is written here."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, TypeAlias

from wallet_transaction_api import money
from wallet_transaction_api.ledger import currencies, errors, exchange, recording
from wallet_transaction_api.ledger.exchange import Terms, Unit
from wallet_transaction_api.ledger.journal import Book, Movement
from wallet_transaction_api.ledger.postings import Posting

Leg: TypeAlias = tuple[Posting, Movement]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to transfer: a positive amount in the source's currency.

    `destination_amount`, in the destination's currency, is needed where the currencies differ,
    and with it `may_exchange`. To who does not see the destination (`sees_destination=False`)
    nothing is told of it but that it is unavailable.
    """

    source_id: int
    destination_id: int
    amount: Decimal
    destination_amount: Decimal | None = None
    txid: str = ""
    description: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    actor_id: int | None = None
    may_exchange: bool = False
    sees_destination: bool = True

    @property
    def is_foreign(self) -> bool:
        """Whether nothing is known of the destination but its handle."""
        return not self.sees_destination

    @property
    def own_ids(self) -> list[int]:
        """The wallets that are locked in id order, before a foreign one."""
        return [self.source_id] if self.is_foreign else [self.source_id, self.destination_id]


def decide(book: Book, order: Order, terms: Terms) -> list[Leg]:
    """Decide both legs, the source's first; the first refusal is raised."""
    return [_leave(book, order, terms), _arrive(book, order, terms)]


def agree(book: Book, order: Order) -> Terms:
    """Return the terms by the wallets' currencies; raises `WalletNotFound` naming the side."""
    return exchange.agree(
        _unit(book, order.source_id, "source"),
        _unit(book, order.destination_id, "destination"),
        amount=order.amount,
        destination_amount=order.destination_amount,
        may_exchange=order.may_exchange,
    )


def _unit(book: Book, wallet_id: int, side: str) -> Unit:
    try:
        currency = book.wallet(wallet_id).currency
    except errors.WalletNotFound as refusal:
        raise refusal.at(side) from None
    return Unit(currency, currencies.exponent(currency))


def _leave(book: Book, order: Order, terms: Terms) -> Leg:
    leg = _leg(book, order, order.source_id, money.negate(terms.amount))
    return _decided(book, replace(leg, client_txid=order.txid), "source")


def _arrive(book: Book, order: Order, terms: Terms) -> Leg:
    leg = _leg(book, order, order.destination_id, terms.destination_amount)
    try:
        return _decided(book, leg, "destination")
    except errors.StateRefusal:
        if order.sees_destination:
            raise
        raise errors.DestinationUnavailable from None


def _leg(book: Book, order: Order, wallet_id: int, amount: Decimal) -> Posting:
    is_own = is_of_one_owner(book, order.source_id, order.destination_id)
    return Posting(
        wallet_id=wallet_id,
        amount=amount,
        kind="transfer" if is_own else "payment",
        description=order.description,
        actor_id=order.actor_id,
    )


def _decided(book: Book, leg: Posting, side: str) -> Leg:
    """Decide a leg; a refusal that names no input of its own is about this side's wallet."""
    try:
        return recording.decide(book, leg)
    except errors.StateRefusal as refusal:
        raise refusal.at(refusal.attribute or side) from None


def is_of_one_owner(book: Book, source_id: int, destination_id: int) -> bool:
    """Tell whether the money stays with one person."""
    return book.wallet(source_id).owner_id == book.wallet(destination_id).owner_id
