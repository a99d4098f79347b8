"""Alembic's revisions: run them, and tell which are applied. Its own command line works as well."""

import functools
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from django.db import connection

_PACKAGE = Path(__file__).resolve().parents[1]
_VERSION_TABLE = "alembic_version"
#: A table that every version of ours has had since its second revision.
_OUR_TABLE = "daily_totals"


def upgrade(*, report: Callable[[str], None] | None = None) -> None:
    """Bring Alembic's objects fully up to date; does nothing when they are, or are newer.

    `report` hears the title of each revision once it is applied.
    """
    if not unknown():
        command.upgrade(_config(report), "head")


def downgrade(*, report: Callable[[str], None] | None = None) -> None:
    """Take all of Alembic's objects away; does nothing when there are none."""
    command.downgrade(_config(report), "base")


def applied() -> set[str]:
    """Return the applied heads, read over Django's connection; empty before the first upgrade."""
    if _VERSION_TABLE not in connection.introspection.table_names():
        return set()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT version_num FROM {_VERSION_TABLE}")  # noqa: S608 a constant
        return {row[0] for row in cursor.fetchall()}


def unknown() -> set[str]:
    """Return the applied heads that this code has not: a newer version of it migrated further."""
    return applied() - {script.revision for script in _scripts()}


def foreign() -> set[str]:
    """Return the applied heads of another program: unknown, and without our table beside."""
    heads = unknown()
    ours = heads and _OUR_TABLE in connection.introspection.table_names()
    return set() if ours else heads


def done() -> list[str]:
    """Return this code's applied revisions, oldest first; all of them under a newer version's."""
    heads, known = applied(), [script.revision for script in _scripts()]
    if heads - set(known):
        return [] if foreign() else known
    return known[: max((known.index(head) + 1 for head in heads), default=0)]


def pending() -> list[str]:
    """Return the titles of the revisions not yet applied, in the order they would be."""
    return [title(script) for script in _scripts()[len(done()) :]]


def title(script: Script) -> str:
    """Return a revision's number and first line."""
    return f"{script.revision} {script.doc}"


@functools.cache
def _scripts() -> tuple[Script, ...]:
    """Return the revisions of this code, oldest first; they are one line without branches."""
    directory = ScriptDirectory.from_config(_config())
    return tuple(reversed(list(directory.walk_revisions("base", "head"))))


def _config(report: Callable[[str], None] | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_folder()).replace("%", "%%"))
    config.attributes["report"] = report
    return config


def _folder() -> Path:
    """Return Alembic's folder: in the package that pip installed, else beside it."""
    installed = _PACKAGE / "alembic"
    return installed if installed.is_dir() else _PACKAGE.parent / "alembic"
