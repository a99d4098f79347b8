"""append-only audit records

Why Alembic: triggers, as those of 0001, by the same statements. They keep accounts of the service
from changing who did what; whoever owns the database can lift them.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

from wallet_transaction_api.migrating import guards

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None

TABLE = "audit_records"


def upgrade() -> None:
    """Put the triggers in place."""
    _require_the_table()
    with guards.explained():
        for statement in guards.create_statements(op.get_context().dialect.name, TABLE):
            op.execute(statement)


def downgrade() -> None:
    """Take the triggers away: the records are then kept by the code alone."""
    for statement in guards.drop_statements(op.get_context().dialect.name, TABLE):
        op.execute(statement)


def _require_the_table() -> None:
    """Refuse before Django's migrations made the table that the triggers hang on."""
    if op.get_context().as_sql or sa.inspect(op.get_bind()).has_table(TABLE):
        return
    raise CommandError("Django's migrations come first: run python manage.py migrate")
