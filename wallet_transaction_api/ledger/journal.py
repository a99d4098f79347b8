"""The book of one unit of work: wallets locked in id order, decisions on them, the journal."""

from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from django.utils import timezone

from wallet_transaction_api import money, origins, sql
from wallet_transaction_api.ledger import (
    errors,
    events,
    expiry,
    limit_rules,
    locks,
    rules,
    statements,
)
from wallet_transaction_api.ledger.allowances import Allowances
from wallet_transaction_api.ledger.hold_rules import HoldState
from wallet_transaction_api.ledger.limit_rules import Use
from wallet_transaction_api.ledger.locks import Way
from wallet_transaction_api.ledger.rules import WalletState

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One movement of one wallet's balance, as its journal entry will say it."""

    wallet_id: int
    sequence: int
    amount: Decimal
    balance_after: Decimal
    reason: str
    actor_id: int | None
    created_at: datetime
    transaction_id: int | None = None
    request_id: str | None = field(default_factory=origins.request_id)


_COLUMNS = tuple(each.name for each in fields(Movement))


class Book:
    """Locked wallets and what was decided on them so far; `write` makes it so.

    Decisions build on each other: a second posting to the same wallet sees the first. A
    refused one changes nothing, so its neighbours in a batch are not touched. Holds that are
    due expire first, written at once: every decision is on what is true by the clock.
    """

    def __init__(self, wallet_ids: Iterable[int], *, way: Way = Way.WAIT) -> None:
        """Lock the wallets, in id order."""
        self._wallets: dict[int, WalletState] = {}
        self._changed: set[int] = set()
        self._allowances = Allowances()
        self.lock(wallet_ids, way)

    def __contains__(self, wallet_id: int) -> bool:
        """Tell whether the wallet was found and locked."""
        return wallet_id in self._wallets

    def lock(self, wallet_ids: Iterable[int], way: Way) -> None:
        """Lock further wallets, before anything is decided."""
        added = self._add(locks.lock(wallet_ids, way))
        # Read after the locks are held: who waited longer does not date its entry earlier.
        self.now = timezone.now()
        self._allowances.read([wallet.id for wallet in added if wallet.is_limited])
        self._expire_due()

    def trial(self, wallet_id: int) -> "Book":
        """Return a copy to try decisions on, with one more wallet as it is without its lock.

        What is decided there is never written: it is to find refusals before locking.
        """
        copy = deepcopy(self)
        copy.look_at(wallet_id)
        return copy

    def look_at(self, wallet_id: int) -> None:
        """Add a wallet without locking it; see `trial`."""
        self._add(locks.look_at(wallet_id))

    def wallet(self, wallet_id: int) -> WalletState:
        """Return the wallet as decided so far; raise `WalletNotFound`."""
        try:
            return self._wallets[wallet_id]
        except KeyError:
            raise errors.WalletNotFound from None

    def move(
        self, wallet_id: int, amount: Decimal, *, reason: str, actor_id: int | None
    ) -> Movement:
        """Decide one movement; raises the refusal of the rules and then changes nothing.

        A posted one counts against the wallet's limits. A reversal does not, and what an
        amendment counts depends on what it amends: see `count_edit`.
        """
        wallet = rules.posted(self.wallet(wallet_id), amount, now=self.now)
        if reason == "posted" and wallet.is_limited:
            self._count(wallet, limit_rules.use_of(amount))
        return _movement(self._decided(wallet), amount, reason=reason, actor_id=actor_id)

    def count_edit(self, wallet_id: int, before: Decimal, after: Decimal) -> None:
        """Count editing a transaction's amount against the wallet's limits, or refuse it."""
        self._count(self.wallet(wallet_id), limit_rules.use_of_edit(before, after))

    def hold(self, wallet_id: int, amount: Decimal, *, expires_at: datetime) -> WalletState:
        """Decide to set the amount aside; counts against the limits as taking it out would."""
        wallet = self.wallet(wallet_id)
        wallet = rules.held(wallet, amount, expires_at=expires_at, now=self.now)
        self._count(wallet, limit_rules.use_of(money.negate(amount)))
        return self._decided(wallet)

    def release(self, hold: HoldState) -> None:
        """Decide to make all of a hold available again; its use of limits is given back."""
        self._release(hold, hold.amount, times=1)

    def capture(self, hold: HoldState, amount: Decimal, *, actor_id: int | None) -> Movement:
        """Decide to take the amount out of a hold and to make the rest available again."""
        taken = rules.captured(self.wallet(hold.wallet_id), amount, now=self.now)
        self._decided(taken)
        self._release(hold, money.subtract(hold.amount, amount), times=0)
        return _movement(taken, money.negate(amount), reason="posted", actor_id=actor_id)

    def limit(self, wallet_id: int, *, is_limited: bool) -> WalletState:
        """Note whether the wallet has limits; from the next book on they count."""
        wallet = rules.limited(self.wallet(wallet_id), is_limited=is_limited, now=self.now)
        return self._decided(wallet)

    def touch(self, wallet_id: int) -> WalletState:
        """Note a change beside the money: the wallet's version grows, caches take notice."""
        return self._decided(rules.touched(self.wallet(wallet_id), now=self.now))

    def write(self) -> None:
        """Write the changed wallets and announce them once this is committed."""
        self.write_by(_move_wallets)

    def write_by(self, write: Callable[[list[WalletState]], T]) -> T:
        """Do the same with another way to write the wallets; return what it returns."""
        changed = [self._wallets[key] for key in sorted(self._changed)]
        self._changed.clear()
        written = write(changed)
        self._allowances.write()
        events.announce_after_commit(changed)
        return written

    def _add(self, rows: Iterable[sql.Row]) -> list[WalletState]:
        added = [WalletState(**row) for row in rows]
        self._wallets |= {wallet.id: wallet for wallet in added}
        return added

    def _decided(self, wallet: WalletState) -> WalletState:
        self._wallets[wallet.id] = wallet
        self._changed.add(wallet.id)
        return wallet

    def _count(self, wallet: WalletState, use: Use | None) -> None:
        counted = self._allowances.counted(wallet.id, use, at=rules.never_back(wallet, self.now))
        self._allowances.keep(counted)

    def _release(self, hold: HoldState, amount: Decimal, *, times: int) -> None:
        wallet = self.wallet(hold.wallet_id)
        first = wallet.next_expiry_at
        if first is None or hold.expires_at <= first:
            first = expiry.next_of([wallet.id], besides=hold.id).get(wallet.id)
        wallet = rules.released(wallet, amount, next_expiry_at=first, now=self.now)
        self._give_back(self._decided(wallet), amount, hold.created_at, times=times)

    def _give_back(
        self, wallet: WalletState, amount: Decimal, placed_at: datetime, *, times: int
    ) -> None:
        use = Use(direction="debit", amount=amount, whole=amount, times=times)
        moment = rules.never_back(wallet, self.now)
        self._allowances.keep(
            self._allowances.given_back(wallet.id, use, placed_at=placed_at, at=moment)
        )

    def _expire_due(self) -> None:
        """Expire and write at once: a posting that is refused next writes nothing itself."""
        due = [key for key, wallet in self._wallets.items() if rules.is_due(wallet, self.now)]
        if not due:
            return
        expired = expiry.expire_due(due, self.now)
        firsts = expiry.next_of(due)
        for key in due:
            freed = money.total(amount for owner, amount, _ in expired if owner == key)
            released = rules.released(
                self.wallet(key), freed, next_expiry_at=firsts.get(key), now=self.now
            )
            self._decided(released)
        for key, amount, placed_at in expired:
            self._give_back(self.wallet(key), amount, placed_at, times=1)
        self.write()


