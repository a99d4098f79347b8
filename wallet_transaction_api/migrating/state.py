"""What a database lacks to be fully up to date with this code. Nothing here changes anything."""

import functools
from collections.abc import Callable, Iterable

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from wallet_transaction_api import sequences
from wallet_transaction_api.installation import COMMAND
from wallet_transaction_api.migrating import charsets, guards, indexes, revisions, truncation
from wallet_transaction_api.migrating.indexes import Index
from wallet_transaction_api.sequences import Sequence

#: So many are named in one line of advice.
_NAMED = 3
_Key = tuple[str, str]


def missing() -> list[str]:
    """Name what is lacking: Django's migrations, then all that is Alembic's.

    Empty when the database is up to date, also when a newer version of the code has migrated
    it further. A handful of small queries: cheap enough for a probe. An unreachable database
    raises Django's `DatabaseError`.
    """
    return [*pending_migrations(), *missing_of_alembic(), *out_of_step()]


def missing_of_alembic() -> list[str]:
    """Name pending revisions, and what was lost since its revision brought it."""
    return [f"revision {title}" for title in revisions.pending()] + _each(
        guards.missing, indexes.missing, truncation.missing
    )


def out_of_step() -> list[str]:
    """Name what `repair` sets right: sequences behind their tables, another character set."""
    return [*map(_caught_up, sequences.behind()), *charsets.foreign()]


def repair() -> list[str]:
    """Set that right and name it; needs a connection in autocommit."""
    return [*map(_caught_up, sequences.catch_up()), *charsets.convert()]


def restore() -> list[str]:
    """Put lost triggers, indexes and tables back and name them; needs autocommit.

    Django on SQLite remakes a table to change it and drops in silence what it does not know.
    """
    return _each(guards.restore, indexes.restore, truncation.restore)


def advice(lacking: list[str]) -> str:
    """Return one line that says what is lacking and which command brings it."""
    first = ", ".join(lacking[:_NAMED])
    more = f" and {len(lacking) - _NAMED} more" if len(lacking) > _NAMED else ""
    return f"the database lacks {first}{more}: run {COMMAND} migrate"


def _caught_up(sequence: Sequence) -> str:
    return f"sequence {sequence.name} at the last {sequence.column} of {sequence.table}"


def _each(
    triggers: Callable[[str], list[str]],
    online: Callable[[Iterable[Index]], list[str]],
    children: Callable[[], list[str]],
) -> list[str]:
    """Ask for what the applied revisions brought; the others' objects are not lost."""
    done = revisions.done()
    guarded = [table for table, revision in guards.REVISIONS.items() if revision in done]
    built = [each for each in indexes.ALL if each.revision in done]
    return [
        *(f"trigger {name}" for table in guarded for name in triggers(table)),
        *(f"index {name}" for name in online(built)),
        *(f"table {name}" for name in (children() if truncation.REVISION in done else [])),
    ]


def pending_migrations() -> list[str]:
    """Name the migrations of this code that the database lacks."""
    applied = MigrationRecorder(connection).applied_migrations().keys()
    return [
        f"migration {app}.{name}"
        for (app, name), replaced in sorted(_migrations().items())
        if (app, name) not in applied and not (replaced and applied >= replaced)
    ]


@functools.cache
def _migrations() -> dict[_Key, frozenset[_Key]]:
    """Return this code's migrations, each with those that it replaces."""
    nodes = MigrationLoader(None).graph.nodes
    return {key: frozenset(map(tuple, node.replaces)) for key, node in nodes.items() if node}
