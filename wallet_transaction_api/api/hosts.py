"""What `Host` a request may name: a short one with a port that exists; a probe, any.

Django compares the name with `ALLOWED_HOSTS`, but bounds neither the length nor the port, and
links repeat both.
"""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

#: Orchestrators probe a container by its address, which nobody can list beforehand.
PROBES = frozenset({"/livez", "/livez/", "/readyz", "/readyz/"})
#: The longest name that DNS has.
LONGEST = 255
HIGHEST_PORT = 65535
_HOST = "HTTP_HOST"


class Hosts:
    """Middleware: rejects a `Host` that no server has, and gives probes one of our own.

    It stands before everything that asks for the host or makes a URL of it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        self._own = _own_host()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Check the header, then go on. Raises Django's `DisallowedHost`."""
        if request.path_info in PROBES:
            request.META[_HOST] = self._own
        elif not is_possible(request.META.get(_HOST, "")):
            raise DisallowedHost("Invalid HTTP_HOST header: too long, or no port from 1 to 65535.")
        return self._get_response(request)


def is_possible(host: str) -> bool:
    """Tell whether a server could have this name and port; Django checks how they are written."""
    name, _, port = host.rpartition(":")
    if len(host) > LONGEST:
        return False
    if not name or port.endswith("]"):  # no port: a name, or an IPv6 address
        return True
    return port.isascii() and port.isdecimal() and 1 <= int(port) <= HIGHEST_PORT


def _own_host() -> str:
    """Return a host that Django allows."""
    named = [host.removeprefix(".") for host in settings.ALLOWED_HOSTS if host != "*"]
    return named[0] if named else "localhost"
