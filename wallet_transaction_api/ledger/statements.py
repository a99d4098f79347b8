"""The SQL of the posting engine: functions that build a statement for a number of rows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Delete,
    Insert,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from wallet_transaction_api.tables import (
    entries,
    idempotency_records,
    transactions,
    transfers,
    wallets,
)

_STATE = (
    "id",
    "uuid",
    "owner_id",
    "currency",
    "balance",
    "held",
    "available",
    "floor",
    "status",
    "version",
    "last_sequence",
    "updated_at",
    "next_expiry_at",
    "is_limited",
)
MOVED = (
    "balance",
    "held",
    "available",
    "version",
    "last_sequence",
    "updated_at",
    "next_expiry_at",
    "is_limited",
)
POSTED = (
    "wallet_id",
    "txid",
    "client_txid",
    "transfer_id",
    "amount",
    "kind",
    "description",
    "metadata",
    "balance_after",
    "version",
    "created_at",
    "updated_at",
)
_TRANSFER = (
    "txid",
    "source_id",
    "destination_id",
    "amount",
    "destination_amount",
    "rate",
    "description",
    "metadata",
    "actor_id",
    "version",
    "created_at",
    "updated_at",
)
_ENTRY = (
    "wallet_id",
    "transaction_id",
    "sequence",
    "amount",
    "balance_after",
    "reason",
    "actor_id",
    "request_id",
    "created_at",
)
_KEPT = (
    *("owner_id", "key", "fingerprint", "status", "headers", "body", "created_at"),
    "wallet_ids",
)


def lock_wallets(count: int) -> Select[tuple[object, ...]]:
    """Read and lock `id_m0 … id_mN` in id order, so that two units never wait crosswise."""
    chosen = select(*state_columns()).where(_among(wallets.c.id, "id", count))
    return chosen.order_by(wallets.c.id).with_for_update()


def lock_free_wallets(count: int) -> Select[tuple[object, ...]]:
    """As `lock_wallets`, but leave out what somebody else has locked instead of waiting."""
    return lock_wallets(count).with_for_update(skip_locked=True)


def lock_wallets_at_once(count: int) -> Select[tuple[object, ...]]:
    """As `lock_wallets`, but fail instead of waiting for what somebody else has locked."""
    return lock_wallets(count).with_for_update(nowait=True)


def read_wallet() -> Select[tuple[object, ...]]:
    """Read the wallet `wallet` without locking it."""
    return select(*state_columns()).where(wallets.c.id == bindparam("wallet"))


def state_columns() -> list[Any]:
    """Return the wallet's columns that decisions are made on."""
    return [wallets.c[name] for name in _STATE]


def move_wallet() -> Update:
    """Write the decided state of the wallet `wallet`."""
    chosen = update(wallets).where(wallets.c.id == bindparam("wallet"))
    return chosen.values(_parameters(wallets, MOVED))


def erase_wallet() -> Delete:
    """Remove the wallet `wallet`, which never had a history."""
    return delete(wallets).where(wallets.c.id == bindparam("wallet"))


def taken_txids(count: int) -> Select[tuple[object, ...]]:
    """Find which of `txid_m0 … txid_mN` exist, also on reversed transactions."""
    return select(transactions.c.id, transactions.c.txid).where(
        _among(transactions.c.txid, "txid", count)
    )


def claimed_txids(count: int) -> CompoundSelect[tuple[object, ...]]:
    """Find which of `txid_m0 … txid_mN` name a transaction or a transfer, reversed ones too."""
    columns = (transactions.c.txid, transactions.c.client_txid)
    return union_all(
        *(select(column.label("txid")).where(_among(column, "txid", count)) for column in columns)
    )


def insert_transfer() -> Insert:
    """Insert one transfer."""
    return insert(transfers).values(_parameters(transfers, _TRANSFER))


def insert_transfer_returning() -> Insert:
    """As `insert_transfer`, answering the new row's `id`."""
    return insert_transfer().returning(transfers.c.id)


def insert_transaction() -> Insert:
    """Insert one transaction."""
    return insert(transactions).values(_parameters(transactions, POSTED))


def insert_transaction_returning() -> Insert:
    """As `insert_transaction`, answering the new row's `id` and `txid`."""
    return insert_transaction().returning(transactions.c.id, transactions.c.txid)


def insert_entry() -> Insert:
    """Append one entry to the journal."""
    return insert(entries).values(_parameters(entries, _ENTRY))


def kept_answers(count: int) -> Select[tuple[object, ...]]:
    """Read the idempotency records of `owner_m0`, `key_m0` … `owner_mN`, `key_mN`."""
    record = idempotency_records.c
    named = (
        and_(
            record.owner_id == bindparam(f"owner_m{index}"),
            record.key == bindparam(f"key_m{index}"),
        )
        for index in range(count)
    )
    return select(idempotency_records).where(or_(*named))


def keep_answer() -> Insert:
    """Keep one answer under its owner's key."""
    return insert(idempotency_records).values(_parameters(idempotency_records, _KEPT))


def forget_answer() -> Delete:
    """Remove the idempotency record `record`."""
    return delete(idempotency_records).where(idempotency_records.c.id == bindparam("record"))


def _parameters(table: Table, names: Sequence[str]) -> dict[str, BindParameter[object]]:
    return {name: bindparam(name, type_=table.c[name].type) for name in names}


def _among(column: ColumnElement[object], name: str, count: int) -> ColumnElement[bool]:
    keys = [bindparam(f"{name}_m{index}", type_=column.type) for index in range(count)]
    return column.in_(keys)
