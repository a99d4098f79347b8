"""Settings that must withstand whoever can reach the server."""

import ipaddress
import os

from wallet_transaction_api import env
from wallet_transaction_api.env import ConfigurationError

#: The compose file's key: everybody knows it, so it is good for a trial on one machine only.
COMPOSE_SECRET_KEY = "a-key-for-trying-compose-only-0123456789-0123456789"  # noqa: S105
#: HMAC-SHA-256 signs tokens with the key; a shorter one is weaker than the digest (RFC 7518, 3.2).
LEAST_KEY_BYTES = 32


def secret_key() -> str:
    """Return `SECRET_KEY`; reject a short one, and the compose file's where others reach it."""
    key = env.secret_key()
    if (size := len(os.fsencode(key))) < LEAST_KEY_BYTES:
        raise ConfigurationError(
            f"SECRET_KEY: {size} bytes, not {LEAST_KEY_BYTES}; make a longer one"
        )
    if key == COMPOSE_SECRET_KEY and not _is_loopback(env.text("PUBLISH")):
        raise ConfigurationError(
            "SECRET_KEY: this is the compose file's, for a trial on one machine; make your own"
        )
    return key


def debug() -> bool:
    """Return `DEBUG`, by default on in development; reject it where others reach the server.

    Django's error pages show settings and variables to whoever causes an error.
    """
    wanted = env.flag("DEBUG", default=env.is_development())
    if wanted and not env.is_development() and not _is_loopback(env.text("HOST", "127.0.0.1")):
        raise ConfigurationError(
            "DEBUG: not with a database and a HOST that others reach; set DEBUG=false"
            " or HOST=127.0.0.1"
        )
    return wanted


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
