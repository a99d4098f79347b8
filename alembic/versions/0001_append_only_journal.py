"""append-only journal

Why Alembic: Django's migrations know no triggers; they would be strings of SQL there, unseen by
its state. The triggers refuse UPDATE, DELETE, upserts and REPLACE of journal entries, and TRUNCATE
on PostgreSQL, whoever asks. They are replaced as a whole: a revision that changes them runs the
same statements again, because `migrate` has to be able to put them back after Django remade the
table (`wallet_transaction_api.migrating.guards`).

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

from wallet_transaction_api.migrating import guards

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Put the triggers in place."""
    _require_the_journal()
    with guards.explained():
        for statement in guards.create_statements(op.get_context().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    """Take the triggers away: the journal is then kept by the code alone."""
    for statement in guards.drop_statements(op.get_context().dialect.name):
        op.execute(statement)


def _require_the_journal() -> None:
    """Refuse before Django's migrations made the table that the triggers hang on."""
    if op.get_context().as_sql or sa.inspect(op.get_bind()).has_table(guards.TABLE):
        return
    raise CommandError("Django's migrations come first: run python manage.py migrate")
