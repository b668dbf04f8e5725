"""Which addresses may be called: those of the public internet, and what the staff allow. A name is resolved here, once, and the answer is called.

So a name that resolves to something else a moment later leads nowhere else; redirects are never followed (call.py).
"""

import ipaddress
import socket
import threading
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from staffetta.webhooks.errors import AddressRefused, UrlRefused

URL_MAX = 2_000
# For the whole of a call, with the question for its name.
LIMIT_S = 10.0
_PORTS = {"http": 80, "https": 443}
# Networks whose addresses carry an IPv4 address at their end: NAT64, IPv4-compatible.
_CARRYING = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
# NAT64 within somebody's own network, where the IPv4 address stands where its owner chose.
_NAT64_LOCAL = ipaddress.IPv6Network("64:ff9b:1::/48")

Address = IPv4Address | IPv6Address


class Target(NamedTuple):
    """What is called: scheme, the name for the Host header and for TLS, port, path with query, and the addresses that were checked."""

    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[Address, ...]

    @property
    def host_header(self) -> str:
        """Return the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def check(url: str) -> SplitResult:
    """Return the parts of an address that has the form of one we call. Raises UrlRefused."""
    if len(url) > URL_MAX:
        raise UrlRefused(url=url[:60] + "…", why=_("it has more than 2,000 characters; use a shorter one."))
    if not url.isprintable() or not url.isascii() or " " in url or "\\" in url:
        raise UrlRefused(url=url, why=_("it has blanks or characters that an address cannot have; write them as %XX."))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UrlRefused(url=url, why=_("it is not complete; write it like https://www.example.it/sms.")) from None
    if parts.scheme not in _PORTS or not parts.hostname or port == 0:
        raise UrlRefused(url=url, why=_("it must begin with https:// or http:// and a name; write it like https://www.example.it/sms."))
    if parts.username is not None or parts.password is not None:
        raise UrlRefused(url=url, why=_("it has a user name or a password in it; every call is signed instead, leave them out."))
    if "#" in url:
        raise UrlRefused(url=url, why=_("it has a # in it, and what follows is never sent; leave it out."))
    return parts


def resolve(url: str, limit_s: float = LIMIT_S) -> Target:
    """Return whom to call for an address, after looking at every address that its name has. Raises UrlRefused, AddressRefused."""
    parts = check(url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    addresses = _addresses(url, host, port, limit_s)
    if host.rstrip(".") not in settings.WEBHOOK_ALLOWED:
        for address in addresses:
            if not public(address) and not _allowed(address):
                raise AddressRefused(host=host, address=address)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, path, tuple(addresses))


def _addresses(url: str, host: str, port: int, limit_s: float) -> Sequence[Address]:
    found = _asked(host, port, limit_s)
    if not found:
        why: Promise = _("its name cannot be found; look at how it is written.")
        raise UrlRefused(url=url, why=why)
    return list(dict.fromkeys(ipaddress.ip_address(each.partition("%")[0]) for each in found))


def _asked(host: str, port: int, limit_s: float) -> list[str]:
    """Return the addresses of a name, none where nobody knows it in time. In a thread: the system's question cannot be broken off."""
    found: list[str] = []

    def ask() -> None:
        try:
            found.extend([str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)])
        except (OSError, UnicodeError):
            return

    asking = threading.Thread(target=ask, name="webhook name", daemon=True)
    asking.start()
    asking.join(max(limit_s, 0.01))
    return [] if asking.is_alive() else found


def public(address: Address) -> bool:
    """Tell whether an address is of the public internet, and so is the IPv4 address that it carries, where it does."""
    if isinstance(address, IPv6Address):
        carried = _carried(address)
        if carried is not None:
            return public(carried)
        if address.is_site_local or address in _NAT64_LOCAL:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved and not address.is_unspecified


def _carried(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return IPv4Address(0)  # two of them, and nobody's web server is behind: refused
    if any(address in network for network in _CARRYING):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _allowed(address: Address) -> bool:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) and address.ipv4_mapped else address
    for each in settings.WEBHOOK_ALLOWED:
        try:
            if mapped in ipaddress.ip_network(each, strict=False):
                return True
        except ValueError:
            continue  # a name
    return False
