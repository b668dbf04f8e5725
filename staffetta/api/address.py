"""From which address a call comes, through the proxies in front: the same for every interface. Pure."""

import ipaddress


def caller(peer: str, forwarded: str, proxies: int) -> str:
    """Return the caller's address: the peer's, or where so many trusted proxies stand in front, what the outermost of them saw.

    `forwarded` is the header X-Forwarded-For, several of them joined by commas in their order. Whatever else it says was written by
    the caller, and is not believed.
    """
    seen = [address.strip() for address in forwarded.split(",") if address.strip()]
    if not proxies or not seen:
        return peer
    return _address(seen[-min(proxies, len(seen))]) or peer


def _address(written: str) -> str:
    """Return an address without the brackets and the port that some proxies write; blank where it is none."""
    bare = written[1:].partition("]")[0] if written.startswith("[") else written
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        return ""
