"""daily totals

Why Alembic: a reporting table, filled by set-based SQL and read by analysts; no Django code saves
or loads its rows, so a model would only invite it to. It has no foreign key to `wallets`: that
table is Django's, and no key crosses owners.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Make the empty table."""
    on_sqlite = op.get_context().dialect.name == "sqlite"
    # SQLite has no exact decimals: there money is text that sorts (`sortable`).
    total = sa.Text() if on_sqlite else sa.Numeric(65, 18)
    # MySQL commits DDL at once: an attempt that ended between two steps leaves a table behind.
    op.drop_table("daily_totals", if_exists=True)
    op.create_table(
        "daily_totals",
        sa.Column("wallet_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("day", sa.Text() if on_sqlite else sa.Date(), primary_key=True),
        sa.Column("credits", total, nullable=False),
        sa.Column("debits", total, nullable=False),
        sa.Column("movements", sa.BigInteger(), nullable=False),
        sa.Column("closing_balance", total, nullable=False),
        sa.Column("first_sequence", sa.BigInteger(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), nullable=False),
    )
    op.create_index("daily_totals_by_day", "daily_totals", ["day"])


def downgrade() -> None:
    """Drop it: all of it can be summed up again from the journal."""
    op.drop_table("daily_totals", if_exists=True)
