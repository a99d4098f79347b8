"""What is allowed: pure decisions on a locked wallet's state. No framework, clock or I/O."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from wallet_transaction_api import money
from wallet_transaction_api.ledger import errors

CLIENT_KINDS = frozenset({"deposit", "withdrawal"})
#: Of a transfer's legs, between wallets of one owner and of two.
LEG_KINDS = frozenset({"transfer", "payment"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletState:
    """A wallet's columns as locked; a decision returns the state that it leads to."""

    id: int
    uuid: UUID
    owner_id: int
    currency: str
    balance: Decimal
    held: Decimal
    available: Decimal
    floor: Decimal
    status: str
    version: int
    last_sequence: int
    updated_at: datetime
    next_expiry_at: datetime | None = None
    is_limited: bool = False


def posted(wallet: WalletState, amount: Decimal, *, now: datetime) -> WalletState:
    """Return the wallet after a movement of its balance by the signed `amount`.

    Refuses on a frozen or closed wallet, when `available` would fall below the floor, and
    when the balance would leave the storable range.
    """
    refuse_unless_active(wallet)
    available = money.add(wallet.available, amount)
    if amount < 0 and available < wallet.floor:
        raise errors.InsufficientFunds(available=wallet.available, currency=wallet.currency)
    balance = money.add(wallet.balance, amount)
    if not (money.in_range(balance) and money.in_range(available)):
        raise errors.BalanceOutOfRange
    return _stepped(
        wallet,
        now,
        balance=balance,
        available=available,
        last_sequence=wallet.last_sequence + 1,
    )


def touched(wallet: WalletState, *, now: datetime) -> WalletState:
    """Return the wallet after a change that moves no money; refuses like a movement of it."""
    refuse_unless_active(wallet)
    return _stepped(wallet, now)


def held(
    wallet: WalletState, amount: Decimal, *, expires_at: datetime, now: datetime
) -> WalletState:
    """Return the wallet with the positive `amount` of what is available set aside until then.

    Refuses what a withdrawal of the amount would be refused.
    """
    refuse_unless_active(wallet)
    if amount <= 0:
        raise errors.AmountInvalid("A hold is of a positive amount.")
    available = money.subtract(wallet.available, amount)
    if available < wallet.floor:
        raise errors.InsufficientFunds(available=wallet.available, currency=wallet.currency)
    total = money.add(wallet.held, amount)
    if not (money.in_range(available) and money.in_range(total)):
        raise errors.BalanceOutOfRange
    first = min(wallet.next_expiry_at or expires_at, expires_at)
    return _stepped(wallet, now, available=available, held=total, next_expiry_at=first)


def released(
    wallet: WalletState, amount: Decimal, *, next_expiry_at: datetime | None, now: datetime
) -> WalletState:
    """Return the wallet with `amount` of what is held made available again, also a frozen one.

    `next_expiry_at` is the first of the holds that stay.
    """
    return _stepped(
        wallet,
        now,
        available=money.add(wallet.available, amount),
        held=money.subtract(wallet.held, amount),
        next_expiry_at=next_expiry_at,
    )


def captured(wallet: WalletState, amount: Decimal, *, now: datetime) -> WalletState:
    """Return the wallet after a movement that takes `amount` out of what is held.

    A frozen wallet lets it pass: the money was set aside before.
    """
    balance = money.subtract(wallet.balance, amount)
    if not money.in_range(balance):
        raise errors.BalanceOutOfRange
    return _stepped(
        wallet,
        now,
        balance=balance,
        held=money.subtract(wallet.held, amount),
        last_sequence=wallet.last_sequence + 1,
    )


def is_due(wallet: WalletState, now: datetime) -> bool:
    """Tell whether a hold of the wallet has to expire before anything is decided."""
    return wallet.next_expiry_at is not None and wallet.next_expiry_at <= now


def limited(wallet: WalletState, *, is_limited: bool, now: datetime) -> WalletState:
    """Return the wallet noting whether it has limits; a closed one is past having any."""
    if wallet.status == "closed":
        raise errors.WalletClosed
    return _stepped(wallet, now, is_limited=is_limited)


def never_back(wallet: WalletState, now: datetime) -> datetime:
    """Return the moment of a change: a clock that steps back never reorders a wallet's journal."""
    return max(wallet.updated_at, now)


def refuse_unless_active(wallet: WalletState) -> None:
    """Refuse on a frozen or closed wallet."""
    if wallet.status == "frozen":
        raise errors.WalletFrozen
    if wallet.status != "active":
        raise errors.WalletClosed


def refuse_unless_empty(wallet: WalletState) -> None:
    """Refuse to close a wallet with money or a live hold in it."""
    if wallet.balance or wallet.held:
        raise errors.WalletNotEmpty


def refuse_raise(amount: Decimal, *, may_raise: bool) -> None:
    """Refuse to raise one's own total where that is disabled (`SELF_CREDIT=false`)."""
    if amount > 0 and not may_raise:
        raise errors.SelfCreditDisabled


def lowest_available(wallet: WalletState, overdraft_limit: Decimal) -> Decimal:
    """Return the floor for an overdraft limit; refuses a negative limit and one in use."""
    if overdraft_limit < 0:
        raise errors.AmountInvalid("An overdraft limit is not negative.")
    floor = money.negate(overdraft_limit)
    if wallet.available < floor:
        raise errors.OverdraftInUse
    return floor


def kind_of(amount: Decimal, kind: str) -> str:
    """Return the transaction's kind, from the amount's sign when not given."""
    natural = "deposit" if amount > 0 else "withdrawal"
    if kind in CLIENT_KINDS and kind != natural:
        raise errors.KindInvalid(f"A {kind} of this sign is a {natural}.")
    return kind or natural


def refuse_lone_leg(kind: str, transfer_id: int | None) -> None:
    """Refuse a leg's kind to what is no leg: `verify_ledger` would miss the transfer."""
    if kind in LEG_KINDS and transfer_id is None:
        raise errors.KindInvalid(f"A {kind} is one side of a transfer.")


def kind_amended(amount: Decimal, kind: str) -> str:
    """Return the kind once amended to `amount`: a deposit taken below zero is a withdrawal."""
    if kind == "opening" and amount < 0:
        raise errors.AmountInvalid("An opening balance is not negative.")
    return kind_of(amount, "") if kind in CLIENT_KINDS else kind


def exact_amount(value: object, exponent: int, *, zero: bool = False) -> Decimal:
    """Return the amount that the value writes in a currency of that exponent.

    Raises `AmountInvalid` or `AmountPrecision`; a zero is refused unless `zero`.
    """
    try:
        amount = money.parse(value, exponent)
    except money.TooPrecise as error:
        raise errors.AmountPrecision(f"Amount has {error}.") from error
    except money.NotAnAmount as error:
        raise errors.AmountInvalid(f"Amount is {error}.") from error
    if not amount and not zero:
        raise errors.AmountInvalid("Amount is zero.")
    return amount


def _stepped(wallet: WalletState, now: datetime, **changes: Any) -> WalletState:
    moment = never_back(wallet, now)
    return replace(wallet, version=wallet.version + 1, updated_at=moment, **changes)
