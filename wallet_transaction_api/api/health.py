"""`/livez` and `/readyz`, for whoever runs the service: no credential, nothing secret."""

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse

from wallet_transaction_api import cache, outages
from wallet_transaction_api.api.errors import RETRY_AFTER
from wallet_transaction_api.api.plain.answers import answer
from wallet_transaction_api.migrating import requirements, state


def livez(request: HttpRequest) -> HttpResponse:
    """Answer that the process runs; asks nobody else."""
    return answer({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when requests can be served, else 503 and what is missing.

    A degraded cache is named, but the database answers alone: that is ready.
    """
    missing, database = _database()
    body = {
        "status": "not ready" if missing else "ready",
        "database": database,
        "cache": cache.health(),
        "missing": missing,
    }
    headers = {"Retry-After": str(RETRY_AFTER)} if missing else None
    return answer(body, status=503 if missing else 200, headers=headers)


def _database() -> tuple[list[str], str]:
    """Return what is missing, and how the database is."""
    try:
        if outages.refuses_writes():
            return ["database"], "read-only"
        return [*requirements.lines(), *state.missing()], "ok"
    except (DatabaseError, InterfaceError) as error:
        outages.report(error)
        return ["database"], "unavailable"
