"""From which address a call comes, through the proxies in front. Pure."""


def caller(peer: str, forwarded: str, proxies: int) -> str:
    """Return the caller's address: the peer's, or where so many trusted proxies stand in front, what the outermost of them saw.

    Whatever else the header X-Forwarded-For says was written by the caller, and is not believed.
    """
    seen = [address.strip() for address in forwarded.split(",") if address.strip()]
    if not proxies or not seen:
        return peer
    return seen[-min(proxies, len(seen))]
