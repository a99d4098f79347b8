"""How moments are written on the wire: ISO 8601 in UTC, with microseconds."""

from datetime import UTC, datetime


def write(moment: datetime) -> str:
    """Return such as `2026-11-25T08:30:00.000000Z`."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return f"{utc.isoformat(timespec='microseconds')[:-6]}Z"


def rewrite(text: str) -> str:
    """Return the same for a moment as PostgreSQL writes it: `2026-11-25 08:30:00.12+00`."""
    if not text.endswith("+00"):
        return write(datetime.fromisoformat(text))
    seconds, _, fraction = text[11:-3].partition(".")
    return f"{text[:10]}T{seconds}.{fraction:0<6}Z"
