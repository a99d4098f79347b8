"""Statements of a fixed shape: planned once per connection where the database can."""

from collections.abc import Callable

import pytest
from django.db import connection
from sqlalchemy import Executable, bindparam, select

from wallet_transaction_api import sql
from wallet_transaction_api.models import Wallet
from wallet_transaction_api.tables import wallets

pytestmark = pytest.mark.django_db


def by_label() -> Executable:
    return select(wallets.c.id).where(wallets.c.label == bindparam("label"))


def prepared() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%label%'")
        (count,) = cursor.fetchone()
    return int(count)


def test_are_prepared_once_on_postgresql(open_wallet: Callable[..., Wallet]) -> None:
    wallet = open_wallet(label="100% ready")
    for _ in range(3):
        assert sql.fetch_planned(by_label, params={"label": "100% ready"}) == [{"id": wallet.pk}]
    assert sql.fetch_planned(by_label, params={"label": "nobody's"}) == []
    if connection.vendor == "postgresql":
        assert prepared() == 1


def test_are_not_prepared_where_a_pooler_forbids_it(
    open_wallet: Callable[..., Wallet], monkeypatch: pytest.MonkeyPatch
) -> None:
    wallet = open_wallet(label="Pooled")
    if connection.vendor == "postgresql":
        monkeypatch.setattr(connection.connection, "prepare_threshold", None)
        before = prepared()
    assert sql.fetch_planned(by_label, params={"label": "Pooled"}) == [{"id": wallet.pk}]
    if connection.vendor == "postgresql":
        assert prepared() == before
