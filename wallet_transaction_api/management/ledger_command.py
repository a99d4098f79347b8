"""What our commands have in common: they say in one line why they could not do their work."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, NotSupportedError

from wallet_transaction_api.ledger import errors
from wallet_transaction_api.migrating import refusals, state


class LedgerCommand(BaseCommand):
    """A command on a migrated database; `--traceback` shows the whole of what hindered it."""

    #: The exit status when a database that is away, busy or not migrated hinders it.
    hindered = 1

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Tell what hinders it."""
        told = partial(CommandError, returncode=self.hindered)
        with refusals.told_as(told), _explained(told):
            return super().execute(*args, **options)


@contextmanager
def _explained(told: partial[CommandError]) -> Iterator[None]:
    """Look for what is lacking only after a failure: a lost trigger is no reason not to verify."""
    try:
        yield
    except errors.Unavailable as error:
        raise told(str(error)) from error
    except NotSupportedError:
        raise  # the server's version
    except DatabaseError as error:
        if lacking := _lacking():
            raise told(state.advice(lacking)) from error
        raise


def _lacking() -> list[str]:
    try:
        return state.missing()
    except (DatabaseError, InterfaceError):
        return []