def _movement(
    wallet: WalletState, amount: Decimal, *, reason: str, actor_id: int | None
) -> Movement:
    return Movement(
        wallet_id=wallet.id,
        sequence=wallet.last_sequence,
        amount=amount,
        balance_after=wallet.balance,
        reason=reason,
        actor_id=actor_id,
        created_at=wallet.updated_at,
    )


def append(movements: Sequence[Movement]) -> None:
    """Append the movements to the journal, in their order."""
    sql.insert(statements.insert_entry, [_columns(movement) for movement in movements])


def _move_wallets(changed: Sequence[WalletState]) -> None:
    sql.execute_each(statements.move_wallet, [_moved_columns(wallet) for wallet in changed])


def append_for(movement: Movement, transaction_id: int) -> None:
    """Append one movement that belongs to the transaction."""
    append([replace(movement, transaction_id=transaction_id)])


def _columns(movement: Movement) -> dict[str, object]:
    return {name: getattr(movement, name) for name in _COLUMNS}


def _moved_columns(wallet: WalletState) -> dict[str, object]:
    return {
        "wallet": wallet.id,
        "balance": wallet.balance,
        "held": wallet.held,
        "available": wallet.available,
        "version": wallet.version,
        "last_sequence": wallet.last_sequence,
        "updated_at": wallet.updated_at,
        "next_expiry_at": wallet.next_expiry_at,
        "is_limited": wallet.is_limited,
    }
