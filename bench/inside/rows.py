"""Wallets and histories by the million: set-based SQL that keeps every promise of the ledger.

Foreign keys are not checked row by row while this loads (what is inserted is whole by
construction, and `audit` looks at it afterwards); all other constraints and triggers are.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction

from bench.inside.people import OWNER
from wallet_transaction_api.sortable import decode, encode

#: Transactions of each wallet that `grow` makes, unless it is told how many wallets.
HISTORY = 100
_DIALECTS: Mapping[str, Mapping[str, str]] = {
    "postgresql": {
        "series": "generate_series(CAST(1 AS bigint), {count}) AS series(i)",
        "uuid": "gen_random_uuid()",
        "now": "CAST(%(now)s AS timestamptz)",
        "moment": "CAST(%(now)s AS timestamptz) - ({count} - i) * interval '1 millisecond'",
        "text": "CAST({} AS text)",
        "money": "({})",
        "sequence": "amount",
        "joined": "CONCAT({}, {})",
        "earlier": "(i - 1) / {wallets}",
    },
    # MariaDB's sequence engine; MySQL has none.
    "mysql": {
        "series": "(SELECT seq AS i FROM seq_1_to_{count}) AS series",
        "uuid": "UUID()",
        "now": "CAST(%(now)s AS datetime(6))",
        "moment": "CAST(%(now)s AS datetime(6)) - INTERVAL ({count} - i) * 1000 MICROSECOND",
        "text": "CAST({} AS char)",
        "money": "({})",
        "sequence": "amount",
        "joined": "CONCAT({}, {})",
        "earlier": "(i - 1) DIV {wallets}",
    },
    "sqlite": {
        "series": "(WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s"
        " WHERE i < {count}) SELECT i FROM s) AS series",
        "uuid": "lower(hex(randomblob(16)))",
        "now": "%(now)s",
        "moment": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', %(now)s,"
        " ((i - {count}) / 1000.0) || ' seconds') || '000'",
        "text": "CAST({} AS text)",
        "money": "bench_money({})",
        "sequence": "bench_number(amount)",
        "joined": "{} || {}",
        "earlier": "(i - 1) / {wallets}",
    },
}
#: Without foreign keys that are checked row by row; SQLite's cost nothing to speak of.
_UNCHECKED = {
    "postgresql": "SET LOCAL session_replication_role = replica",
    "mysql": "SET SESSION foreign_key_checks = 0",
}
_CHECKED = {"mysql": "SET SESSION foreign_key_checks = 1"}
_SETTLE = {
    "postgresql": "VACUUM ANALYZE {table}",
    "mysql": "ANALYZE TABLE {table} PERSISTENT FOR ALL",
    "sqlite": "ANALYZE {table}",
}
_NOW = {
    "postgresql": "SELECT CAST(now() AS text)",
    "mysql": "SELECT UTC_TIMESTAMP(6)",
    "sqlite": "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'",
}

_WALLETS = """
INSERT INTO wallets (uuid, owner_id, label, currency, balance, held, available, floor, status,
                     metadata, version, last_sequence, is_limited, created_at, updated_at)
SELECT {uuid}, %(owner)s, {label}, 'USD', {balance}, {zero}, {balance}, {zero},
       'active', '{{}}', 1 + %(history)s, %(history)s, FALSE, {now}, {now}
FROM {series} ORDER BY i
"""
# The i-th transaction is the s-th of its wallet, of s dollars: the balance after it is
# s (s + 1) / 2, so that no row has to look at another.
_TRANSACTIONS = """
INSERT INTO transactions (wallet_id, txid, amount, kind, description, metadata, balance_after,
                          version, created_at, updated_at)
SELECT %(first)s + (i - 1) %% {wallets}, {txid}, {amount}, 'deposit', {description},
       '{{"channel": "bench"}}', {balance_after}, 1, moment, moment
