"""What must be true of an entry, a transaction and a wallet: one small function per promise.

Each takes rows as read and returns what is wrong, or None. The function's name is the
violation's. Amounts are exact decimals; a `Tally` carries what one wallet's rows add up to.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from wallet_transaction_api import money
from wallet_transaction_api.ledger import currencies
from wallet_transaction_api.sql import Row

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken promise: its name, the row that breaks it, and both sides of what differs."""

    name: str
    subject: str
    detail: str

    def __str__(self) -> str:
        return f"{self.name}: {self.subject}: {self.detail}"


@dataclass(slots=True)
class Tally:
    """One wallet's row and what its rows were seen to add up to."""

    wallet: Row
    last_sequence: int = 0
    last_hold_sequence: int = 0
    last_moment: datetime = _BEFORE_ALL
    balance_after: Decimal = money.ZERO
    moved: Decimal = money.ZERO
    visible: Decimal = money.ZERO
    pending: Decimal = money.ZERO
    next_expiry_at: datetime | None = None
    decimals: int = field(init=False)

    def __post_init__(self) -> None:
        self.decimals = currencies.exponent(self.wallet["currency"])


def of_entry(entry: Row, tally: Tally | None) -> list[Violation]:
    """Check one entry against the one before it, and count it."""
    subject = f"wallet {entry['wallet_id']} entry {entry['sequence']}"
    if tally is None:
        return [Violation("wallet_exists", subject, "its wallet is missing")]
    found = [
        Violation(check.__name__, subject, detail)
        for check in ENTRY_CHECKS
        if (detail := check(entry, tally))
    ]
    tally.last_sequence = entry["sequence"]
    tally.last_moment = entry["created_at"]
    tally.balance_after = entry["balance_after"]
    tally.moved = money.add(tally.moved, entry["amount"])
    return found


def of_transaction(transaction: Row, tally: Tally | None) -> list[Violation]:
    """Check one transaction against its entries, and count it if it is visible."""
    subject = f"transaction {transaction['id']}"
    if tally is None:
        return [Violation("wallet_exists", subject, "its wallet is missing")]
    if transaction["deleted_at"] is None:
        tally.visible = money.add(tally.visible, transaction["amount"])
    return [
        Violation(check.__name__, subject, detail)
        for check in TRANSACTION_CHECKS
        if (detail := check(transaction, tally))
    ]


def of_wallet(tally: Tally) -> list[Violation]:
    """Check a wallet whose entries and transactions have all been counted."""
    return [
        Violation(check.__name__, f"wallet {tally.wallet['id']}", detail)
        for check in WALLET_CHECKS
        if (detail := check(tally))
    ]


def sequence_has_no_gap(entry: Row, tally: Tally) -> str | None:
    """Expect entries to be numbered from 1 up without a gap."""
    return _unless_equal("sequence", entry["sequence"], "expected", tally.last_sequence + 1)


def entry_adds_up(entry: Row, tally: Tally) -> str | None:
    """Expect an entry's balance to be the one before it plus its amount."""
    expected = money.add(tally.balance_after, entry["amount"])
    return _unless_equal("balance_after", entry["balance_after"], "expected", expected)


def entry_is_no_older_than_the_last(entry: Row, tally: Tally) -> str | None:
    """Expect moments not to go back along the sequence: `history` relies on it."""
    if entry["created_at"] >= tally.last_moment:
        return None
    return f"created_at {entry['created_at']}, the one before it {tally.last_moment}"


def entry_belongs_to_the_transactions_wallet(entry: Row, tally: Tally) -> str | None:
    """Expect an entry and its transaction to name the same wallet."""
    names = ("wallet of the transaction", entry["transaction_wallet_id"])
    return _unless_equal(*names, "wallet of the entry", entry["wallet_id"])


def entry_fits_the_currency(entry: Row, tally: Tally) -> str | None:
    """Expect no entry finer than the currency's smallest unit."""
    return _too_fine("amount", entry["amount"], tally.decimals)


def transaction_is_sum_of_its_entries(transaction: Row, tally: Tally) -> str | None:
    """Expect a visible transaction's amount to be what its entries moved."""
    if transaction["deleted_at"] is not None:
        return None
    return _unless_equal("amount", transaction["amount"], "entries", transaction["moved"])


