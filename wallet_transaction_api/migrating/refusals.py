"""What may stop a migration or a command for a reason outside the code, told in one line."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django import db
from sqlalchemy import exc

from wallet_transaction_api import outages
from wallet_transaction_api.migrating.charsets import ConversionRefused
from wallet_transaction_api.migrating.guards import GuardsRefused
from wallet_transaction_api.migrating.lock import LockTimeout

# A programming error is also what a foreign table or a missing privilege is called. Django's
# commands show the whole of it with `--traceback`.
_OF_ALEMBIC = (exc.OperationalError, exc.InterfaceError, exc.ProgrammingError)
# A version that Django does not support is a NotSupportedError at the first connection.
_OF_DJANGO = (
    *(db.OperationalError, db.InterfaceError, db.ProgrammingError),
    db.NotSupportedError,
)


@contextmanager
def told_as(command_error: Callable[[str], Exception]) -> Iterator[None]:
    """Raise the tool's own error, which its command line prints without a traceback."""
    try:
        yield
    except (GuardsRefused, ConversionRefused, LockTimeout) as error:
        raise command_error(str(error)) from error
    except exc.DBAPIError as error:
        if not isinstance(error, _OF_ALEMBIC) and not outages.is_read_only(error.orig):
            raise
        raise command_error(_line(error.orig)) from error
    except db.Error as error:
        if not isinstance(error, _OF_DJANGO) and not outages.is_outage(error):
            raise
        raise command_error(_line(error)) from error


def _line(error: BaseException | None) -> str:
    return f"database: {' '.join(str(error).split())}"
