"""Where a page of a list begins: by key set, never by offset."""

from django.http import HttpRequest

_ID_MAX = 2**63 - 1


def after_of(request: HttpRequest, name: str = "after") -> int:
    """Return the id after which the list goes on; 0, the beginning, where the address says nothing sensible."""
    given = request.GET.get(name, "")
    return min(int(given), _ID_MAX) if given.isascii() and given.isdecimal() and len(given) < 20 else 0
