"""append-only tables are not truncated

Why Alembic: MySQL and MariaDB only, and no model has these tables. Each is empty and has one
foreign key, for which InnoDB refuses to truncate the table that it refers to.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

from wallet_transaction_api.migrating import truncation

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Make the tables, where the database is InnoDB's."""
    _require_the_tables()
    for statement in truncation.create_statements(op.get_context().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    """Take them away: whoever may DROP can then truncate the journal."""
    for statement in truncation.drop_statements(op.get_context().dialect.name):
        op.execute(statement)


def _require_the_tables() -> None:
    """Refuse before Django's migrations made the tables that the foreign keys refer to."""
    if op.get_context().as_sql or all(map(sa.inspect(op.get_bind()).has_table, truncation.TABLES)):
        return
    raise CommandError("Django's migrations come first: run python manage.py migrate")
