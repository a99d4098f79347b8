"""append-only seals

Why Alembic: triggers, as those of 0001, by the same statements. They keep accounts of the service
from changing a seal; whoever owns the database can lift them, and `verify_ledger` then names it.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

from wallet_transaction_api.migrating import guards

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None

TABLE = "seals"


def upgrade() -> None:
    """Put the triggers in place."""
    _require_the_table()
    with guards.explained():
        for statement in guards.create_statements(op.get_context().dialect.name, TABLE):
            op.execute(statement)


def downgrade() -> None:
    """Take the triggers away: the chain is then kept by the code alone."""
    for statement in guards.drop_statements(op.get_context().dialect.name, TABLE):
        op.execute(statement)


def _require_the_table() -> None:
    """Refuse before Django's migrations made the table that the triggers hang on."""
    if op.get_context().as_sql or sa.inspect(op.get_bind()).has_table(TABLE):
        return
    raise CommandError("Django's migrations come first: run python manage.py migrate")
