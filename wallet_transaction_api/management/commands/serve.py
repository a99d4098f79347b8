"""`manage.py serve`: the production server, configured by the environment."""

import logging
import os
import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import NotSupportedError, OperationalError, connection

from wallet_transaction_api.migrating import requirements, state
from wallet_transaction_api.outages import told

log = logging.getLogger(__name__)

#: Seconds for requests in flight after SIGTERM; orchestrators should wait a little longer.
GRACE_SECONDS = 30


class Command(BaseCommand):
    """Replaces this process by granian. SIGTERM lets requests in flight finish."""

    help = "Serve on HOST:PORT with WEB_WORKERS processes of WEB_THREADS threads."
    requires_system_checks = "__all__"

    def handle(self, *args: Any, **options: Any) -> None:
        """Start the server; does not return.

        Refuses an address that somebody listens on and a database that does not suit or lacks
        migrations.
        """
        _refuse_taken_address(settings.HOST, settings.PORT)
        _refuse_unless_ready()
        os.execv(sys.executable, [sys.executable, "-m", "granian", *_arguments()])  # noqa: S606


def _refuse_taken_address(host: str, port: int) -> None:
    """Granian would share the port in silence and take every other request of the other's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except OSError as error:
            raise CommandError(f"PORT: cannot listen on {host}:{port}: {error.strerror}") from None


def _refuse_unless_ready() -> None:
    """Say it now, not at the first request; a database that is down will come back."""
    try:
        wrong, lacking = requirements.lines(), state.missing()
    except OperationalError as error:
        log.warning("the database does not answer, served as soon as it does: %s", told(error))
    except NotSupportedError as error:
        raise CommandError(f"database: {error}") from error
    else:
        if wrong or lacking:
            raise CommandError("\n".join([*wrong, *([state.advice(lacking)] if lacking else [])]))
    finally:
        connection.close()


def _arguments() -> list[str]:
    options = {
        "--interface": "wsgi",
        "--host": settings.HOST,
        "--port": str(settings.PORT),
        "--workers": str(settings.WEB_WORKERS),
        "--blocking-threads": str(settings.WEB_THREADS),
        "--workers-kill-timeout": str(GRACE_SECONDS),
        "--log-level": settings.LOG_LEVEL.lower(),
    }
    flags = ["--no-ws", "--respawn-failed-workers"]
    if settings.ACCESS_LOG:
        flags.append("--access-log")
    pairs = [word for option in options.items() for word in option]
    return [*pairs, *flags, "wallet_transaction_api.wsgi:application"]
