"""`migrate`: Django's migrations, then Alembic's, on the same database, one process at a time."""

import sys
from collections.abc import Callable
from typing import Any

from alembic.util import CommandError as AlembicError
from django.apps import apps
from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import DEFAULT_DB_ALIAS
from django.db.models.signals import pre_migrate

from wallet_transaction_api.migrating import (
    lock,
    refusals,
    requirements,
    revisions,
    state,
    truncation,
)

APP = "wallet_transaction_api"


class Command(DjangoMigrate):
    """Bring the database fully up to date, or say what that would take (`--plan`, `--check`)."""

    help = "Updates database schema: Django's migrations, then Alembic's (docs/migrations.md)."

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Tell an unreachable database and the like in one line.

        The checks come in `_run`: here they would end the command with what it sets right.
        """
        self._skips_checks = options["skip_checks"]
        try:
            with refusals.told_as(CommandError):
                return super().execute(*args, **{**options, "skip_checks": True})
        except AlembicError as error:
            raise CommandError(str(error)) from error

    def handle(self, *args: Any, **options: Any) -> None:
        """Run Django's part as ever, and Alembic's where the whole database is meant."""
        self.verbosity = options["verbosity"]
        if options["database"] != DEFAULT_DB_ALIAS or options["fake"] or options["prune"]:
            self._run(*args, **options)
            return
        _refuse_unsuitable_database()
        if options["plan"] or options["check_unapplied"]:
            self._foretell(*args, **options)
        else:
            with lock.migrating():
                self._migrate(*args, **options)

    def _foretell(self, *args: Any, **options: Any) -> None:
        """Add Alembic's part to Django's, which with `--check` exits by itself."""
        lacking = [] if options["app_label"] else state.missing_of_alembic()
        wrong = state.out_of_step()
        if options["plan"]:
            self._list("Planned by Alembic, after Django's migrations:", lacking)
            self._list("To be set right, before them:", wrong)
        super().handle(*args, **options)
        if (lacking or wrong) and options["check_unapplied"]:
            sys.exit(1)

    def _list(self, title: str, items: list[str]) -> None:
        if items:
            self._say(title)
            for item in items:
                self.stdout.write(f"  {item}")

    def _migrate(self, *args: Any, **options: Any) -> None:
        _refuse_foreign_revisions()
        for item in state.repair():
            self._say(f"Set right: {item}")
        app = apps.get_app_config(APP)
        pre_migrate.connect(self._make_way, sender=app, weak=False)
        try:
            self._run(*args, **options)
        finally:
            pre_migrate.disconnect(self._make_way, sender=app)
        if not options["app_label"]:
            self._upgrade()
        for item in state.restore():
            self._say(f"Put back: {item}")

    def _run(self, *args: Any, **options: Any) -> None:
        """Check the project and the database, then run Django's migrations."""
        if not self._skips_checks:
            self.check(databases=[options["database"]])
        super().handle(*args, **options)

    def _upgrade(self) -> None:
        newer = revisions.unknown()
        if newer:
            self._say(f"Alembic is at {', '.join(newer)}, newer than this code: left as it is.")
        elif revisions.pending():
            self._say("Running Alembic's revisions:")
            revisions.upgrade(report=self._reporter("Applied"))

    def _make_way(self, plan: Any, **kwargs: Any) -> None:
        """Take Alembic's objects off tables that Django is about to drop.

        Else its version table would claim objects that went with the tables.
        """
        taken_back = [step for step, back in plan if back and step.app_label == APP]
        if any(step.initial for step in taken_back) and revisions.applied():
            self._say("Taking back Alembic's revisions first:")
            revisions.downgrade(report=self._reporter("Taken back"))
        elif taken_back:
            truncation.make_way()

    def _reporter(self, verb: str) -> Callable[[str], None]:
        return lambda title: self._say(f"  {verb} {title}")

    def _say(self, line: str) -> None:
        if self.verbosity >= 1:
            self.stdout.write(line)


def _refuse_unsuitable_database() -> None:
    """Say it before the first table is made."""
    if wrong := requirements.lines():
        raise CommandError("\n".join(wrong))


def _refuse_foreign_revisions() -> None:
    """Two programs cannot share one `alembic_version`."""
    if heads := revisions.foreign():
        raise CommandError(
            f"alembic_version is another program's (at {', '.join(sorted(heads))}):"
            " give the service a database of its own"
        )
