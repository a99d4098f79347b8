"""backfill daily totals

Why Alembic: a data migration that sums up a journal of any size, in batches that commit one by
one; Django would do it in one transaction (or row by row) and hold SQLite's only writer, or
PostgreSQL's vacuum, for all of it. A batch done twice, after an interruption, gives the same
rows. From here on `manage.py refresh_daily_totals` continues. The SQL is frozen here on purpose.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from wallet_transaction_api.migrating import lock

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None

#: Wallet ids per batch.
BATCH = 500
_DAY = {"postgresql": "CAST(timezone('UTC', created_at) AS date)"}
_ZERO = {"sqlite": "'P000000000000000000.000000000000000000'"}
_FORGET = "DELETE FROM daily_totals WHERE wallet_id > :after AND wallet_id <= :upto"
_SUM_UP = """
INSERT INTO daily_totals (wallet_id, day, credits, debits, movements, closing_balance,
                          first_sequence, last_sequence)
SELECT days.wallet_id, days.day, days.credits, days.debits, days.movements, last.balance_after,
       days.first_sequence, days.last_sequence
FROM (SELECT wallet_id, {day} AS day,
             COALESCE(SUM(CASE WHEN amount > {zero} THEN amount END), {zero}) AS credits,
             COALESCE(SUM(CASE WHEN amount < {zero} THEN amount END), {zero}) AS debits,
             COUNT(*) AS movements,
             MIN(sequence) AS first_sequence, MAX(sequence) AS last_sequence
      FROM entries WHERE wallet_id > :after AND wallet_id <= :upto
      GROUP BY wallet_id, {day}) AS days
JOIN entries AS last ON last.wallet_id = days.wallet_id AND last.sequence = days.last_sequence
"""


def upgrade() -> None:
    """Sum up the journal as it is."""
    dialect = op.get_context().dialect.name
    day, zero = _DAY.get(dialect, "date(created_at)"), _ZERO.get(dialect, "0")
    # A refresh on a timer does not meet it half way.
    with lock.exclusive("daily_totals"), op.get_context().autocommit_block():
        after, last = 0, _last_wallet()
        while after < last:
            bounds = {"after": after, "upto": after + BATCH}
            for statement in (_FORGET, _SUM_UP.format(day=day, zero=zero)):
                op.execute(sa.text(statement).bindparams(**bounds))
            after += BATCH


def downgrade() -> None:
    """Leave the rows: they stay true, and upgrading again makes them anew."""


def _last_wallet() -> int:
    """Return the greatest wallet id with entries; 0 when there is none or for printed SQL."""
    if op.get_context().as_sql:
        return 0
    return op.get_bind().scalar(sa.text("SELECT MAX(wallet_id) FROM entries")) or 0
