"""What a field takes, in words, read off the faults that pydantic and msgspec find. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_KINDS = {
    "int": gettext_lazy("a whole number, not a text,"),
    "str": gettext_lazy("a text in quotes"),
    "string": gettext_lazy("a text in quotes"),
    "bool": gettext_lazy("true or false"),
    "list": gettext_lazy("a list"),
    "array": gettext_lazy("a list"),
    "object": gettext_lazy("an object"),
    "dict": gettext_lazy("an object"),
    "model": gettext_lazy("an object"),
    "datetime": gettext_lazy("a time with its zone, such as 2026-12-24T09:00:00+01:00,"),
    "timezone": gettext_lazy("a time with its zone, such as 2026-12-24T09:00:00+01:00,"),
    "RFC3339": gettext_lazy("a time with its zone, such as 2026-12-24T09:00:00+01:00,"),
}
_OTHER = gettext_lazy("the form that the documentation shows")
_LENGTH = re.compile(r"(`\w+`) of length ([<>]=?) (\d+)")
_SIZE = re.compile(r"` ([<>]=?) (-?\d+)")


def kind(fault: str, context: Mapping[str, Any]) -> str:
    """Return what pydantic was due, by its name of the fault."""
    if fault == "literal_error":
        return _("one of %(words)s") % {"words": str(context.get("expected", "")).replace(" or ", ", ").replace("'", "")}
    return str(_KINDS.get(fault.partition("_")[0], _OTHER))


def bound(fault: str, context: Mapping[str, Any]) -> str:
    """Return the bound that pydantic found passed."""
    characters = fault.startswith("string")
    for name, most in (("le", True), ("lt", True), ("max_length", True), ("ge", False), ("gt", False), ("min_length", False)):
        if name in context:
            return _worded(most, int(context[name]), "length" in name, characters)
    return _("smaller")


def said_kind(said: str) -> str:
    """Return what msgspec was due, by what it says."""
    found = re.search(r"`(\w+)|(RFC3339)", said)
    return str(_KINDS.get((found[1] or found[2]) if found else "", _OTHER))


def said_bound(said: str) -> str:
    """Return the bound that msgspec found passed, by what it says."""
    if length := _LENGTH.search(said):
        return _worded("<" in length[2], int(length[3]), True, length[1] == "`str`")
    size = _SIZE.search(said)
    return _worded("<" in size[1], int(size[2]), False, False) if size else _("smaller")


def _worded(most: bool, limit: int, length: bool, characters: bool) -> str:
    values = {"limit": limit}
    if not length:
        return (_("%(limit)s at most") if most else _("%(limit)s at least")) % values
    if characters:
        return (_("%(limit)s characters at most") if most else _("%(limit)s characters at least")) % values
    return (_("%(limit)s entries at most") if most else _("%(limit)s entries at least")) % values