def reversed_transaction_moved_nothing(transaction: Row, tally: Tally) -> str | None:
    """Expect a reversed transaction's entries to cancel out."""
    if transaction["deleted_at"] is None:
        return None
    return _unless_equal("entries", transaction["moved"], "expected", money.ZERO)


def balance_after_is_its_entrys(transaction: Row, tally: Tally) -> str | None:
    """Expect the balance that its last entry left, the reversal aside, which leaves it as it was.

    A fixture's reversed transaction has no entries, and nothing says what it left.
    """
    if transaction["balance_left"] is None:
        return None
    names = ("balance_after", transaction["balance_after"])
    return _unless_equal(*names, "entry", transaction["balance_left"])


def transaction_fits_the_currency(transaction: Row, tally: Tally) -> str | None:
    """Expect no transaction finer than the currency's smallest unit."""
    return _too_fine("amount", transaction["amount"], tally.decimals)


def balance_is_sum_of_transactions(tally: Tally) -> str | None:
    """Expect the balance to be the sum of the visible transactions."""
    return _unless_equal("balance", tally.wallet["balance"], "transactions", tally.visible)


def balance_is_sum_of_entries(tally: Tally) -> str | None:
    """Expect the balance to be the sum of the entries."""
    return _unless_equal("balance", tally.wallet["balance"], "entries", tally.moved)


def balance_is_the_last_entrys(tally: Tally) -> str | None:
    """Expect the balance to be what the last entry left."""
    return _unless_equal("balance", tally.wallet["balance"], "last entry", tally.balance_after)


def last_sequence_is_the_last_entrys(tally: Tally) -> str | None:
    """Expect the wallet's counter to be at its last entry."""
    counter = tally.wallet["last_sequence"]
    return _unless_equal("last_sequence", counter, "last entry", tally.last_sequence)


def balance_is_available_plus_held(tally: Tally) -> str | None:
    """Expect what is not held to be available."""
    whole = money.add(tally.wallet["available"], tally.wallet["held"])
    return _unless_equal("balance", tally.wallet["balance"], "available + held", whole)


def available_is_not_below_the_floor(tally: Tally) -> str | None:
    """Expect nothing spent beyond the overdraft limit."""
    available, floor = tally.wallet["available"], tally.wallet["floor"]
    return f"available {available:f}, floor {floor:f}" if available < floor else None


def balance_is_in_range(tally: Tally) -> str | None:
    """Expect a balance of at most 18 integer digits."""
    balance = tally.wallet["balance"]
    return None if money.in_range(balance) else f"balance {balance:f}"


def wallet_fits_the_currency(tally: Tally) -> str | None:
    """Expect no money column finer than the currency's smallest unit."""
    names = ("balance", "available", "held", "floor")
    return next(
        filter(None, (_too_fine(name, tally.wallet[name], tally.decimals) for name in names)), None
    )


ENTRY_CHECKS: tuple[Callable[[Row, Tally], str | None], ...] = (
    sequence_has_no_gap,
    entry_adds_up,
    entry_is_no_older_than_the_last,
    entry_belongs_to_the_transactions_wallet,
    entry_fits_the_currency,
)
TRANSACTION_CHECKS: tuple[Callable[[Row, Tally], str | None], ...] = (
    transaction_is_sum_of_its_entries,
    reversed_transaction_moved_nothing,
    balance_after_is_its_entrys,
    transaction_fits_the_currency,
)
WALLET_CHECKS: tuple[Callable[[Tally], str | None], ...] = (
    balance_is_sum_of_transactions,
    balance_is_sum_of_entries,
    balance_is_the_last_entrys,
    last_sequence_is_the_last_entrys,
    balance_is_available_plus_held,
    available_is_not_below_the_floor,
    balance_is_in_range,
    wallet_fits_the_currency,
)


def _unless_equal(name: str, value: object, other: str, expected: object) -> str | None:
    if value == expected:
        return None
    return f"{name} {shown(value)}, {other} {shown(expected)}"


def _too_fine(name: str, amount: Decimal, decimals: int) -> str | None:
    if money.fits(amount, decimals):
        return None
    try:
        money.parse(amount, decimals)
    except money.TooPrecise:
        return f"{name} {shown(amount)} has more than {decimals} decimals"
    except money.NotAnAmount:
        return None  # out of range, which has a check of its own
    return None


def shown(value: object) -> str:
    """Return a value as a violation says it."""
    return money.format_amount(value, 0) if isinstance(value, Decimal) else str(value)
