"""Where a page of a list begins: by key set, never by offset."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

_ID_MAX = 2**63 - 1


def after_of(request: HttpRequest, name: str = "after") -> int:
    """Return the id after which the list goes on; 0, the beginning, where the address says nothing sensible."""
    return number_in(request.GET, name)


def number_in(given: Mapping[str, Any], name: str) -> int:
    """Return a number that came along; 0 where it is none."""
    text = given.get(name, "")
    return min(int(text), _ID_MAX) if text.isascii() and text.isdecimal() and len(text) < 20 else 0
