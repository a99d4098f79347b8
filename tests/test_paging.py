"""Each page of a long table is a range of an index that starts at its key, on every database."""

import json
import uuid
from collections.abc import Callable
from decimal import Decimal
from functools import cached_property
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from sqlalchemy import Executable, Insert, Select, Table, bindparam, insert, select

from wallet_transaction_api import paging, sql, tables
from wallet_transaction_api.ledger import amending, posting
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.ledger.sealing import statements as sealing
from wallet_transaction_api.ledger.verification import statements
from wallet_transaction_api.models import Wallet
from wallet_transaction_api.paging import Paged

pytestmark = pytest.mark.django_db
#: Rows of each table in one wallet: enough for planners to prefer an index where they can.
MANY = 2000
#: The paged statements, each with its table and the columns of its key.
PAGED: dict[Callable[[], Executable], tuple[Table, str, str]] = {
    statements.entries_within: (tables.entries, "wallet_id", "sequence"),
    statements.transactions_within: (tables.transactions, "wallet_id", "id"),
    statements.transfers_within: (tables.transfers, "source_id", "id"),
    statements.holds_within: (tables.holds, "wallet_id", "id"),
    statements.hold_entries_within: (tables.hold_entries, "wallet_id", "sequence"),
}
#: Those whose key is one column.
BY_ONE_COLUMN: dict[Callable[[], Executable], tuple[Table, str]] = {
    sealing.seals_after: (tables.seals, "number"),
    sealing.unsealed_entries: (tables.wallets, "id"),
    sealing.unsealed_holds: (tables.wallets, "id"),
    statements.last_of_batch: (tables.wallets, "id"),
}


def _name(value: object) -> str | None:
    return getattr(value, "__name__", None)


def _insert(table: Table, rows: list[dict[str, Any]]) -> None:
    def build() -> Insert:
        return insert(table).values(
            {name: bindparam(name, type_=table.c[name].type) for name in rows[0]}
        )

    sql.execute_each(build, rows)


def _keys(table: Table, key: str, *conditions: Any) -> list[Any]:
    def build() -> Select[Any]:
        return select(table.c[key]).where(*conditions).order_by(table.c[key])

    return [row[key] for row in sql.fetch(build, params={})]


class Filling:
    """Rows by the thousand, of one wallet or of two in turn: whole, but of no meaning."""

    def __init__(self, pair: tuple[Wallet, Wallet], wallets: int = 1) -> None:
        self.wallets = [pair[0].pk, pair[wallets - 1].pk]
        self.other = pair[1].pk
        self.owner = pair[0].owner_id
        self.now, self.one = timezone.now(), Decimal(1)
        self.at = {"created_at": self.now, "updated_at": self.now}
        self.text = {"description": "", "metadata": {}, "version": 1}

    def fill(self, table: Table) -> None:
        makes = self._wallet if table is tables.wallets else getattr(self, table.name)
        _insert(table, [makes(number) for number in range(MANY)])

    def entries(self, number: int) -> dict[str, Any]:
        columns = {"wallet_id": self.wallets[number % 2], "sequence": 9 + number}
        amounts = {"amount": self.one, "balance_after": self.one}
        paid = {"transaction_id": self.paid, "reason": "amended", "created_at": self.now}
        return columns | amounts | paid

    @cached_property
    def paid(self) -> int:
        amount = Posting(wallet_id=self.wallets[0], amount=self.one)
        return posting.post_one(amount).transaction_id

    def transactions(self, number: int) -> dict[str, Any]:
        columns = {"wallet_id": self.wallets[number % 2], "txid": f"t{number}", "kind": "deposit"}
        amounts = {"amount": self.one, "balance_after": self.one}
        return columns | amounts | self.text | self.at

    def transfers(self, number: int) -> dict[str, Any]:
        source = self.wallets[number % 2]
        other = self.other if source != self.other else self.wallets[0]
        ends = {"source_id": source, "destination_id": other, "txid": f"t{number}"}
        amounts = {"amount": self.one, "destination_amount": self.one}
        return ends | amounts | self.text | self.at

    def holds(self, number: int) -> dict[str, Any]:
        return self._hold(number) | self.text | self.at

    def _hold(self, number: int) -> dict[str, Any]:
        terms = {"amount": self.one, "status": "pending", "expires_at": self.now}
        return {"wallet_id": self.wallets[number % 2], **terms}

    def hold_entries(self, number: int) -> dict[str, Any]:
        named = {"hold_id": self.placed[number], "sequence": number, "created_at": self.now}
        return self._hold(number) | named

    @cached_property
    def placed(self) -> list[int]:
        self.fill(tables.holds)
        return _keys(tables.holds, "id")

    def _wallet(self, number: int) -> dict[str, Any]:
        named = {"uuid": uuid.uuid4(), "owner_id": self.owner, "label": f"w{number}"}
        state = {"currency": "USD", "status": "active", "last_sequence": 0, "is_limited": False}
        money = dict.fromkeys(("balance", "held", "available", "floor"), Decimal(0))
        return named | state | money | {"metadata": {}, "version": 1} | self.at

    def seals(self, number: int) -> dict[str, Any]:
        place = {"number": number, "wallet_id": self.wallets[0], "journal": "entries"}
        covered = {"first_sequence": number, "last_sequence": number, "leaves": b""}
        return place | covered | {"digest": f"{number:064}", "previous": "", "created_at": self.now}


