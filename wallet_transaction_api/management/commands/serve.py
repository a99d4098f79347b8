"""`manage.py serve`: the production server, configured by the environment."""

import logging
import os
import resource
import socket
import sys
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import NotSupportedError, OperationalError, connection

from wallet_transaction_api import env
from wallet_transaction_api.migrating import requirements, state
from wallet_transaction_api.outages import told

log = logging.getLogger(__name__)

#: Seconds for requests in flight after SIGTERM; orchestrators should wait a little longer.
GRACE_SECONDS = 30
#: Open files that a process needs: its 1,024 connections, those to the database and Redis.
DESCRIPTORS = 2048


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
        _raise_descriptor_limit()
        command = [sys.executable, "-m", "granian", *_arguments()]
        os.execve(sys.executable, command, _environment())  # noqa: S606


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


def _raise_descriptor_limit() -> None:
    """Allow as many open connections as each process serves, where the system lets us."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for limit in (max(hard, DESCRIPTORS), hard):
        with suppress(ValueError, OSError):  # only root may raise the hard limit
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
            break
    if limit < DESCRIPTORS:
        log.warning("at most %d open files: idle connections can use them up", limit)


def _environment() -> dict[str, str]:
    """Return the environment without granian's variables: they would change what is named here."""
    return {name: text for name, text in env.given().items() if not name.startswith("GRANIAN_")}


def _arguments() -> list[str]:
    options = [*_what_faces_the_network(), *_how_it_runs()]
    return [*map(str, options), "wallet_transaction_api.rsgi:application"]


def _what_faces_the_network() -> list[str | int]:
    """Return every such option of granian, also those that have the right default today."""
    return [
        *("--host", settings.HOST, "--port", settings.PORT),
        # HTTP/2 without TLS would serve nobody, and one connection could take every thread.
        *("--http", 1, "--http1-keep-alive", "--no-http1-pipeline-flush", "--no-ws"),
        # Connections that the kernel holds, and that each process serves at once.
        *("--backlog", 1024, "--backpressure", 1024),
        # A request's line and headers together; more is answered 431.
        *("--http1-buffer-size", 16 * 1024),
        # Ends connections that send nothing, too.
        *("--http1-header-read-timeout", settings.REQUEST_BODY_SECONDS * 1000),
    ]


def _how_it_runs() -> list[str | int]:
    """Return the options of processes and threads; those that answer are the front's own."""
    return [
        *("--interface", "rsgi", "--loop", "asyncio", "--task-impl", "asyncio"),
        *("--runtime-mode", "st", "--runtime-threads", 1, "--blocking-threads", 1),
        *("--workers", settings.WEB_WORKERS, "--respawn-failed-workers"),
        *("--workers-kill-timeout", GRACE_SECONDS),
        *("--log-level", settings.LOG_LEVEL.lower(), "--no-access-log"),
    ]
