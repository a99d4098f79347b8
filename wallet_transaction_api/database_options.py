"""What a DATABASE_URL may say after its `?`: options of the database's client, each of its type.

The clients check them when they connect, each in its own way: as a defect, or as a database that
is away and for which a server waits. So they are checked when the process starts.
"""

from collections.abc import Callable, Mapping
from typing import Any

from wallet_transaction_api.spelling import among, shortened

#: Seconds that any timeout may be given.
LONGEST_TIMEOUT = 3600


class _Wrong(ValueError):
    """What a value has to be."""


_Check = Callable[[object], None]


def _text(value: object) -> None:
    if not isinstance(value, str):
        raise _Wrong("a text, given once")


def _text_or_digits(value: object) -> None:
    """Of the URL's reader digits are a number; of it PostgreSQL's client makes a text again."""
    if isinstance(value, bool) or not isinstance(value, int):
        _text(value)


def _flag(value: object) -> None:
    if not isinstance(value, bool):
        raise _Wrong("true or false")


def _whole(least: int, most: int) -> _Check:
    def check(value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise _Wrong(f"a whole number from {least} to {most}")

    return check


def _one_of(*words: str) -> _Check:
    def check(value: object) -> None:
        if value not in words:
            raise _Wrong(f"one of {', '.join(words)}")

    return check


def _files(value: object) -> None:
    if not isinstance(value, dict):
        raise _Wrong("given as ssl-ca=/path")


_seconds, _count = _whole(1, LONGEST_TIMEOUT), _whole(0, 10**6)
_POSTGRES: dict[str, _Check] = {
    **dict.fromkeys(("application_name", "assume_role", "options", "passfile", "service"), _text),
    **dict.fromkeys(("sslcert", "sslcrl", "sslkey", "sslrootcert"), _text),
    **dict.fromkeys(("sslcrldir", "hostaddr", "require_auth"), _text),
    **dict.fromkeys(("krbsrvname", "requirepeer"), _text),
    **dict.fromkeys(("keepalives", "keepalives_count", "keepalives_idle"), _count),
    **dict.fromkeys(("keepalives_interval", "tcp_user_timeout"), _count),
    "connect_timeout": _seconds,
    "sslpassword": _text_or_digits,
    "channel_binding": _one_of("disable", "prefer", "require"),
    "gssencmode": _one_of("disable", "prefer", "require"),
    "sslmode": _one_of("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    "ssl_min_protocol_version": _one_of("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"),
    "target_session_attrs": _one_of(
        "any", "read-write", "read-only", "primary", "standby", "prefer-standby"
    ),
}
_MYSQL: dict[str, _Check] = {
    **dict.fromkeys(("auth_plugin", "read_default_file", "read_default_group"), _text),
    **dict.fromkeys(("server_public_key_path", "unix_socket"), _text),
    **dict.fromkeys(("connect_timeout", "read_timeout", "write_timeout"), _seconds),
    "compress": _flag,
    "ssl": _files,
    "ssl_mode": _one_of("DISABLED", "PREFERRED", "REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY"),
}
_SQLITE: dict[str, _Check] = {"timeout": _seconds}
_KNOWN = {
    "django.db.backends.mysql": _MYSQL,
    "django.db.backends.postgresql": _POSTGRES,
    "django.db.backends.sqlite3": _SQLITE,
}


def check(engine: str, options: Mapping[str, Any]) -> None:
    """Raise `ValueError` that names the first option which is unknown or of a wrong value."""
    known = _KNOWN[engine]
    for name, value in options.items():
        if name not in known:
            raise ValueError(f"{shortened(name)} is not {among(sorted(known), name)}")
        try:
            known[name](value)
        except _Wrong as wrong:
            raise ValueError(f"{name} has to be {wrong}") from None
