"""Host names and origins, as Django and browsers write them. Pure, no framework."""

import ipaddress
import re

_LABELS = r"[a-z0-9_-]+(\.[a-z0-9_-]+)*"
#: As Django reads a `Host`: one that has an underscore or is not ASCII is refused before any list.
_HOST = re.compile(r"\*|\.?[a-z0-9-]+(\.[a-z0-9-]+)*", re.IGNORECASE)
#: As browsers send it: in small letters, international names encoded (xn--...).
_ORIGIN = re.compile(
    rf"[a-z][a-z0-9+.-]*://(?P<host>{_LABELS}|\[[0-9a-f:.]+\])(:[1-9][0-9]{{0,4}})?"
)
_PORT_NEVER_SENT = re.compile(r"http:.*:80|https:.*:443")


def is_host(text: str) -> bool:
    """Tell whether a `Host` may match the text: a name, an address, `.domain` or `*`."""
    return bool(_HOST.fullmatch(text)) or _is_ipv6(text)


def is_origin(text: str) -> bool:
    """Tell whether a browser may send the text as an `Origin`."""
    match = _ORIGIN.fullmatch(text)
    if match is None or _PORT_NEVER_SENT.fullmatch(text):
        return False
    return not match["host"].startswith("[") or _is_ipv6(match["host"])


def _is_ipv6(host: str) -> bool:
    try:
        return host.lower() == f"[{ipaddress.IPv6Address(host[1:-1]).compressed}]"
    except ValueError:
        return False