FROM (SELECT i, {earlier} + 1 AS s, {moment} AS moment FROM {series}) AS planned ORDER BY i
"""
_ENTRIES = """
INSERT INTO entries (wallet_id, transaction_id, sequence, amount, balance_after, reason, created_at)
SELECT wallet_id, id, {sequence}, amount, balance_after, 'posted', created_at
FROM transactions WHERE description <> '' ORDER BY id
"""


#: The words that need the numbers of rows and wallets only.
_CHOSEN = ("series", "uuid", "now", "moment", "sequence", "earlier")


def open_wallets(count: int) -> dict[str, Any]:
    """Open so many empty wallets of the owner; return ids and uuids."""
    _know_money()
    with transaction.atomic():
        _insert_wallets(count, prefix="spread-", history=0)
    _settle("wallets")
    return {"wallets": _made("spread-")}


def grow(count: int, wallets: int = 0) -> dict[str, Any]:
    """Add so many transactions, a millisecond apart, wallets taking turns."""
    _know_money()
    wallets = wallets or max(1, count // HISTORY)
    with transaction.atomic():
        if connection.vendor in _UNCHECKED:
            _run(_UNCHECKED[connection.vendor])
        _insert_wallets(wallets, prefix="grown-", history=count // wallets)
        made = [number for number, _ in _made("grown-")]
        if made != list(range(made[0], made[0] + wallets)):
            raise RuntimeError("somebody else opened wallets meanwhile")
        _insert_history(count, made)
        if connection.vendor in _CHECKED:
            _run(_CHECKED[connection.vendor])
    for table in ("wallets", "transactions", "entries"):
        _settle(table)
    return {"wallet": made[len(made) // 2], **_middle(count)}


def _insert_wallets(count: int, *, prefix: str, history: int) -> None:
    values = {
        "owner": User.objects.get(username=OWNER).pk,
        "prefix": prefix,
        "history": history,
        "balance": history * (history + 1) // 2,
    }
    _run(_filled(_WALLETS, count, 1), {**_moment(), **values})


def _insert_history(count: int, made: list[int]) -> None:
    values = {**_moment(), "first": made[0]}
    _run(_filled(_TRANSACTIONS, count, len(made)), values)
    _run(_filled(_ENTRIES, count, len(made)))


def _filled(statement: str, count: int, wallets: int) -> str:
    """Return the statement in the words of the database."""
    words = _DIALECTS[connection.vendor]
    money, text, joined = words["money"].format, words["text"].format("i"), words["joined"].format
    return statement.format(
        **{name: words[name].format(count=count, wallets=wallets) for name in _CHOSEN},
        wallets=wallets,
        label=joined("%(prefix)s", text),
        txid=joined("'grown-'", text),
        description=joined("'Payment '", text),
        amount=money("s"),
        balance_after=money("s * (s + 1) / 2"),
        balance=money("%(balance)s"),
        zero=money("0"),
    )


def _moment() -> dict[str, Any]:
    return {"now": _rows(_NOW[connection.vendor])[0][0]}


def _middle(count: int) -> dict[str, str]:
    """Return a second in the middle of the history, as an API's client would write it."""
    from wallet_transaction_api.models import Transaction

    row = Transaction.objects.order_by("id")[count // 2]
    later = Transaction.objects.order_by("id")[min(count - 1, count // 2 + 1000)]
    return {"since": _written(row), "until": _written(later)}


def _written(row: Any) -> str:
    return str(row.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))


def _made(prefix: str) -> list[tuple[int, str]]:
    from wallet_transaction_api.models import Wallet

    rows = Wallet.objects.filter(label__startswith=prefix).order_by("id")
    return [(number, str(uuid)) for number, uuid in rows.values_list("id", "uuid")]


def _know_money() -> None:
    """Let SQLite write money as the service stores it."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        known = connection.connection.create_function
        known("bench_money", 1, lambda number: encode(Decimal(number)), deterministic=True)
        known("bench_number", 1, lambda text: int(decode(text)), deterministic=True)


def _settle(table: str) -> None:
    _run(_SETTLE[connection.vendor].format(table=table))


def _run(statement: str, values: Mapping[str, Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _rows(statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())