def _explain(statement: sql.Prepared, params: dict[str, Any]) -> list[Any]:
    how = {
        "postgresql": "EXPLAIN (FORMAT JSON)",
        "mysql": "EXPLAIN",
        "sqlite": "EXPLAIN QUERY PLAN",
    }
    with connection.cursor() as cursor:
        cursor.execute(f"{how[connection.vendor]} {statement.text}", statement.bind(params))
        names = [column[0].lower() for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the nodes of the plan, without those of subqueries that run for each row."""
    parts = [part for part in plan.get("Plans", ()) if part["Parent Relationship"] != "SubPlan"]
    return [plan, *(node for part in parts for node in _nodes(part))]


def _scanned_by_postgresql(found: list[Any], table: str) -> dict[str, Any]:
    """Return the scan of the table, which is of an index, in its order and without a filter."""
    plan = found[0]["query plan"]
    nodes = _nodes((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
    scan = next(node for node in nodes if node.get("Relation Name") == table)
    assert scan["Node Type"] in {"Index Scan", "Index Only Scan"}, nodes
    assert "Filter" not in scan, scan
    assert not [node for node in nodes if "Sort" in node["Node Type"]], nodes
    return scan


def _by_row_on_postgresql(found: list[Any], table: str, wallet: str, place: str) -> None:
    condition = _scanned_by_postgresql(found, table)["Index Cond"]
    assert f"(ROW({wallet}, {place}) >= " in condition
    assert f"({wallet} > " not in condition, "another lower end, at which it may start"


def _by_one_on_postgresql(found: list[Any], table: str, key: str) -> None:
    assert f"({key} > " in _scanned_by_postgresql(found, table)["Index Cond"]


def _by_range_on_mysql(found: list[Any], table: str, *key: str) -> None:
    outer = [row for row in found if "SUBQUERY" not in row["select_type"]]
    scan = next(row for row in outer if row["table"] == table)
    assert (scan["type"], scan["key_len"]) == ("range", str(8 * len(key))), found
    assert not [row for row in outer if "filesort" in (row["extra"] or "")], found


def _in_two_parts_on_sqlite(found: list[Any], table: str, wallet: str, place: str) -> None:
    searches = [row["detail"] for row in found if row["detail"].startswith(f"SEARCH {table} ")]
    starts = (f"({wallet}=? AND {place}>?)", "(rowid>?)"), (f"({wallet}>? AND {wallet}<?)",)
    for text, ends in zip(searches, starts, strict=True):
        assert text.endswith(ends), found
    branches = {row["id"] for row in found if row["detail"] in {"LEFT", "RIGHT"}}
    sorts = [row for row in found if "TEMP B-TREE" in row["detail"]]
    assert not [row for row in sorts if row["parent"] in {0, *branches}], found


def _by_one_on_sqlite(found: list[Any], table: str, key: str) -> None:
    details = [row["detail"] for row in found]
    scan = next(text for text in details if text.startswith(f"SEARCH {table} "))
    assert scan.endswith((f"({key}>?)", "(rowid>?)")), details


BY_TWO: dict[str, Callable[..., None]] = {
    "postgresql": _by_row_on_postgresql,
    "mysql": _by_range_on_mysql,
    "sqlite": _in_two_parts_on_sqlite,
}
BY_ONE: dict[str, Callable[..., None]] = {
    "postgresql": _by_one_on_postgresql,
    "mysql": _by_range_on_mysql,
    "sqlite": _by_one_on_sqlite,
}


def _plan(statement: sql.Prepared, table: Table, **params: int) -> list[Any]:
    if connection.vendor != "mysql":  # which keeps its statistics itself, and would commit
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {table.name}")
    return _explain(statement, params)


@pytest.fixture
def pair(open_wallet: Callable[..., Wallet]) -> tuple[Wallet, Wallet]:
    return open_wallet("1", label="First"), open_wallet("1", label="Second")


@pytest.mark.parametrize("wallets", [1, 2])
@pytest.mark.parametrize("build", PAGED, ids=_name)
def test_a_page_starts_at_its_key(
    build: Callable[[], Executable], pair: tuple[Wallet, Wallet], wallets: int
) -> None:
    table, wallet, place = PAGED[build]
    Filling(pair, wallets).fill(table)
    places = _keys(table, place, table.c[wallet] == pair[0].pk)
    key = {"wallet": pair[0].pk, "place": places[len(places) // 2]}
    plan = _plan(sql.prepare(build), table, **key, upto=2**63 - 1, count=10)
    BY_TWO[connection.vendor](plan, table.name, wallet, place)


@pytest.mark.parametrize("build", BY_ONE_COLUMN, ids=_name)
def test_pages_by_one_column_start_behind_the_last(
    build: Callable[[], Executable], pair: tuple[Wallet, Wallet]
) -> None:
    table, key = BY_ONE_COLUMN[build]
    Filling(pair).fill(table)
    last = _keys(table, key)[MANY // 2]
    plan = _plan(sql.prepare(build), table, after=last, count=10)
    BY_ONE[connection.vendor](plan, table.name, key)


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_no_row_is_lost_or_read_twice_where_several_have_one_place(
    pair: tuple[Wallet, Wallet], size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build() -> Paged:
        columns = [tables.entries.c[name] for name in ("id", "wallet_id", "transaction_id")]
        return paging.page(select(*columns), columns[1], columns[2])

    for wallet in pair:
        paid = posting.post_one(Posting(wallet_id=wallet.pk, amount=Decimal(9))).transaction_id
        for amount in (1, 2, 3, 4, 5):
            amending.amend(transaction_id=paid, changes={"amount": Decimal(amount)})
    monkeypatch.setattr(paging, "SIZE", size)
    pages = list(paging.walk(build, "wallet_id", "transaction_id", start=(0, 0), upto=2**63 - 1))
    ids = [row["id"] for page in pages for row in page]
    assert len(ids) == len(set(ids)) == 14
