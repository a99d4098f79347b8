"""Alembic's environment: Django's settings say which database, Django's backend connects.

Alembic owns the tables of `analytics.tables.metadata`, and what its revisions hang on
Django's tables (triggers, an index). `include_name` keeps autogenerate away from the rest.
"""

import os
from contextlib import AbstractContextManager, nullcontext
from logging.config import fileConfig
from typing import Any

import django
from alembic import context
from alembic.util import CommandError
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wallet_transaction_api.settings")
try:
    django.setup()
except ImproperlyConfigured as error:
    raise CommandError("configuration error: " + " ".join(str(error).split())) from None

# These need the settings.
from wallet_transaction_api.analytics.tables import metadata
from wallet_transaction_api.migrating import lock, refusals
from wallet_transaction_api.migrating.engine import make_engine


def is_ours(name: str | None, kind: str, parents: Any) -> bool:
    """Tell whether a reflected table, or one that an object belongs to, is Alembic's."""
    table = name if kind == "table" else parents.get("table_name")
    return table is None or table in metadata.tables


def configure(**options: Any) -> None:
    """Configure the context; each revision is one transaction where DDL can be in one."""
    context.configure(
        target_metadata=metadata,
        include_name=is_ours,
        transaction_per_migration=True,
        on_version_apply=report,
        **options,
    )


def report(*, step: Any, **arguments: Any) -> None:
    """Tell `manage.py migrate`, where it runs us, of a step just made."""
    listener = context.config.attributes.get("report")
    if listener is not None:
        listener(f"{step.up_revision_id} {step.up_revision.doc}")


def exclusively() -> AbstractContextManager[None]:
    """Hold the lock of migrations for a command that changes the database; others only look."""
    try:
        context.get_revision_argument()
    except KeyError:
        return nullcontext()
    return lock.migrating()


def run_offline() -> None:
    """Print the SQL (`--sql`) for the database that the settings name."""
    configure(dialect_name=make_engine().dialect.name, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    """Run the revisions on the database."""
    engine = make_engine()
    transactional = {"transactional_ddl": True} if engine.dialect.name == "sqlite" else {}
    with exclusively(), engine.connect() as connection:
        configure(connection=connection, **transactional)
        with context.begin_transaction():
            context.run_migrations()


def main() -> None:
    """Run, and say what went wrong in one line where that is all there is to say."""
    if context.config.cmd_opts is not None and context.config.config_file_name is not None:
        fileConfig(context.config.config_file_name, disable_existing_loggers=False)
    with refusals.told_as(CommandError):
        (run_offline if context.is_offline_mode() else run_online)()


main()
