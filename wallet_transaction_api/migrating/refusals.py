"""What may stop a migration for a reason outside the code, told in one line."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError as DjangoOperationalError
from sqlalchemy.exc import OperationalError

from wallet_transaction_api.migrating.guards import GuardsRefused
from wallet_transaction_api.migrating.lock import LockTimeout


@contextmanager
def told_as(command_error: type[Exception]) -> Iterator[None]:
    """Raise the tool's own error, which its command line prints without a traceback."""
    try:
        yield
    except (GuardsRefused, LockTimeout) as error:
        raise command_error(str(error)) from error
    except OperationalError as error:
        raise command_error(_line(error.orig)) from error
    except DjangoOperationalError as error:
        raise command_error(_line(error)) from error


def _line(error: BaseException | None) -> str:
    return f"database: {' '.join(str(error).split())}"
