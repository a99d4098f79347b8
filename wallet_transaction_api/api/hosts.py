"""What `Host` a request may name: one of `ALLOWED_HOSTS`; a probe any."""

from typing import Any

from django.http import HttpRequest
from django.middleware.common import CommonMiddleware

#: Who probes a container knows its address, which nobody can name beforehand.
_PROBES = frozenset({"/livez", "/livez/", "/readyz", "/readyz/"})


class Hosts(CommonMiddleware):
    """Django's own, which refuses a foreign `Host` for everybody, less the probes.

    No answer of theirs repeats it or has a URL in it, so nobody gains by making one up.
    """

    def process_request(self, request: HttpRequest) -> Any:
        """Refuse a foreign host, unless a probe names it."""
        return None if request.path_info in _PROBES else super().process_request(request)
