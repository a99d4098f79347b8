"""Believes `X-Forwarded-For` and `X-Forwarded-Proto` from `TRUSTED_PROXIES`, and nobody else."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

_FOR, _PROTO = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"
Address = IPv4Address | IPv6Address


class TrustedProxies:
    """Middleware: `REMOTE_ADDR` becomes the nearest address that is no trusted proxy.

    The claims of anybody else are removed, so that nothing behind believes them. With no
    trusted proxies Django believes no such header anyway.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.TRUSTED_PROXIES:
            raise MiddlewareNotUsed
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Settle who calls and how, then go on."""
        meta = request.META
        forwarded, proto = meta.pop(_FOR, ""), meta.pop(_PROTO, "")
        address = _parse(meta.get("REMOTE_ADDR", ""))
        if address is not None and _is_trusted(address):
            meta["REMOTE_ADDR"] = str(_caller(address, forwarded))
            # What the proxy next to us says; what clients claimed may stand before it.
            meta[_PROTO] = proto.rpartition(",")[2].strip()
        return self._get_response(request)


def _caller(address: Address, forwarded: str) -> Address:
    """Walk from the nearest proxy outwards, as far as each step is vouched for."""
    hops = [item for item in forwarded.split(",") if item.strip()]
    while hops and _is_trusted(address):
        further = _parse(hops.pop())
        if further is None:
            break
        address = further
    return address


def _parse(text: str) -> Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_trusted(address: Address) -> bool:
    return any(
        address in network
        for network in settings.TRUSTED_PROXIES
        if isinstance(network, IPv6Network) == isinstance(address, IPv6Address)
    )
