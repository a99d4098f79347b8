"""Several reads that see one moment, beside writers who are not kept waiting."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# The service itself runs at READ COMMITTED, where two statements see two moments.
_BEGIN = {
    "postgresql": ["BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"],
    "mysql": [
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
    ],
    # Not Django's BEGIN IMMEDIATE, which takes the one writer's place. WAL reads a snapshot.
    "sqlite": ["BEGIN DEFERRED"],
}


@contextmanager
def snapshot() -> Iterator[None]:
    """Let the reads inside see one moment; inside an open block they see what that block sees."""
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        for statement in _BEGIN[connection.vendor]:
            cursor.execute(statement)
    try:
        yield
    finally:
        connection.rollback()
