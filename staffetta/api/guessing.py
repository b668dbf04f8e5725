"""Counts wrong passwords by address and by log-in, in this process, and holds up whoever tries too many. Knows no password, no database."""

import hashlib
import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache

from staffetta.api.errors import TooManyWrong

WAIT_S = 300
# An address that is shared by many tills has few wrong ones; a log-in is tried from everywhere by those who guess it. They must not be
# able to lock its owner out: beyond the limit of a log-in each address still has one try at it, so that a right password comes in.
BY_ADDRESS_MAX, BY_NAME_MAX, BY_BOTH_MAX = 20, 100, 1
_REMEMBERED_MAX = 10_000
_IPV6_CUSTOMER_BITS = 64


class Wrong:
    """Wrong tries of things that are counted alike: `limit` within WAIT_S from the first one."""

    def __init__(self, limit: int, now: Callable[[], float] = time.monotonic) -> None:
        """Begin with none."""
        self._limit, self._now = limit, now
        self._tries: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, what: str) -> None:
        """Raise TooManyWrong while there were too many."""
        if (left_s := self.left_s(what)) > 0:
            raise TooManyWrong(minutes=int(left_s // 60) + 1)

    def left_s(self, what: str) -> float:
        """Return for how long there are too many; 0 where there are not."""
        with self._lock:
            count, since = self._tries.get(what, (0, 0.0))
            return max(0.0, since + WAIT_S - self._now()) if count >= self._limit else 0.0

    def note(self, what: str) -> None:
        """Count one."""
        with self._lock:
            now = self._now()
            count, since = self._tries.pop(what, (0, now))
            self._tries[what] = (1, now) if now - since > WAIT_S else (count + 1, since)
            while len(self._tries) > _REMEMBERED_MAX:
                self._tries.popitem(last=False)  # the one that was not tried for longest


_by_address, _by_name, _by_both = Wrong(BY_ADDRESS_MAX), Wrong(BY_NAME_MAX), Wrong(BY_BOTH_MAX)


def check(login: str, address: str) -> None:
    """Raise TooManyWrong where wrong passwords came too often from an address, or for a log-in and one of them from here."""
    here, name = place(address), _name(login)
    _by_address.check(here)
    if _by_name.left_s(name):
        _by_both.check(f"{name} {here}")


def note(login: str, address: str) -> None:
    """Count a wrong password."""
    here, name = place(address), _name(login)
    _by_address.note(here)
    _by_name.note(name)
    _by_both.note(f"{name} {here}")


@lru_cache(4096)  # asked at every call, of few addresses
def place(address: str) -> str:
    """Return what stands for an address: of IPv6 the network of a customer, who has all its addresses."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found) >> (128 - _IPV6_CUSTOMER_BITS) << (128 - _IPV6_CUSTOMER_BITS), _IPV6_CUSTOMER_BITS)))


def _name(login: str) -> str:
    """Return what stands for a log-in, with its realm or without; short, however long it is."""
    return hashlib.sha256(login.strip().upper().partition("@")[0].encode("utf-8", "surrogatepass")).hexdigest()
