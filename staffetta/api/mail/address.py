"""Read `+393331234567.token@anything`: the number and the token. Pure."""

import re
from typing import NamedTuple

_LOCAL = re.compile(r"(\+?[0-9]{4,20})\.([a-z2-7]{20})", re.IGNORECASE).fullmatch


class Written(NamedTuple):
    """What an address says: to whom, and who lets it in."""

    number: str
    token: str


def read(address: str) -> Written | None:
    """Return what an address says; None where it is not one of ours. The domain is not looked at: the mail server before us chose it."""
    local, _at, _domain = address.strip("<> ").rpartition("@")
    found = _LOCAL(local.strip('"'))
    return Written(found[1], found[2].lower()) if found else None
