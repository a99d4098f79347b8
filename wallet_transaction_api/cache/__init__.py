"""Balances and recent transactions, cached under the wallet's version.

Reads look here first and fill what they miss; after a commit, and before the answer, the
writer publishes the wallet's new state (`publish`, connected to `ledger.events`). A value is
never replaced by an older one, and no failure of the cache fails an answer. Only reads come
here: decisions about money lock the wallet and read the database. Inside an open database
transaction a read goes past the cache: what it sees is not everybody's yet.

Whoever writes to Redis can forge what is read. So whose a wallet is, its id and its currency are
taken from the database only, once per process (`directory`): a cached balance that says otherwise,
or is none, is answered from the database.

What may be stale, for how long: docs/caching.md. Why so: docs/decisions/0015-versioned-cache.md.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias
from uuid import UUID

from django.db import connection

from wallet_transaction_api.cache import backends, directory, foreign, recent, texts
from wallet_transaction_api.cache.stores import Health
from wallet_transaction_api.ledger import balances
from wallet_transaction_api.ledger.rules import WalletState

Row: TypeAlias = dict[str, Any]
#: One wallet's columns. Threads share it, nobody changes it.
Balance: TypeAlias = Mapping[str, Any]


def balance_by_uuid(uuid: UUID) -> Balance | None:
    """Return what `balances.of_uuid` would: at least as new as every acknowledged write.

    None when there is no such wallet, which is never remembered. A closed wallet is
    returned with its status: the caller decides who may see it.
    """
    if connection.in_atomic_block:
        return balances.of_uuid(uuid)
    store = backends.current()
    text, lease = store.read(uuid.hex)
    known = directory.recall(uuid)
    if text is not None and known is not None:
        wallet = texts.read_balance(text)
        if wallet is not None and directory.agrees(known, wallet):
            return wallet
        foreign.report()
    found = balances.of_uuid(uuid)
    if found is not None and lease is not None:
        store.fill(uuid.hex, lease, found["version"], texts.write_balance(found))
    _note(found)
    return found


def balance_of_user(user_id: int) -> Balance | None:
    """Return what `balances.of_user` would, by the same promise as `balance_by_uuid`."""
    if connection.in_atomic_block:
        return balances.of_user(user_id)
    uuid = directory.default_of(user_id)
    wallet = balance_by_uuid(uuid) if uuid else None
    if wallet is None or wallet["status"] == "closed":
        wallet = balances.of_user(user_id)
        if wallet is not None:
            directory.learn_default(user_id, wallet)
    return wallet


def wallet_by_uuid(uuid: UUID) -> Balance | None:
    """Return what a posting asks before it locks: whose the wallet is, and its currency.

    It was open when it was noted; whether it still is, or is there at all, is decided on the
    locked row.
    """
    wallet = directory.recall(uuid)
    if wallet is None:
        # Once per process: to ask the cache, miss and fill it would be three round trips.
        wallet = balances.of_uuid(uuid)
        _note(wallet)
    return wallet


def wallet_by_id(wallet_id: int) -> Balance | None:
    """Return the same by the wallet's id."""
    if connection.in_atomic_block:
        return balances.of_id(wallet_id)
    uuid = directory.uuid_of(wallet_id)
    if uuid is not None:
        return wallet_by_uuid(uuid)
    wallet = balances.of_id(wallet_id)
    if wallet is not None:
        directory.learn_wallet(wallet_id, wallet["uuid"])
    _note(wallet)
    return wallet


def wallet_of_user(user_id: int) -> Balance | None:
    """Return the same of the user's automatic wallet."""
    uuid = directory.default_of(user_id)
    wallet = directory.recall(uuid) if uuid else None
    if wallet is None:
        wallet = balances.of_user(user_id)
        if wallet is not None and not connection.in_atomic_block:
            directory.learn_default(user_id, wallet)
        _note(wallet)
    return wallet


def recent_transactions(wallet_id: int, limit: int = recent.KEPT) -> list[Row]:
    """Return the wallet's newest visible transactions, newest first.

    Up to `recent.KEPT` of them may come from the cache, and then only while the wallet's
    cached balance is of the version that they were read at.
    """
    if connection.in_atomic_block or limit > recent.KEPT:
        return recent.of_wallet(wallet_id, limit).rows
    uuid = directory.uuid_of(wallet_id)
    text = backends.current().read_recent(uuid.hex) if uuid else None
    rows = texts.read_recent(text) if text is not None else None
    if rows is None:
        if text is not None:
            foreign.report()
        rows = _keep_recent(wallet_id)
    return rows[:limit]


def publish(wallets: Iterable[WalletState], **kwargs: Any) -> None:
    """Make the wallets' durable new states the cached ones; listens to `wallets_changed`."""
    newest = {wallet.uuid.hex: wallet for wallet in wallets}
    backends.current().publish(
        [
            (key, wallet.version, texts.write_balance(texts.columns_of(wallet)))
            for key, wallet in newest.items()
        ]
    )


def health() -> Health:
    """Tell whether the cache serves (`ok`) or the database answers alone (`degraded`)."""
    return backends.current().health()


def _note(wallet: Balance | None) -> None:
    """Note what the database says of a wallet; inside a transaction it is not everybody's yet."""
    if wallet is not None and not connection.in_atomic_block:
        directory.note(wallet)


def _keep_recent(wallet_id: int) -> list[Row]:
    found = recent.of_wallet(wallet_id, recent.KEPT)
    if found.uuid is not None and found.version is not None:
        directory.learn_wallet(wallet_id, found.uuid)
        text = texts.write_recent(found.rows)
        backends.current().keep_recent(found.uuid.hex, found.version, text)
    return found.rows
