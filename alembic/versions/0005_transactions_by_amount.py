"""transactions by amount

Why Alembic: it is built online, beside writers, like `transactions_by_time` (0004). It serves
lists in the order of amounts and the search for an amount, so that a page of them costs the same
however long the table is (`sort=-amount`, `filter[amount.gte]`, and cursors through either).

Revision ID: 0005
Revises: 0004
"""

from alembic import op

from wallet_transaction_api.migrating import indexes

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Build it, where the database can without keeping writers waiting."""
    with op.get_context().autocommit_block():
        for statement in indexes.BY_AMOUNT.create_statements(op.get_context().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    """Drop it, likewise."""
    with op.get_context().autocommit_block():
        for statement in indexes.BY_AMOUNT.drop_statements(op.get_context().dialect.name):
            op.execute(statement)
