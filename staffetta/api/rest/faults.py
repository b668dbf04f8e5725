"""Tell the faults that pydantic finds in a call in our own words and codes. Knows no request."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from staffetta.api.errors import ApiRefused, ParameterMissing, WrongKind
from staffetta.api.rest import expected, reading
from staffetta.lib.errors import Refused

EACH_MAX = 50
_BOUNDS = {
    "string_too_long", "string_too_short", "too_long", "too_short", "greater_than", "greater_than_equal", "less_than", "less_than_equal",
    "int_parsing_size",
}  # fmt: skip
_SOURCES = ("body", "query", "path", "header")


class Faulty(Exception):
    """Several fields of a call are wrong: the first one's refusal stands for all, `each` names them one by one."""

    def __init__(self, refusal: Refused, each: list[dict[str, str]]) -> None:
        super().__init__(refusal.code)
        self.refusal, self.each = refusal, each


def faulty(found: Sequence[dict[str, Any]]) -> Faulty:
    """Return what pydantic has found as one refusal with a line for each field."""
    refusals = [(_name(each), _refusal(each)) for each in found[:EACH_MAX]]
    return Faulty(refusals[0][1], [{"name": name, "code": refusal.code, "detail": str(refusal)} for name, refusal in refusals])


def _name(fault: dict[str, Any]) -> str:
    place = [str(each) for each in fault.get("loc", ())]
    # ninja names the view's argument behind the source: the caller has never seen it.
    known = place[2:] if place[:1] == ["body"] else place[1:] if place[:1] and place[0] in _SOURCES else place
    return ".".join(known) or _("body")


def _refusal(fault: dict[str, Any]) -> ApiRefused:
    kind, name = str(fault.get("type", "")), _name(fault)
    if kind == "missing":
        return ParameterMissing(name=name)
    if kind == "extra_forbidden":
        return reading.unknown_field(name)
    if kind in _BOUNDS:
        return reading.out_of_bounds(name, expected.bound(kind, fault.get("ctx", {})))
    return WrongKind(name=name, expected=expected.kind(kind, fault.get("ctx", {})))
