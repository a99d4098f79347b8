"""Opening, editing and closing wallets. Their money is moved by postings, never here."""

from collections.abc import Container, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.conf import settings

from wallet_transaction_api import money
from wallet_transaction_api.ledger import (
    currencies,
    errors,
    events,
    posting,
    rules,
)
from wallet_transaction_api.ledger.auditing import saves
from wallet_transaction_api.ledger.journal import Book
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.ledger.rules import WalletState
from wallet_transaction_api.ledger.units import in_transaction
from wallet_transaction_api.models import Wallet


def open_wallet(
    *,
    owner_id: int,
    label: str,
    currency: str = "",
    balance: Decimal = money.ZERO,
    metadata: Mapping[str, Any] | None = None,
    default_for_id: int | None = None,
    actor_id: int | None = None,
    may_raise: bool = True,
) -> Wallet:
    """Open a wallet (currency: `DEFAULT_CURRENCY` unless given) and return it as stored.

    A balance is posted as an `opening` transaction. Refuses a label that another open wallet
    of the owner has, an unknown currency and a negative or too fine balance.
    """

    def work() -> Wallet:
        row = Wallet(
            owner_id=owner_id,
            label=label,
            currency=currency,
            balance=balance,
            metadata=dict(metadata or {}),
            default_for_id=default_for_id,
        )
        row.actor_id, row.may_raise = actor_id, may_raise
        row.save(force_insert=True)
        row.refresh_from_db()
        return row

    return in_transaction(work)


def edit(*, wallet_id: int, changes: Mapping[str, Any], actor_id: int | None = None) -> Wallet:
    """Change `label`, `metadata`, `status` or `floor` of a wallet; return it as stored.

    Refuses a taken label, closing while money or a hold is in it (`WalletNotEmpty`), and a
    floor above what is in use (`OverdraftInUse`).
    """

    def work() -> Wallet:
        book = Book([wallet_id])
        book.wallet(wallet_id)
        row = Wallet.objects.get(pk=wallet_id)
        before = row.status, row.floor
        for name, value in changes.items():
            setattr(row, name, value)
        row.actor_id = actor_id
        row.save(update_fields=set(changes))
        row.has_new_rules = (row.status, row.floor) != before
        return row

    return in_transaction(work)


def close(*, wallet_id: int, actor_id: int | None = None) -> None:
    """Erase a wallet without history, else close and hide it.

    Refused unless it is empty, and while it is frozen: whoever froze it closes it, by its status.
    """

    def work() -> None:
        row = Wallet.objects.filter(pk=wallet_id).first()
        if row is None:
            raise errors.WalletNotFound
        row.actor_id = actor_id
        row.delete()

    in_transaction(work)


def admit_new(row: Wallet) -> Decimal:
    """Check a wallet about to be inserted and return the opening balance to be posted after.

    The row itself starts at zero: a fixture's balance too comes back with its transactions.
    """
    row.currency = row.currency or settings.DEFAULT_CURRENCY
    currencies.refuse_unlisted(row.currency)
    _refuse_unknown_status(row)
    _refuse_inexact_limit(row)
    opening = _opening(row)
    if row.status != Wallet.Status.CLOSED:
        _refuse_taken_label(row)
    row.balance = row.held = row.available = money.ZERO
    row.last_sequence, row.version = 0, 1
    row.next_expiry_at, row.is_limited = None, False
    return opening


def admit_change(
    row: Wallet, *, restoring: bool = False, written: Container[str] | None = None
) -> None:
    """Check a stored wallet about to be updated by Django; its money stays as stored.

    `restoring` (a fixture over an existing row) takes the row's stale money for what it is;
    anyone else who wrote a balance is told (`Unchangeable`). So is who gives the wallet another
    handle, owner or currency: what is remembered of wallets, and who may use them, rests on these.
    A status or limit that the caller did not change, or that is not among the `written` columns,
    stays as stored: a stale copy saved late does not thaw what was frozen meanwhile.
    """
    book = Book([row.pk])
    stored = book.wallet(row.pk)
    if not restoring:
        _refuse_written_money(row)
    before = Wallet.objects.get(pk=row.pk)
    _refuse_moving_identity(row, before)
    _keep_unedited(row, stored, written)
    _refuse_unknown_status(row)
    rules.lowest_available(stored, row.overdraft_limit)
    if row.status == Wallet.Status.CLOSED != stored.status:
        rules.refuse_unless_empty(stored)
    if _claims_label(row, stored):
        _refuse_taken_label(row)
    row.balance, row.held, row.available = stored.balance, stored.held, stored.available
    row.last_sequence, row.version = stored.last_sequence, stored.version + 1
    row.next_expiry_at, row.is_limited = stored.next_expiry_at, stored.is_limited
    row.updated_at = rules.never_back(stored, book.now)
    saves.note_wallet(before, row, written=written)
    events.announce_after_commit([_edited(stored, row)])


def post_opening(row: Wallet, amount: Decimal) -> None:
    """Post the opening balance of a wallet just inserted; zero posts nothing."""
    if amount:
        posting.post_all(
            [
                Posting(
                    wallet_id=row.pk,
                    amount=amount,
                    kind="opening",
                    actor_id=row.actor_id,
                    may_raise=row.may_raise,
                )
            ]
        )


def _opening(row: Wallet) -> Decimal:
    opening = rules.exact_amount(row.balance, currencies.exponent(row.currency), zero=True)
    if opening < 0:
        raise errors.AmountInvalid("An opening balance is not negative.")
    return opening


def _refuse_inexact_limit(row: Wallet) -> None:
    if row.floor:
        rules.exact_amount(row.overdraft_limit, currencies.exponent(row.currency), zero=True)


def _keep_unedited(row: Wallet, stored: WalletState, written: Container[str] | None) -> None:
    for name in ("status", "floor"):
        named = written is None or name in written
        if not named or getattr(row, name) == row.loaded.get(name):
            setattr(row, name, getattr(stored, name))
        elif name == "floor":
            _refuse_inexact_limit(row)


def _claims_label(row: Wallet, stored: WalletState) -> bool:
    """Tell whether an open wallet comes to bear its label by this change."""
    reopened = stored.status == Wallet.Status.CLOSED
    renamed = row.label != row.loaded.get("label")
    return row.status != Wallet.Status.CLOSED and (renamed or reopened)


def _refuse_taken_label(row: Wallet) -> None:
    others = Wallet.objects.exclude(pk=row.pk) if row.pk else Wallet.objects.all()
    if others.filter(owner_id=row.owner_id, open_label=row.label).exists():
        raise errors.LabelTaken


def _refuse_written_money(row: Wallet) -> None:
    for name in ("balance", "held", "available"):
        if getattr(row, name) != row.loaded.get(name, getattr(row, name)):
            raise errors.Unchangeable(f"{name} moves by postings only.")


def _refuse_moving_identity(row: Wallet, stored: Wallet) -> None:
    """Refuse another handle, owner or currency; a row that was never read keeps the handle."""
    if not row.loaded:
        row.uuid = stored.uuid
    for name in ("uuid", "owner_id", "default_for_id", "currency"):
        if getattr(row, name) != getattr(stored, name):
            raise errors.Unchangeable(f"{name.removesuffix('_id')} is fixed since creation.")


def _refuse_unknown_status(row: Wallet) -> None:
    if row.status not in Wallet.Status.values:
        raise errors.StatusUnknown


def _edited(stored: WalletState, row: Wallet) -> WalletState:
    return replace(
        stored,
        floor=row.floor,
        status=row.status,
        version=row.version,
        updated_at=row.updated_at,
    )
