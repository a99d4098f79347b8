"""holds by wallet

Why Alembic: it is built online, beside writers, like `transactions_by_time` (0004). It serves
whoever reads the holds of a wallet one page after the other (`verify_ledger`, `/api/holds` of a
wallet), so that a page costs the same however many holds the wallet has.

Revision ID: 0009
Revises: 0008
"""

from alembic import op

from wallet_transaction_api.migrating import indexes

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Build it, where the database can without keeping writers waiting."""
    with op.get_context().autocommit_block():
        for statement in indexes.HOLDS_BY_WALLET.create_statements(op.get_context().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    """Drop it, likewise."""
    with op.get_context().autocommit_block():
        for statement in indexes.HOLDS_BY_WALLET.drop_statements(op.get_context().dialect.name):
            op.execute(statement)
