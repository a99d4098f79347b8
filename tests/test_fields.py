"""Random 18+18-digit amounts through the current database, against Python's own `Decimal`."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Avg, Max, Min, QuerySet, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Select, bindparam, select

from tests.amounts import amounts, close, finer
from wallet_transaction_api import money, sql
from wallet_transaction_api.fields import MoneyField
from wallet_transaction_api.ledger import posting
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import Transaction, Wallet
from wallet_transaction_api.tables import transactions

pytestmark = pytest.mark.django_db
stored = (amounts | close).filter(bool)
many = st.lists(stored, min_size=1, max_size=8)
exhaustive = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def wallet(alice: User) -> Wallet:
    """Return the wallet whose transactions are written here, beside the engine."""
    return alice.default_wallet


def _store(wallet: Wallet, items: list[Decimal]) -> None:
    """Put the amounts into the column as they are, without moving a balance."""
    Transaction.objects.filter(wallet=wallet)._raw_delete(using="default")
    rows = [
        Transaction(wallet=wallet, txid=str(n), amount=item, kind="deposit", balance_after=item)
        for n, item in enumerate(items)
    ]
    QuerySet(Transaction).bulk_create(rows)


@exhaustive
@given(many)
def test_amounts_come_back_exactly(wallet: Wallet, items: list[Decimal]) -> None:
    _store(wallet, items)
    assert list(wallet.transactions.order_by("id").values_list("amount", flat=True)) == items
    assert [row.amount for row in wallet.transactions.order_by("id")] == items


@exhaustive
@given(many)
def test_amounts_are_aggregated_exactly(wallet: Wallet, items: list[Decimal]) -> None:
    _store(wallet, items)
    found = wallet.transactions.aggregate(Sum("amount"), Min("amount"), Max("amount"))
    assert found["amount__sum"] == money.total(items)
    assert (found["amount__min"], found["amount__max"]) == (min(items), max(items))


@exhaustive
@given(many)
def test_amounts_sort_as_numbers(wallet: Wallet, items: list[Decimal]) -> None:
    _store(wallet, items)
    up = wallet.transactions.order_by("amount").values_list("amount", flat=True)
    down = wallet.transactions.order_by("-amount").values_list("amount", flat=True)
    assert list(up) == sorted(items)
    assert list(down) == sorted(items, reverse=True)


@exhaustive
@given(many, amounts | close | finer | st.sampled_from([Decimal("1e18"), Decimal("-1e18")]))
def test_amounts_are_filtered_as_numbers(
    wallet: Wallet, items: list[Decimal], other: Decimal
) -> None:
    _store(wallet, items)
    for bound in (items[0], other):
        _assert_filters(wallet, items, bound)


def _assert_filters(wallet: Wallet, items: list[Decimal], bound: Decimal) -> None:
    expected = {
        "amount": sum(item == bound for item in items),
        "amount__lt": sum(item < bound for item in items),
        "amount__lte": sum(item <= bound for item in items),
        "amount__gt": sum(item > bound for item in items),
        "amount__gte": sum(item >= bound for item in items),
    }
    found = {name: wallet.transactions.filter(**{name: bound}).count() for name in expected}
    assert found == expected
    assert wallet.transactions.filter(amount__in=[bound]).count() == expected["amount"]
    assert wallet.transactions.exclude(amount=bound).count() == len(items) - expected["amount"]


@exhaustive
@given(many)
def test_sqlalchemys_tables_read_the_same(wallet: Wallet, items: list[Decimal]) -> None:
    _store(wallet, items)
    read = sql.fetch(_amounts, params={"wallet": wallet.pk})
    assert [row["amount"] for row in read] == items


def _amounts() -> Select[Any]:
    chosen = transactions.c.wallet_id == bindparam("wallet")
    return select(transactions.c.amount).where(chosen).order_by(transactions.c.id)


def test_the_issues_example_survives(wallet: Wallet) -> None:
    amount = Decimal("123456789012.123456789012345678")
    _store(wallet, [amount, amount])
    assert wallet.transactions.aggregate(total=Sum("amount"))["total"] == money.add(amount, amount)
    assert wallet.transactions.filter(amount=amount).count() == 2


def test_an_average_has_at_least_18_exact_decimals(wallet: Wallet) -> None:
    _store(wallet, [Decimal(1), Decimal(1), Decimal(-1)])
    mean = wallet.transactions.aggregate(mean=Avg("amount"))["mean"]
    assert abs(mean - Decimal("0.333333333333333333")) < Decimal("1e-18")


def test_sums_group_by_group(wallet: Wallet) -> None:
    _store(wallet, [Decimal("0.1"), Decimal("0.2")])
    grouped = Transaction.objects.values("kind").annotate(total=Sum("amount"))
    assert list(grouped) == [{"kind": "deposit", "total": Decimal("0.3")}]


def test_a_sum_over_nothing_is_null(wallet: Wallet) -> None:
    assert wallet.transactions.aggregate(total=Sum("amount"))["total"] is None


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite stores money as text")
@pytest.mark.parametrize("text", ["5", "P5.00", "5.0", "", "x" * 38, 5, 5.0])
def test_sqlite_refuses_other_texts(wallet: Wallet, text: object) -> None:
    statement = "UPDATE wallets SET floor = %s WHERE id = %s"
    with (
        pytest.raises(IntegrityError, match="CHECK"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, [text, wallet.pk])


def test_the_digits_are_the_fields_own_and_not_a_migrations() -> None:
    _, path, args, kwargs = MoneyField().deconstruct()
    assert (path, args, kwargs) == ("wallet_transaction_api.fields.MoneyField", [], {})


def test_a_float_is_read_by_its_shortest_text() -> None:
    assert MoneyField().to_python(0.1) == Decimal("0.1")


ODD = "NaN", "-Infinity", Decimal("sNaN"), float("inf"), "1 0", [], "x"


@pytest.mark.parametrize("value", ODD)
def test_what_is_no_number_is_neither_stored_nor_looked_for(wallet: Wallet, value: Any) -> None:
    with pytest.raises(ValidationError, match="is no amount"):
        Wallet.objects.filter(balance=value).exists()
    with pytest.raises(ValidationError, match="is no amount"):
        MoneyField().get_db_prep_save(value, connection)


@pytest.mark.parametrize("other", ["TX-1", "tx-1 ", "tx-\u0131", "t\u0445-1"])
def test_text_keys_differ_by_case_blanks_and_look(wallet: Wallet, other: str) -> None:
    posting.post_all(
        [Posting(wallet_id=wallet.pk, amount=Decimal(1), txid=txid) for txid in ("tx-1", other)]
    )
    assert Transaction.objects.filter(txid="tx-1").count() == 1
    assert Transaction.objects.filter(txid__in=["tx-1", other]).count() == 2


def test_text_keys_sort_by_code_point(wallet: Wallet) -> None:
    txids = ["B", "a", "b", "\u00e4"]
    posting.post_all(
        [Posting(wallet_id=wallet.pk, amount=Decimal(1), txid=txid) for txid in reversed(txids)]
    )
    assert list(Transaction.objects.order_by("txid").values_list("txid", flat=True)) == txids
