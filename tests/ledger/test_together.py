"""PostgreSQL's one statement for a group: how it finds what it writes."""

from collections.abc import Callable

import pytest
from django.db import connection

from wallet_transaction_api import sql
from wallet_transaction_api.ledger import together
from wallet_transaction_api.models import Wallet

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's own statement"),
]
#: Closed wallets, as many as a busy table has: of fewer, reading all is what costs least.
_MANY = """
INSERT INTO wallets (uuid, label, currency, balance, held, available, floor, status, metadata,
                     version, last_sequence, created_at, updated_at, owner_id, is_limited)
SELECT gen_random_uuid(), label, currency, balance, held, available, floor, 'closed', metadata,
       version, last_sequence, created_at, updated_at, owner_id, is_limited
FROM wallets CROSS JOIN generate_series(1, 3000) WHERE id = %s
"""


def test_reads_no_wallet_but_those_that_it_writes(open_wallet: Callable[..., Wallet]) -> None:
    statement = sql.prepare(together.write_rows)
    with connection.cursor() as cursor:
        cursor.execute(_MANY, [open_wallet().pk])
        cursor.execute("ANALYZE wallets")
        cursor.execute(
            f"EXPLAIN {statement.text}", {"postings": "[]", "wallets": "[]", "ids": "{1,2}"}
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "on wallets" in plan
    assert "Seq Scan on wallets" not in plan
