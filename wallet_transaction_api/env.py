"""The environment: each variable read once, typed, and loud on nonsense.

Values come from the process's environment, else from a file `.env` in the installation's folder. A
variable `X` may also be given as `X_FILE`, the path of a file that holds it (for secrets).
"""

import contextlib
import functools
import ipaddress
import os
import re
import tempfile
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import NamedTuple, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from dotenv.parser import parse_stream
from environs import EnvError, FileAwareEnv

from wallet_transaction_api import hostnames, installation
from wallet_transaction_api.spelling import among, quoted, shortened

T = TypeVar("T")
#: Where `.env` is.
ROOT = installation.ROOT
#: The key in `.env.example`: known to everyone, so refused.
EXAMPLE_SECRET_KEY = "change-me-to-fifty-or-more-random-characters-of-your-own"  # noqa: S105
#: The parts of a database's address, where no DATABASE_URL gives it.
DATABASE_PARTS = ("DB_ENGINE", "DB_NAME", "DB_USER", "DB_PASSWORD", "DB_HOST", "DB_PORT")
#: The variables that the settings have read: all that the service knows.
KNOWN = set(DATABASE_PARTS)

_RATE = re.compile(r"([1-9][0-9]{0,8})/(second|minute|hour|day)")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


class ConfigurationError(ImproperlyConfigured):
    """A variable has a value that the service cannot start with; the message names it."""


class Rate(NamedTuple):
    """So many within so many seconds."""

    most: int
    seconds: int


def text(name: str, default: str = "") -> str:
    """Read a text; the default when unset or empty. A file named for it must hold something."""
    KNOWN.add(name)
    try:
        value = _environment().str(name, "")
        file = _environment().str(f"{name}_FILE", "")
    except (EnvError, OSError, ValueError):
        raise ConfigurationError(f"{name}: {name}_FILE is not the path of a text file") from None
    if file and not value:
        raise ConfigurationError(f"{name}: the file that {name}_FILE names is empty")
    return value.strip() or default


def given() -> dict[str, str]:
    """Return all variables of the process and of `.env`, known or not."""
    return {**_lines(ROOT / ".env"), **os.environ}


def flag(name: str, *, default: bool) -> bool:
    """Read a boolean: true/false, yes/no, on/off, 1/0."""
    try:
        return _environment().bool(name) if text(name) else default
    except EnvError:
        raise ConfigurationError(f"{name}: {quoted(text(name))} is not true or false") from None


def number(name: str, default: int, *, least: int = 0, most: int = 10**9) -> int:
    """Read a whole number from `least` to `most`."""
    try:
        value = int(text(name, str(default)))
    except ValueError:
        raise ConfigurationError(f"{name}: {quoted(text(name))} is not a whole number") from None
    if not least <= value <= most:
        raise ConfigurationError(
            f"{name}: {shortened(str(value))} is not between {least} and {most}"
        )
    return value


def names(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Read a comma-separated list; blanks around the items are dropped."""
    items = [item.strip() for item in text(name).split(",")]
    return [item for item in items if item] or list(default)


def hosts(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Read a comma-separated list of host names, addresses, `.domain` with all below it, or `*`."""
    found = names(name, default)
    for host in found:
        if not hostnames.is_host(host):
            raise ConfigurationError(
                f"{name}: {quoted(host)} is not like example.com, .example.com, 10.0.0.1, [::1], *"
            )
    return found


def origins(name: str, *, wildcard: bool = False) -> list[str]:
    """Read a comma-separated list of origins; with `wildcard` also `https://*.example.com`."""
    found = names(name)
    for origin in found:
        exact = origin.replace("://*.", "://") if wildcard else origin
        if not hostnames.is_origin(exact):
            raise ConfigurationError(
                f"{name}: {quoted(origin)} is not like https://app.example.com or http://10.0.0.1:8080"
            )
    return found


def choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    """Read one of the given words."""
    value = text(name, default)
    if value not in choices:
        raise ConfigurationError(f"{name}: {quoted(value)} is not {among(choices, value)}")
    return value


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Read a comma-separated list of addresses and networks such as 10.0.0.0/8."""
    return parsed(name, lambda _: [ipaddress.ip_network(item) for item in names(name)])


def rate(name: str, default: str = "") -> Rate | None:
    """Read a rate such as 100/minute; None for `off` and, without a default, for nothing."""
    value = text(name, default)
    if value in {"", "off"}:
        return None
    match = _RATE.fullmatch(value)
    if match is None:
        raise ConfigurationError(f"{name}: {quoted(value)} is not like 100/minute, nor off")
    return Rate(int(match[1]), _SECONDS[match[2]])


def parsed(name: str, parse: Callable[[str], T], default: str = "") -> T:
    """Read a text through a parser of ours that raises `ValueError` saying what is wrong."""
    try:
        return parse(text(name, default))
    except ValueError as error:
        raise ConfigurationError(f"{name}: {shortened(str(error))}") from None


def address(name: str, default: str) -> str:
    """Read an IP address to listen on; the server resolves no names but `localhost`."""
    value = text(name, default).strip("[]").replace("localhost", "127.0.0.1")
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise ConfigurationError(f"{name}: {quoted(value)} is not an IP address") from None


def is_development() -> bool:
    """Tell whether this is somebody's first try: neither a key nor a database configured."""
    return not any(text(name) for name in ("SECRET_KEY", "DATABASE_URL", *DATABASE_PARTS))


def secret_key() -> str:
    """Return the key; in development one is made and kept in an ignored file."""
    if is_development():
        return _kept_key(ROOT / ".secret_key")
    key = text("SECRET_KEY")
    if not key:
        raise ConfigurationError("SECRET_KEY: required once a database is configured")
    if key == EXAMPLE_SECRET_KEY:
        raise ConfigurationError("SECRET_KEY: this is the example's; make one of your own")
    return key


class _Environment(FileAwareEnv):
    """The process' environment, else `.env`, taken as it stands: its own reader expands `${X}`."""

    def __init__(self, path: Path) -> None:
        super().__init__(strip_whitespace=True)
        self._environ.update(_lines(path))


@functools.cache
def _environment() -> FileAwareEnv:
    try:
        return _Environment(ROOT / ".env")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f".env: cannot be read ({type(error).__name__})") from None


def _lines(path: Path) -> dict[str, str]:
    """Return what a file sets; refuse a line that sets nothing: it may have been the key."""
    found = {}
    with contextlib.suppress(FileNotFoundError), path.open(encoding="utf-8") as file:
        for binding in parse_stream(file):
            if binding.error:
                line = binding.original.line
                raise ConfigurationError(f".env: line {line} is not of the form NAME=value")
            if binding.key and binding.value is not None:
                found[binding.key] = binding.value
    return found


def _kept_key(path: Path) -> str:
    try:
        if not path.exists():
            _keep(path, get_random_secret_key())
        key = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"SECRET_KEY: set it; none can be kept in {path}") from error
    if not key:
        raise ConfigurationError(f"SECRET_KEY: set it, or remove the empty {path}")
    return key


def _keep(path: Path, key: str) -> None:
    """Write the key whole or not at all; of two processes at once, one's key is both's."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(key)
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
    finally:
        Path(name).unlink()
