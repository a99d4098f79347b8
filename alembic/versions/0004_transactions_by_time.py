"""transactions by time

Why Alembic: the index is built online, beside writers: PostgreSQL's CREATE INDEX CONCURRENTLY
(outside a transaction), MySQL's and MariaDB's ALGORITHM=INPLACE, LOCK=NONE. Django's AddIndex
would block every posting until it is built (and a model that named it would have it in both
tools). It serves what analysts ask across wallets: the transactions of a period, by time.

Revision ID: 0004
Revises: 0003
"""

from alembic import op

from wallet_transaction_api.migrating import indexes

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Build it, where the database can without keeping writers waiting."""
    with op.get_context().autocommit_block():
        for statement in indexes.BY_TIME.create_statements(op.get_context().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    """Drop it, likewise."""
    with op.get_context().autocommit_block():
        for statement in indexes.BY_TIME.drop_statements(op.get_context().dialect.name):
            op.execute(statement)
